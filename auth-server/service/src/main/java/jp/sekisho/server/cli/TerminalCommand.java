package jp.sekisho.server.cli;

import io.micronaut.context.ApplicationContext;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.terminal.Registration;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.Tickets;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code terminal}: tickets, list, confirmation, revocation. Works beside the running service,
 * which sees every change at its next look at the row.
 *
 * <p>Each command starts the application context without its ports, so that every feature that must
 * act on a revocation hears of it in the same unit.
 */
@Command(
    name = "terminal",
    mixinStandardHelpOptions = true,
    subcommands = {
      TerminalCommand.Ticket.class,
      TerminalCommand.ListAll.class,
      TerminalCommand.Confirm.class,
      TerminalCommand.Revoke.class,
      TerminalPlaceCommand.class
    },
    description = {"端末の登録", "Terminals."})
final class TerminalCommand {
  private TerminalCommand() {}

  /** What a command does with the services of the installation. */
  @FunctionalInterface
  private interface Work {
    int run(ApplicationContext context, Texts texts);
  }

  private static int run(Console console, Work work) {
    return console.run(installation -> run(console, installation, work));
  }

  private static int run(Console console, Installation installation, Work work) throws Exception {
    Texts texts = Texts.of(Console.class, console.locale());
    try (ApplicationContext context = ServiceContext.of(installation).start()) {
      return work.run(context, texts);
    }
  }

  private static int refused(Console console, String text) {
    console.err().println(text);
    return ExitCode.REFUSED;
  }

  /** {@code terminal ticket T-0042 --organ mayor [--valid PT24H]}. */
  @Command(
      name = "ticket",
      mixinStandardHelpOptions = true,
      description = {"端末の登録券を作る。登録券は一度だけ表示される。", "Makes an enrolment ticket; it is shown once."})
  static final class Ticket implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(
        index = "0",
        paramLabel = "TERMINAL",
        description = {"端末番号（例 T-0042）", "Terminal id, such as T-0042."})
    @SuppressWarnings("NullAway.Init") // required
    private String terminal;

    @Option(
        names = "--organ",
        required = true,
        paramLabel = "ID",
        description = {"端末の機関", "The terminal's organ."})
    @SuppressWarnings("NullAway.Init") // required
    private String organ;

    @Option(
        names = "--valid",
        paramLabel = "DURATION",
        defaultValue = "PT24H",
        converter = DurationConverter.class,
        description = {
          "有効期間（ISO 8601、24時間まで。既定 ${DEFAULT-VALUE}）",
          "How long it is valid: ISO 8601, at most 24 hours; default ${DEFAULT-VALUE}."
        })
    @SuppressWarnings("NullAway.Init") // has a default
    private Duration valid;

    @Override
    public Integer call() {
      return TerminalCommand.run(
          console,
          (context, texts) ->
              switch (context.getBean(Tickets.class).make(terminal, organ, valid)) {
                case Tickets.Made.Refused(var why) ->
                    refused(console, texts.say("terminal.ticket." + why, terminal, organ));
                case Tickets.Made.Ticket(var ticket, var expires) -> {
                  if (console.json()) {
                    Json.print(
                        console.out(),
                        "terminal",
                        terminal,
                        "ticket",
                        ticket.text(),
                        "expires",
                        expires.toString());
                  } else {
                    console.err().println(texts.say("terminal.ticket.made", terminal, expires));
                    console.out().println(ticket.text());
                  }
                  yield ExitCode.OK;
                }
              });
    }
  }

  /** {@code terminal list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {"端末の一覧", "Lists the terminals."})
  static final class ListAll implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Override
    public Integer call() {
      return TerminalCommand.run(
          console,
          (context, texts) -> {
            List<Terminal> terminals = context.getBean(Registration.class).all();
            if (console.json()) {
              // A line per terminal: one object for all could exceed what canonical JSON allows.
              terminals.forEach(terminal -> Json.print(console.out(), json(terminal)));
            } else if (terminals.isEmpty()) {
              console.err().println(texts.say("terminal.none"));
            } else {
              terminals.forEach(terminal -> console.out().println(line(texts, terminal)));
            }
            return ExitCode.OK;
          });
    }

    private static Object[] json(Terminal terminal) {
      List<Object> values =
          new ArrayList<>(
              List.of(
                  "terminal",
                  terminal.id(),
                  "organ",
                  terminal.organ(),
                  "state",
                  terminal.state().text(),
                  "fingerprint",
                  terminal.fingerprint(),
                  "certificateEnds",
                  terminal.notAfter().toString(),
                  "lastSeq",
                  terminal.lastSeq(),
                  "silent",
                  terminal.silentSince() != null));
      Terminal.Enforcement enforcement = terminal.enforcement();
      if (enforcement != null) {
        values.addAll(List.of("enforcement", enforcement.text(), "fault", terminal.fault()));
      }
      Long ahead = terminal.clockAhead();
      if (ahead != null) {
        values.addAll(List.of("clockAhead", ahead));
      }
      return values.toArray();
    }

    private static String line(Texts texts, Terminal terminal) {
      Terminal.Enforcement enforcement = terminal.enforcement();
      String line =
          String.join(
              "  ",
              terminal.id(),
              terminal.organ(),
              texts.say("terminal.state." + terminal.state().text()),
              terminal.fingerprint(),
              enforcement == null
                  ? texts.say("terminal.enforcement.unknown")
                  : texts.say("terminal.enforcement." + enforcement.text(), terminal.fault()),
              texts.say(terminal.silentSince() == null ? "terminal.heard" : "terminal.silent"));
      Long ahead = terminal.clockAhead();
      return ahead == null
          ? line
          : line
              + "  "
              + texts.say(
                  ahead > 0 ? "terminal.clock.ahead" : "terminal.clock.behind", Math.abs(ahead));
    }
  }

  /** {@code terminal confirm T-0042 --fingerprint XXXX-…}. */
  @Command(
      name = "confirm",
      mixinStandardHelpOptions = true,
      description = {
        "端末の画面に出ている指紋を入力して、端末を使えるようにする。",
        "Makes a terminal active, given the fingerprint on its screen."
      })
  static final class Confirm implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(index = "0", paramLabel = "TERMINAL")
    @SuppressWarnings("NullAway.Init") // required
    private String terminal;

    @Option(
        names = "--fingerprint",
        required = true,
        paramLabel = "XXXX-XXXX-XXXX-XXXX-XXXX",
        description = {"端末の画面で読んだ指紋", "The fingerprint as read on the terminal."})
    @SuppressWarnings("NullAway.Init") // required
    private String fingerprint;

    @Override
    public Integer call() {
      return TerminalCommand.run(
          console,
          (context, texts) ->
              TerminalCommand.report(
                  console,
                  texts,
                  "terminal.confirm.",
                  terminal,
                  context.getBean(Registration.class).confirm(terminal, fingerprint)));
    }
  }

  /** {@code terminal revoke T-0042}. */
  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = {
        "端末の登録を抹消する。その端末のセッションも終わる。",
        "Removes a terminal's registration and ends its sessions."
      })
  static final class Revoke implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(index = "0", paramLabel = "TERMINAL")
    @SuppressWarnings("NullAway.Init") // required
    private String terminal;

    @Override
    public Integer call() {
      return TerminalCommand.run(
          console,
          (context, texts) ->
              TerminalCommand.report(
                  console,
                  texts,
                  "terminal.revoke.",
                  terminal,
                  context.getBean(Registration.class).revoke(terminal)));
    }
  }

  private static int report(
      Console console, Texts texts, String keys, String terminal, Registration.Outcome outcome) {
    if (outcome == Registration.Outcome.DONE) {
      if (console.json()) {
        Json.print(console.out(), "terminal", terminal, "done", true);
      } else {
        console.out().println(texts.say(keys + outcome, terminal));
      }
      return ExitCode.OK;
    }
    return refused(console, texts.say(keys + outcome, terminal));
  }

  /** Texts that the commands may say, for the test of completeness. */
  static List<String> keys() {
    List<String> keys = new ArrayList<>();
    for (Tickets.Why why : Tickets.Why.values()) {
      keys.add("terminal.ticket." + why);
    }
    for (Terminal.State state : Terminal.State.values()) {
      keys.add("terminal.state." + state.text());
    }
    for (Terminal.Enforcement enforcement : Terminal.Enforcement.values()) {
      keys.add("terminal.enforcement." + enforcement.text());
    }
    keys.add("terminal.clock.ahead");
    keys.add("terminal.clock.behind");
    Map<String, List<Registration.Outcome>> outcomes =
        Map.of(
            "terminal.confirm.",
            List.of(Registration.Outcome.values()),
            "terminal.revoke.",
            List.of(
                Registration.Outcome.DONE,
                Registration.Outcome.UNKNOWN,
                Registration.Outcome.ALREADY_REVOKED));
    outcomes.forEach((prefix, all) -> all.forEach(outcome -> keys.add(prefix + outcome)));
    return keys;
  }

  /** ISO-8601 durations. */
  static final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return Duration.parse(text.toUpperCase(Locale.ROOT));
      } catch (DateTimeParseException e) {
        throw new TypeConversionException("'" + text + "' is not an ISO 8601 duration (PT24H)");
      }
    }
  }
}
