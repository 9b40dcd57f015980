package jp.sekisho.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Media;
import jp.sekisho.server.grant.MediaList;
import jp.sekisho.server.grant.Medium;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medium list --organ mayor}: the register of media (媒体台帳). */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "媒体台帳を表示する（番号・指紋・登録日時・所在）。",
      "Shows the register of media: number, fingerprint, when registered, where it is."
    })
final class MediumListCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();

  @Option(
      names = "--organ",
      required = true,
      paramLabel = "ID",
      description = {"媒体を管理する機関", "The organ that keeps them."})
  @SuppressWarnings("NullAway.Init") // required
  private String organ;

  @Override
  public Integer call() {
    return console.run(this::run);
  }

  private int run(Installation installation) {
    if (!MediumCommand.isOrgan(installation, organ)) {
      return MediumCommand.refused(
          console, installation, "medium.not-listed", Refusal.INPUT_MALFORMED);
    }
    List<MediaList.Line> lines =
        new MediaList(
                installation.transactions(),
                new Media(installation.transactions(), installation.seal()),
                installation.seal(),
                installation.clock())
            .of(organ);
    if (console.json()) {
      List<Object> rows = new ArrayList<>();
      lines.forEach(line -> rows.add(row(line)));
      Json.printLarge(console.out(), new TreeMap<>(Map.of("organ", organ, "media", rows)));
      return ExitCode.OK;
    }
    Texts texts = Texts.of(MediumCommand.class, console.locale());
    if (lines.isEmpty()) {
      console.out().println(texts.say("medium.none"));
    }
    for (MediaList.Line line : lines) {
      Medium medium = line.medium();
      console
          .out()
          .printf(
              Locale.ROOT,
              "%-12s %s %s %s%n",
              medium.id(),
              medium.fingerprint(),
              medium.registered(),
              place(texts, line));
    }
    return ExitCode.OK;
  }

  private static String place(Texts texts, MediaList.Line line) {
    Medium.Disposal disposal = line.medium().disposal();
    return disposal == null
        ? texts.say("medium.row-" + place(line))
        : texts.say("medium.row-disposed", disposal.at().toString(), disposal.reference());
  }

  private static String place(MediaList.Line line) {
    return line.place().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Map<String, Object> row(MediaList.Line line) {
    Medium medium = line.medium();
    Map<String, Object> row = new TreeMap<>();
    row.put("medium", medium.id());
    row.put("fingerprint", medium.fingerprint());
    row.put("registered", medium.registered().toString());
    row.put("place", place(line));
    Medium.Disposal disposal = medium.disposal();
    if (disposal != null) {
      row.put("disposed", disposal.at().toString());
      row.put("reference", disposal.reference());
    }
    return row;
  }
}
