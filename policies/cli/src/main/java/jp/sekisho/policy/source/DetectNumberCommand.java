package jp.sekisho.policy.source;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import jp.sekisho.policy.number.Finding;
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.policy.number.NumberFindings;
import jp.sekisho.policy.number.Score;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Says where a text holds possible 個人番号, and never which. */
@Command(name = "detect-number")
final class DetectNumberCommand implements Callable<Integer> {
  private static final int MAX_BYTES = 16 * 1024 * 1024;

  private final InputStream in;

  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "FILE|-", descriptionKey = "detect-number.file")
  private Path file;

  @Option(
      names = "--charset",
      paramLabel = "auto|utf-8|utf-16|windows-31j",
      descriptionKey = "detect-number.charset")
  private TextEncoding charset = TextEncoding.AUTO;

  DetectNumberCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    Output output = common.output();
    DecodedText text;
    try {
      text = charset.decode(InputFile.read(file, in, MAX_BYTES), file);
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
    NumberFindings findings = NumberDetector.scan(text.text());
    List<DecodedText.Place> places = text.places(findings.individual());
    output.result(json(text, findings, places), () -> lines(output, text, findings, places));
    return (findings.individual().isEmpty() ? Exit.OK : Exit.REFUSED).code();
  }

  private void lines(
      Output output, DecodedText text, NumberFindings findings, List<DecodedText.Place> places) {
    for (int i = 0; i < places.size(); i++) {
      DecodedText.Place place = places.get(i);
      String score = findings.individual().get(i).score().name();
      output.line(
          "%s:%d:%d: %s"
              .formatted(
                  file,
                  place.line(),
                  place.column(),
                  output.messages().text("detect-number.score." + score)));
    }
    output.line(
        output
            .messages()
            .text(
                "detect-number.summary",
                String.valueOf(findings.count(Score.HIGH)),
                String.valueOf(findings.count(Score.LOW)),
                String.valueOf(findings.corporate()),
                text.charset().name()));
  }

  private static ObjectNode json(
      DecodedText text, NumberFindings findings, List<DecodedText.Place> places) {
    ObjectNode json = Output.object(findings.individual().isEmpty() ? "none" : "found");
    json.put("charset", text.charset().name())
        .put("high", findings.count(Score.HIGH))
        .put("low", findings.count(Score.LOW))
        .put("corporate", findings.corporate());
    ArrayNode list = json.putArray("findings");
    for (int i = 0; i < places.size(); i++) {
      Finding finding = findings.individual().get(i);
      list.addObject()
          .put("line", places.get(i).line())
          .put("column", places.get(i).column())
          .put("start", finding.start())
          .put("end", finding.end())
          .put("score", finding.score().name().toLowerCase(Locale.ROOT));
    }
    return json;
  }
}
