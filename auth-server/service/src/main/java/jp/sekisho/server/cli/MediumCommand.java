package jp.sekisho.server.cli;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.audit.PendingEntries;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Media;
import jp.sekisho.server.grant.Medium;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medium}: the register of media. */
@Command(
    name = "medium",
    mixinStandardHelpOptions = true,
    subcommands = {
      MediumCommand.Register.class,
      MediumListCommand.class,
      MediumDisposeCommand.class,
      MediumCountCommand.class
    },
    description = {"登録媒体", "Registered media."})
final class MediumCommand {
  private MediumCommand() {}

  /** Whether an organ of this installation is called so. */
  static boolean isOrgan(Installation installation, String organ) {
    return installation.logs().names().contains(organ) && !organ.equals(PendingEntries.SYSTEM);
  }

  /** Says on standard error what was refused, with {@code key} as its first sentence. */
  static int refused(Console console, Installation installation, String key, Refusal reason) {
    RefusalText text =
        RefusalText.of(reason, console.locale(), Map.of("help", installation.config().helpLine()));
    console
        .err()
        .println(
            Texts.of(MediumCommand.class, console.locale())
                .say(key, reason.name(), text.what(), text.why(), text.action(), text.contact()));
    return ExitCode.REFUSED;
  }

  /** {@code medium register M-0007 --organ mayor --fingerprint F}. */
  @Command(
      name = "register",
      mixinStandardHelpOptions = true,
      description = {
        "媒体を登録する。指紋は、端末で媒体を差し込んだときの記録（usb.blocked）にある。",
        "Registers a medium. Its fingerprint stands in the entry (usb.blocked) that a terminal makes"
            + " when it is plugged in."
      })
  static final class Register implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(
        index = "0",
        paramLabel = "MEDIUM",
        description = {"媒体番号（例 M-0007）", "Medium id, such as M-0007."})
    @SuppressWarnings("NullAway.Init") // required
    private String medium;

    @Option(
        names = "--organ",
        required = true,
        paramLabel = "ID",
        description = {"媒体を管理する機関", "The organ that keeps it."})
    @SuppressWarnings("NullAway.Init") // required
    private String organ;

    @Option(
        names = "--fingerprint",
        required = true,
        paramLabel = "HASH",
        description = {"媒体の指紋（43文字）", "The medium's fingerprint, 43 characters."})
    @SuppressWarnings("NullAway.Init") // required
    private String fingerprint;

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int run(Installation installation) {
      Media.Outcome outcome =
          isOrgan(installation, organ)
              ? new Media(installation.transactions(), installation.seal())
                  .register(medium, organ, fingerprint)
              : new Media.Outcome.Refused(Refusal.INPUT_MALFORMED);
      return report(installation, outcome);
    }

    private int report(Installation installation, Media.Outcome outcome) {
      Texts texts = Texts.of(MediumCommand.class, console.locale());
      return switch (outcome) {
        case Media.Outcome.Registered(Medium registered) -> {
          print("registered", texts.say("medium.registered", registered.id(), registered.organ()));
          yield ExitCode.OK;
        }
        case Media.Outcome.Refused(Refusal reason) -> {
          if (console.json()) {
            print(reason.name(), "");
          }
          yield refused(console, installation, "medium.refused", reason);
        }
      };
    }

    private void print(String outcome, String sentence) {
      console
          .out()
          .println(
              console.json()
                  ? new String(
                      WireJson.write(new Report(outcome, medium, organ, fingerprint)),
                      StandardCharsets.UTF_8)
                  : sentence);
    }
  }

  /**
   * What {@code --json} prints.
   *
   * @param outcome {@code registered}, or the code of the refusal
   */
  record Report(String outcome, String medium, String organ, String fingerprint) {}
}
