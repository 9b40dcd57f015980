package jp.sekisho.audit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.published.FolderServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A party outside IT with nothing but a PC: makes a key, looks at the log now and then. */
class WitnessCommandTest {
  private static final String SEED =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  private static final String LOG = Fixtures.vkeys().get(0);

  @TempDir private Path temp;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private void assertExit(int expected, String... args) {
    out = new StringWriter();
    err = new StringWriter();
    int exit = AuditCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    assertEquals(expected, exit, () -> "" + out + err);
  }

  private String publish(String name, List<String> lines) throws Exception {
    Path entries = Files.write(temp.resolve(name + ".txt"), lines);
    String to = temp.resolve(name).toString();
    assertExit(
        0,
        "build",
        "--origin",
        Fixtures.ORIGIN,
        "--seed",
        SEED,
        "--entries",
        entries.toString(),
        to);
    return to;
  }

  @Test
  void theLineItSendsMakesTheLogVerifyAndARewrittenLogGetsNone() throws Exception {
    String folder = temp.resolve("witness").toString();
    assertExit(0, "witness", folder, "--new", "office.example", "--lang", "en");
    String vkey = out.toString().lines().toList().get(1);
    assertEquals(vkey + "\n", Files.readString(Path.of(folder, "witness.vkey")));
    List<String> lines =
        java.util.stream.IntStream.range(0, 600).mapToObj(i -> "{\"n\":" + i + "}").toList();
    String first = publish("first", lines.subList(0, 300));
    String line = temp.resolve("line").toString();
    assertExit(0, "witness", folder, "--log", LOG, "--pull", first, "--out", line, "--lang", "ja");
    assertTrue(out.toString().contains("初めて確認し、300 件"), out.toString());
    assertExit(0, "verify", first, "--vkey", LOG, "--witness", vkey, "--cosignatures", line);

    String second = publish("second", lines);
    try (FolderServer server = new FolderServer(Path.of(second))) {
      assertExit(
          0, "witness", folder, "--log", LOG, "--pull", server.address(), "--out", line, "--json");
      assertTrue(out.toString().contains("\"before\":300"), out.toString());
      assertTrue(
          server.asked().stream().noneMatch(name -> name.contains("entries")), "sees no entries");
    }
    assertExit(0, "verify", second, "--vkey", LOG, "--witness", vkey, "--cosignatures", line);

    String restored = publish("restored", lines.subList(0, 400));
    assertExit(1, "witness", folder, "--log", LOG, "--pull", restored, "--json");
    assertTrue(out.toString().contains("ROLLED_BACK"), out.toString());
    List<String> others = new java.util.ArrayList<>(lines);
    others.set(7, "{}");
    String sameSize = publish("rewritten", others);
    assertExit(1, "witness", folder, "--log", LOG, "--pull", sameSize, "--json");
    assertTrue(out.toString().contains("FORKED"), out.toString());
    others.add("{}");
    assertExit(
        1, "witness", folder, "--log", LOG, "--pull", publish("longer", others), "--lang", "ja");
    assertTrue(out.toString().contains("FORKED"), out.toString());
    assertTrue(out.toString().contains("監査統括責任者"), out.toString());
  }

  @Test
  void otherLogsAndOtherModesAreRefused() throws Exception {
    String folder = temp.resolve("witness").toString();
    assertExit(0, "witness", folder, "--new", "office.example");
    assertExit(2, "witness", folder, "--new", "office.example", "--lang", "ja");
    assertTrue(err.toString().contains("すでにあります"), err.toString());
    assertExit(2, "witness", folder);
    assertExit(2, "witness", folder, "--pull", "x");
    assertExit(2, "witness", folder, "--new", "a", "--listen", "0");
    String log = publish("log", List.of("a"));
    assertExit(1, "witness", folder, "--log", Fixtures.vkeys().get(2), "--pull", log, "--json");
    assertTrue(out.toString().contains("NOT_SIGNED_BY_LOG"), out.toString());
    assertExit(3, "witness", temp.resolve("none").toString(), "--log", LOG, "--pull", log);
    assertExit(2, "witness", temp.resolve("none2").toString(), "--new", "with space");
  }
}
