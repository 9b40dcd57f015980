package jp.sekisho.audit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.bundle.BundleCopy;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.sample.Lot;
import org.junit.jupiter.api.Test;

/** What an auditor repeats at home: the sample, and the comparison with a printed root sheet. */
class SampleCommandTest {
  private static final String SEED = "000102030405060708090a0b0c0d0e0f";
  private static final String BUNDLE = Fixtures.path("bundle.zip").toString();

  private final StringWriter out = new StringWriter();

  private int run(String command, String... more) {
    String[] keys = {"--vkey", Fixtures.vkeys().get(0), "--allow-unwitnessed", "--lang", "en"};
    String[] args =
        Stream.of(new String[] {command, BUNDLE}, keys, more)
            .flatMap(Stream::of)
            .toArray(String[]::new);
    out.getBuffer().setLength(0);
    return AuditCommand.run(new PrintWriter(out, true), new PrintWriter(out, true), args);
  }

  private static Checkpoint signed() throws Exception {
    try (BundleCopy copy = BundleCopy.open(Fixtures.path("bundle.zip"))) {
      return Checkpoint.parse(SignedNote.parse(copy.checkpoint()).text());
    }
  }

  @Test
  void theEntriesOfTheLotComeOutOfTheBundle() throws Exception {
    assertEquals(0, run("sample", "--seed", SEED, "--count", "5", "--size", "200"), out::toString);
    List<String> lines =
        new String(Fixtures.bytes("bundle/entries.jsonl"), StandardCharsets.UTF_8).lines().toList();
    List<String> expected =
        new Lot(signed().origin(), 200, SEED)
            .draw(5).stream().map(i -> i + "\t" + lines.get((int) (long) i)).toList();
    assertEquals(expected, out.toString().lines().toList());
  }

  @Test
  void aSampleOfMoreThanTheLogHasIsRefused() {
    assertEquals(2, run("sample", "--seed", SEED, "--count", "5", "--size", "301"));
    assertEquals(2, run("sample", "--seed", "nonsense", "--count", "5"));
    assertEquals(2, run("sample", "--seed", SEED, "--count", "0"));
  }

  @Test
  void theRootOfAPrintedSheetIsFoundAgainAndAnotherIsAFork() throws Exception {
    Checkpoint now = signed();
    String root = StrictBase64.encode(now.root().bytes());
    assertEquals(0, run("verify", "--sheet", now.size() + ":" + root), out::toString);
    assertTrue(out.toString().contains("continues the earlier checkpoint"), out.toString());
    assertEquals(1, run("verify", "--sheet", (now.size() - 1) + ":" + root));
    assertTrue(out.toString().contains("FORKED"), out.toString());
    assertEquals(1, run("verify", "--sheet", (now.size() + 1) + ":" + root));
    assertTrue(out.toString().contains("ROLLED_BACK"), out.toString());
    assertEquals(2, run("verify", "--sheet", "many:" + root));
  }
}
