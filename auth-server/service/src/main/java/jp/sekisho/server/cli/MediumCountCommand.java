package jp.sekisho.server.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.MediumEvent;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Media;
import jp.sekisho.server.grant.Stocktake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medium count --organ mayor --reference 情第30号 M-0001 M-0002 …}. */
@Command(
    name = "count",
    mixinStandardHelpOptions = true,
    description = {
      "棚卸：手元にある媒体の番号を台帳と照らし合わせ、結果を記録する。所在不明があれば終了コードは " + ExitCode.REFUSED + "。",
      "Compares the media that are there with the register and records the result; ends with "
          + ExitCode.REFUSED
          + " when one is missing."
    })
final class MediumCountCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();

  @Parameters(
      arity = "0..*",
      paramLabel = "MEDIUM",
      description = {"手元にある媒体の番号", "Ids of the media that are there."})
  private List<String> media = List.of();

  @Option(
      names = "--organ",
      required = true,
      paramLabel = "ID",
      description = {"媒体を管理する機関", "The organ that keeps them."})
  @SuppressWarnings("NullAway.Init") // required
  private String organ;

  @Option(
      names = "--reference",
      required = true,
      paramLabel = "DOCUMENT",
      description = {"棚卸の文書番号", "Document of the count."})
  @SuppressWarnings("NullAway.Init") // required
  private String reference;

  @Override
  public Integer call() {
    return console.run(this::run);
  }

  private int run(Installation installation) {
    Stocktake stocktake =
        new Stocktake(
            installation.transactions(),
            new Media(installation.transactions(), installation.seal()),
            installation.seal());
    Stocktake.Outcome outcome =
        MediumCommand.isOrgan(installation, organ)
            ? stocktake.count(organ, reference, media)
            : new Stocktake.Outcome.Refused(Refusal.INPUT_MALFORMED);
    return switch (outcome) {
      case Stocktake.Outcome.Refused(Refusal reason) ->
          MediumCommand.refused(console, installation, "medium.not-counted", reason);
      case Stocktake.Outcome.Done(MediumEvent.Counted counted) -> {
        print(counted);
        yield counted.missing().isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
      }
    };
  }

  private void print(MediumEvent.Counted counted) {
    if (console.json()) {
      Json.printLarge(console.out(), new TreeMap<>(counted.data()));
      return;
    }
    Texts texts = Texts.of(MediumCommand.class, console.locale());
    console
        .out()
        .println(
            texts.say(
                "medium.counted", counted.expected(), counted.present(), counted.reference()));
    Map<String, List<String>> lists = new TreeMap<>();
    lists.put("medium.counted-missing", counted.missing());
    lists.put("medium.counted-out", counted.out());
    lists.put("medium.counted-unreturned", counted.unreturned());
    lists.put("medium.counted-foreign", counted.foreign());
    lists.forEach((key, ids) -> {
      if (!ids.isEmpty()) {
        console.out().println(texts.say(key, String.join(" ", ids)));
      }
    });
  }
}
