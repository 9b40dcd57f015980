package jp.sekisho.server.cli;

import io.micronaut.context.ApplicationContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.setup.SetupCode;
import jp.sekisho.server.setup.SetupEnd;
import jp.sekisho.server.setup.SetupEnd.Missing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code setup}: the first start, from the console; works beside the running service. */
@Command(
    name = "setup",
    mixinStandardHelpOptions = true,
    subcommands = {SetupCommand.Code.class, SetupCommand.Show.class, SetupCommand.Finish.class},
    description = {"初期設定", "The first start."})
final class SetupCommand {
  private SetupCommand() {}

  /** What stands on the screen with a new code. */
  static String shown(Console console, SetupCode code, String origin) {
    return Texts.of(Console.class, console.locale())
        .say("setup.code", code.text(), origin + "/setup", Setup.CODE_LIFE.toMinutes());
  }

  private static String said(Texts texts, Missing missing) {
    return texts.say("setup.missing." + missing.lack(), missing.about());
  }

  private static int over(Console console) {
    if (console.json()) {
      Json.print(console.out(), "setup", "finished");
    }
    console.err().println(Texts.of(Console.class, console.locale()).say("setup.over"));
    return ExitCode.REFUSED;
  }

  /** {@code setup code}. */
  @Command(
      name = "code",
      mixinStandardHelpOptions = true,
      description = {
        "新しいワンタイムコードを表示する。前のコードは使えなくなる。",
        "Shows a new one-time code; an earlier one does not count any more."
      })
  static final class Code implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Override
    public Integer call() {
      return console.run(installation -> {
        Optional<SetupCode> code = Setup.of(installation).newCode();
        if (code.isEmpty()) {
          return over(console);
        }
        if (console.json()) {
          Json.print(console.out(), "code", code.get().text());
        } else {
          console.out().println(shown(console, code.get(), installation.config().origin()));
        }
        return ExitCode.OK;
      });
    }
  }

  /** {@code setup show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {"初期設定で足りないものを表示する", "Shows what is still missing."})
  static final class Show implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Override
    public Integer call() {
      return console.run(installation -> {
        if (!Setup.of(installation).isOpen()) {
          if (console.json()) {
            Json.print(console.out(), "setup", "finished");
          } else {
            console.out().println(Texts.of(Console.class, console.locale()).say("setup.over"));
          }
          return ExitCode.OK;
        }
        try (ApplicationContext context = ServiceContext.of(installation).start()) {
          report(console, missing(installation, context));
        }
        return ExitCode.OK;
      });
    }
  }

  private static List<Missing> missing(Installation installation, ApplicationContext context) {
    InstantSource clock = installation.clock();
    SetupEnd end = context.getBean(SetupEnd.class);
    return installation.transactions().read(handle -> end.missing(handle, clock.instant()));
  }

  private static void report(Console console, List<Missing> missing) {
    Texts texts = Texts.of(Console.class, console.locale());
    if (console.json()) {
      Json.printLarge(
          console.out(),
          Map.of("setup", "open", "missing", missing.stream().map(Missing::text).toList()));
    } else {
      console.out().println(texts.say("setup.open", missing.size()));
      missing.forEach(one -> console.out().println("- " + said(texts, one)));
    }
  }

  /** {@code setup finish}. */
  @Command(
      name = "finish",
      mixinStandardHelpOptions = true,
      description = {
        "初期設定を終える。足りないものがあるあいだは終わらない。終えたら二度と開かない。",
        "Finishes the first start, when nothing is missing; it never opens again."
      })
  static final class Finish implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Override
    public Integer call() {
      return console.run(installation -> {
        if (!Setup.of(installation).isOpen()) {
          return over(console);
        }
        try (ApplicationContext context = ServiceContext.of(installation).start()) {
          Optional<Refusal> refused =
              context.getBean(SetupEnd.class).finish(Entry.Subject.NONE, _ -> Optional.empty());
          if (refused.isPresent()) {
            report(console, missing(installation, context));
            return ExitCode.REFUSED;
          }
        }
        if (console.json()) {
          Json.print(console.out(), "setup", "finished");
        } else {
          console.out().println(Texts.of(Console.class, console.locale()).say("setup.finished"));
        }
        return ExitCode.OK;
      });
    }
  }
}
