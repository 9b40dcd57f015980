package jp.sekisho.audit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jp.sekisho.audit.Fixtures;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this program publishes and proves, checked by Go's own notes and trees. */
@Tag("go")
class GoVerifierIT {
  private static final String SEED =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  private static final String LOG = Fixtures.vkeys().get(0);

  @TempDir private static Path temp;
  private static Path verifier = Path.of("verify");

  @BeforeAll
  static void compile() throws Exception {
    Path go = Path.of("/usr/bin/go");
    Path library = Path.of("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog");
    assertTrue(Files.isExecutable(go), "Go is missing: apt-get install golang-go");
    assertTrue(
        Files.isDirectory(library), "x/mod is missing: apt-get install golang-golang-x-mod-dev");
    Path source = temp.resolve("verify.go");
    try (var in = Fixtures.class.getResourceAsStream("go/verify.go")) {
      Files.write(source, java.util.Objects.requireNonNull(in).readAllBytes());
    }
    verifier = temp.resolve("verify");
    Finished built = run(go.toString(), "build", "-o", verifier.toString(), source.toString());
    assertEquals(0, built.exit(), built.output());
  }

  private record Finished(int exit, String output) {}

  private static Finished run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("GO111MODULE", "off");
    builder.environment().put("GOFLAGS", "");
    builder.environment().put("GOPATH", "/usr/share/gocode");
    builder.environment().put("GOCACHE", temp.resolve("cache").toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(5, TimeUnit.MINUTES), "no end");
    return new Finished(process.exitValue(), output);
  }

  private static String audit(String... args) {
    StringWriter out = new StringWriter();
    assertEquals(
        0,
        AuditCommand.run(new PrintWriter(out, true), new PrintWriter(out, true), args),
        () -> out.toString());
    return out.toString();
  }

  private static Path publish(int size) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (int i = 0; i < size; i++) {
      lines.writeBytes(("{\"n\":" + i + ",\"職員\":\"0001\"}\n").getBytes(StandardCharsets.UTF_8));
    }
    Path entries = Files.write(temp.resolve("entries-" + size), lines.toByteArray());
    Path folder = temp.resolve("log-" + size);
    if (Files.exists(folder)) {
      return folder;
    }
    String printed =
        audit(
            "build",
            "--origin",
            Fixtures.ORIGIN,
            "--seed",
            SEED,
            "--entries",
            entries.toString(),
            folder.toString());
    assertTrue(printed.startsWith("{\"size\":" + size + ",\"root\":\""), printed);
    assertTrue(printed.strip().endsWith("\"vkey\":\"" + LOG + "\"}"), printed);
    return folder;
  }

  private static Finished goVerify(Path folder, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of(verifier.toString(), folder.toString(), LOG));
    command.addAll(List.of(more));
    return run(command.toArray(String[]::new));
  }

  @Test
  void signatureTilesEntriesInclusionAndConsistencyHoldAtEverySize() throws Exception {
    for (int size : new int[] {0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000}) {
      Path folder = publish(size);
      Finished finished = goVerify(folder);
      assertEquals(0, finished.exit(), size + ": " + finished.output());
      String root = Files.readAllLines(folder.resolve("checkpoint")).get(2);
      assertEquals("verified " + size + " " + root, finished.output().strip());
    }
  }

  @Test
  void proofsOfThisProgramHold() throws Exception {
    Path folder = publish(66_000);
    String[] keys = {"--vkey", LOG, "--allow-unwitnessed"};
    for (String index : new String[] {"0", "255", "256", "65536", "65999"}) {
      Path proof = temp.resolve("entry-" + index + ".tlog-proof");
      audit(
          "prove", index, folder.toString(), "--out", proof.toString(), keys[0], keys[1], keys[2]);
      Finished finished = goVerify(folder, proof.toString(), index);
      assertEquals(0, finished.exit(), finished.output());
    }
    for (int old : new int[] {3, 256, 300, 65_900}) {
      Path older = publish(old);
      String said =
          audit(
              "consistency",
              older.toString(),
              folder.toString(),
              keys[0],
              keys[1],
              keys[2],
              "--lang",
              "en");
      String hashes = said.substring(said.indexOf('\n') + 1);
      Path proof = Files.writeString(temp.resolve("proof-" + old), hashes);
      Finished finished = goVerify(folder, proof.toString(), Integer.toString(old));
      assertEquals(0, finished.exit(), finished.output());
      Finished wrong = goVerify(folder, proof.toString(), Integer.toString(old + 1));
      assertEquals(1, wrong.exit(), "a proof from another size must not hold");
    }
  }

  @Test
  void theOtherProgramSeesTamperingToo() throws Exception {
    Path folder = publish(700);
    for (String name :
        new String[] {"checkpoint", "tile/0/001", "tile/1/000.p/2", "tile/entries/002.p/188"}) {
      Path file = folder.resolve(name);
      byte[] good = Files.readAllBytes(file);
      byte[] bent = good.clone();
      bent[40] ^= 1;
      Files.write(file, bent);
      assertEquals(1, goVerify(folder).exit(), name);
      Files.write(file, good);
    }
    assertEquals(0, goVerify(folder).exit());
  }
}
