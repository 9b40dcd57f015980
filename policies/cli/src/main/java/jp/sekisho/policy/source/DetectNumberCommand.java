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
  @Parameters(arity = "1..*", paramLabel = "FILE|-", descriptionKey = "detect-number.file")
  private List<Path> files;

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
    int exit = Exit.OK.code();
    for (Path file : files) {
      exit = Math.max(exit, scan(output, file));
    }
    return exit;
  }

  private int scan(Output output, Path file) {
    DecodedText text;
    try {
      text = charset.decode(InputFile.read(file, in, MAX_BYTES), file);
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
    NumberFindings findings = NumberDetector.scan(text.text());
    List<DecodedText.Place> places = text.places(findings.individual());
    output.result(
        json(file, text, findings, places), () -> lines(output, file, text, findings, places));
    return (findings.individual().isEmpty() ? Exit.OK : Exit.REFUSED).code();
  }

  private static void lines(
      Output output,
      Path file,
      DecodedText text,
      NumberFindings findings,
      List<DecodedText.Place> places) {
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
                file.toString(),
                String.valueOf(findings.count(Score.HIGH)),
                String.valueOf(findings.count(Score.LOW)),
                String.valueOf(findings.corporate()),
                text.charset().name()));
  }

  /** One line a file; its score is the highest of its findings. */
  private static ObjectNode json(
      Path file, DecodedText text, NumberFindings findings, List<DecodedText.Place> places) {
    Score score = CaseQuestions.highest(findings);
    ObjectNode json =
        Output.object()
            .put("file", file.toString())
            .put("count", findings.individual().size())
            .put("score", score == null ? "none" : word(score));
    ArrayNode positions = json.putArray("positions");
    for (int i = 0; i < places.size(); i++) {
      Finding finding = findings.individual().get(i);
      positions
          .addObject()
          .put("line", places.get(i).line())
          .put("column", places.get(i).column())
          .put("start", finding.start())
          .put("end", finding.end())
          .put("score", word(finding.score()));
    }
    return json.put("corporate", findings.corporate()).put("charset", text.charset().name());
  }

  private static String word(Score score) {
    return score.name().toLowerCase(Locale.ROOT);
  }
}
