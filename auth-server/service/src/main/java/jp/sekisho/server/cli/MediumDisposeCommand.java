package jp.sekisho.server.cli;

import java.util.concurrent.Callable;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Media;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medium dispose M-0007 --organ mayor --reference 情第12号}. */
@Command(
    name = "dispose",
    mixinStandardHelpOptions = true,
    description = {
      "媒体の廃棄を台帳に記録する。以後この番号もこの個体も使えない。",
      "Records that a medium was disposed of; neither its number nor the device can be used again."
    })
final class MediumDisposeCommand implements Callable<Integer> {
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
      names = "--reference",
      required = true,
      paramLabel = "DOCUMENT",
      description = {
        "廃棄を証する文書番号（廃棄証明書など）",
        "Document that proves it, such as a certificate of destruction."
      })
  @SuppressWarnings("NullAway.Init") // required
  private String reference;

  @Override
  public Integer call() {
    return console.run(this::run);
  }

  private int run(Installation installation) {
    Media.Disposed outcome =
        MediumCommand.isOrgan(installation, organ)
            ? new Media(installation.transactions(), installation.seal())
                .dispose(medium, organ, reference)
            : new Media.Disposed.Refused(Refusal.INPUT_MALFORMED);
    if (outcome instanceof Media.Disposed.Refused(Refusal reason)) {
      return MediumCommand.refused(console, installation, "medium.not-disposed", reason);
    }
    if (console.json()) {
      Json.print(
          console.out(),
          "outcome",
          "disposed",
          "medium",
          medium,
          "organ",
          organ,
          "reference",
          reference);
    } else {
      console
          .out()
          .println(
              Texts.of(MediumCommand.class, console.locale())
                  .say("medium.disposed", medium, reference));
    }
    return ExitCode.OK;
  }
}
