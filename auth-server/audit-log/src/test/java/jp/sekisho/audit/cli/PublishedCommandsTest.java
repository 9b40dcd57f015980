package jp.sekisho.audit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.published.FolderServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** build, verify, prove, check-proof and consistency as they are typed. */
class PublishedCommandsTest {
  private static final String SEED =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  private static final String LOG = Fixtures.vkeys().get(0);
  private static final String WITNESS = Fixtures.vkeys().get(1);
  private static final String BUNDLE = Fixtures.path("bundle.zip").toString();

  @TempDir private Path temp;
  private Path folder = Path.of("log");
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private int run(String... args) {
    out = new StringWriter();
    err = new StringWriter();
    return AuditCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  private void assertExit(int expected, String... args) {
    int exit = run(args);
    assertEquals(expected, exit, () -> "" + out + err);
  }

  @BeforeEach
  void publish() {
    folder = temp.resolve("log");
    String entries = Fixtures.path("bundle/entries.jsonl").toString();
    assertExit(
        0,
        "build",
        "--origin",
        Fixtures.ORIGIN,
        "--seed",
        SEED,
        "--entries",
        entries,
        folder.toString());
  }

  @Test
  void buildPrintsOneLineOfJson() throws Exception {
    String root = Fixtures.text("checkpoint-300").lines().toList().get(2);
    assertEquals(
        "{\"size\":300,\"root\":\"" + root + "\",\"vkey\":\"" + LOG + "\"}",
        out.toString().strip());
    String[] lines = {"a", "", "b"};
    Path entries = Files.writeString(temp.resolve("three"), String.join("\n", lines));
    String to = temp.resolve("three-log").toString();
    assertExit(0, "build", "--origin", "o", "--seed", SEED, "--entries", entries.toString(), to);
    assertArrayEquals(
        new byte[] {0, 1, 'a', 0, 0, 0, 1, 'b'},
        Files.readAllBytes(Path.of(to, "tile/entries/000.p/3")));
    assertExit(2, "build", "--origin", "o", "--seed", SEED, "--entries", entries.toString(), to);
    assertExit(
        2, "build", "--origin", "o", "--seed", "00", "--entries", entries.toString(), to + 2);
    assertExit(
        2, "build", "--origin", "o o", "--seed", SEED, "--entries", entries.toString(), to + 2);
    assertFalse(Files.exists(Path.of(to + 2)));
  }

  @Test
  void verifyTakesAFolderAndAnAddress() throws Exception {
    String[] keys = {"--vkey", LOG, "--witness", WITNESS};
    assertExit(1, "verify", folder.toString(), keys[0], keys[1], keys[2], keys[3], "--json");
    assertTrue(out.toString().contains("UNWITNESSED"), out.toString());
    try (FolderServer server = new FolderServer(folder)) {
      assertExit(
          0,
          "verify",
          server.address(),
          "--vkey",
          LOG,
          "--allow-unwitnessed",
          "--earlier",
          Fixtures.path("checkpoint-5").toString(),
          "--lang",
          "ja");
      assertTrue(out.toString().contains("前回の確定記録からの継続"), out.toString());
    }
    assertExit(3, "verify", "http://127.0.0.1:1/", "--vkey", LOG, "--allow-unwitnessed", "--json");
    assertExit(2, "verify", "http://audit.example/", "--vkey", LOG, "--allow-unwitnessed");
    Files.delete(folder.resolve("tile/entries/001.p/44"));
    assertExit(
        1, "verify", folder.toString(), "--vkey", LOG, "--allow-unwitnessed", "--lang", "ja");
    assertTrue(out.toString().contains("TRUNCATED"), out.toString());
    assertTrue(out.toString().contains("記録番号 256"), out.toString());
  }

  @Test
  void aCosignatureMayComeAnotherWay() throws Exception {
    String cosigned = Fixtures.text("checkpoint-300");
    Path line =
        Files.writeString(temp.resolve("line"), cosigned.substring(cosigned.indexOf("— witness")));
    assertExit(
        0,
        "verify",
        folder.toString(),
        "--vkey",
        LOG,
        "--witness",
        WITNESS,
        "--cosignatures",
        line.toString(),
        "--json");
    assertTrue(out.toString().contains("witness.example/audit-office"), out.toString());
    String five = Fixtures.text("checkpoint-5");
    Files.writeString(line, five.substring(five.indexOf("— witness")));
    assertExit(
        1,
        "verify",
        folder.toString(),
        "--vkey",
        LOG,
        "--witness",
        WITNESS,
        "--cosignatures",
        line.toString(),
        "--json");
    assertTrue(out.toString().contains("BAD_SIGNATURE"), out.toString());
  }

  @Test
  void theMemoryFileGoesForwardOnlyWithVerifiedLogs() throws Exception {
    Path memory = temp.resolve("memory");
    String[] args = {
      "verify",
      folder.toString(),
      "--vkey",
      LOG,
      "--allow-unwitnessed",
      "--memory",
      memory.toString(),
      "--json"
    };
    assertExit(0, args);
    assertArrayEquals(Files.readAllBytes(folder.resolve("checkpoint")), Files.readAllBytes(memory));
    Path shorter = temp.resolve("shorter");
    Path entries = Files.write(temp.resolve("two"), "x\ny\n".getBytes(StandardCharsets.UTF_8));
    assertExit(
        0,
        "build",
        "--origin",
        Fixtures.ORIGIN,
        "--seed",
        SEED,
        "--entries",
        entries.toString(),
        shorter.toString());
    args[1] = shorter.toString();
    assertExit(1, args);
    assertTrue(out.toString().contains("ROLLED_BACK"), out.toString());
    assertArrayEquals(Files.readAllBytes(folder.resolve("checkpoint")), Files.readAllBytes(memory));
  }

  @Test
  void aProofFromAnyCopyShowsItsEntry() throws Exception {
    Path proof = temp.resolve("7.tlog-proof");
    String[] keys = {"--vkey", LOG, "--allow-unwitnessed"};
    try (FolderServer server = new FolderServer(folder)) {
      for (String copy : new String[] {BUNDLE, folder.toString(), server.address()}) {
        assertExit(0, "prove", "7", copy, "--out", proof.toString(), keys[0], keys[1], keys[2]);
        assertExit(0, "check-proof", proof.toString(), keys[0], keys[1], keys[2], "--lang", "en");
        assertTrue(out.toString().startsWith("Proved. What follows is entry 7 "), out.toString());
        assertTrue(
            out.toString().contains(new String(Fixtures.entries().get(7), StandardCharsets.UTF_8)),
            out.toString());
      }
    }
    assertExit(2, "prove", "300", BUNDLE, "--out", proof.toString(), keys[0], keys[1], keys[2]);
    assertExit(
        0,
        "prove",
        "8",
        BUNDLE,
        "--out",
        proof.toString(),
        "--without-entry",
        keys[0],
        keys[1],
        keys[2]);
    assertExit(2, "check-proof", proof.toString(), keys[0], keys[1], keys[2]);
    Path entry = Files.write(temp.resolve("entry"), Fixtures.entries().get(8));
    assertExit(
        0, "check-proof", proof.toString(), "--entry", entry.toString(), keys[0], keys[1], keys[2]);
    Files.write(entry, Fixtures.entries().get(9));
    assertExit(
        1,
        "check-proof",
        proof.toString(),
        "--entry",
        entry.toString(),
        keys[0],
        keys[1],
        keys[2],
        "--json");
    assertTrue(out.toString().contains("NOT_PROVED"), out.toString());
    Files.writeString(proof, "hello");
    assertExit(1, "check-proof", proof.toString(), keys[0], keys[1], keys[2], "--lang", "ja");
    assertTrue(err.toString().contains("証明ファイルを読めません"), err.toString());
  }

  @Test
  void noProofIsWrittenFromTilesThatWereChanged() throws Exception {
    byte[] tile = Files.readAllBytes(folder.resolve("tile/0/000"));
    tile[0] ^= 1;
    Files.write(folder.resolve("tile/0/000"), tile);
    Path proof = temp.resolve("proof");
    assertExit(
        1,
        "prove",
        "1",
        folder.toString(),
        "--out",
        proof.toString(),
        "--vkey",
        LOG,
        "--allow-unwitnessed",
        "--json");
    assertTrue(out.toString().contains("NOT_PROVED"), out.toString());
    assertFalse(Files.exists(proof));
  }

  @Test
  void consistencyComparesCheckpointsFoldersAndBundles() throws Exception {
    String[] keys = {"--vkey", LOG, "--allow-unwitnessed", "--json"};
    String five = Fixtures.path("checkpoint-5").toString();
    for (String old : new String[] {five, BUNDLE, folder.toString()}) {
      assertExit(0, "consistency", old, folder.toString(), keys[0], keys[1], keys[2], keys[3]);
      assertTrue(out.toString().contains("\"result\":\"consistent\""), out.toString());
    }
    assertExit(0, "consistency", five, BUNDLE, keys[0], keys[1], keys[2], keys[3]);
    Path entries = Files.writeString(temp.resolve("others"), "x\n".repeat(400));
    Path fork = temp.resolve("fork");
    assertExit(
        0,
        "build",
        "--origin",
        Fixtures.ORIGIN,
        "--seed",
        SEED,
        "--entries",
        entries.toString(),
        fork.toString());
    assertExit(1, "consistency", five, fork.toString(), keys[0], keys[1], keys[2], keys[3]);
    assertTrue(out.toString().contains("FORKED"), out.toString());
    assertExit(
        1, "consistency", fork.toString(), folder.toString(), keys[0], keys[1], keys[2], keys[3]);
    assertTrue(out.toString().contains("ROLLED_BACK"), out.toString());
    assertExit(1, "consistency", five, folder.toString(), "--vkey", LOG, "--json");
    assertTrue(out.toString().contains("UNWITNESSED"), out.toString());
    assertExit(
        1,
        "consistency",
        entries.toString(),
        folder.toString(),
        keys[0],
        keys[1],
        keys[2],
        keys[3]);
    assertTrue(out.toString().contains("SINCE_REFUSED"), out.toString());
  }
}
