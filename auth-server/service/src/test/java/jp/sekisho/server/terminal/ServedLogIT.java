package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.EntryReceipt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log as the delivered service serves it, taken over HTTP by a client that knows C2SP
 * tlog-tiles only and checked by a program that shares no code with ours (Go, x/mod).
 */
class ServedLogIT {
  private static final Path GO = Path.of("/usr/bin/go");
  private static final Path SOURCE =
      Path.of("../audit-log/src/test/resources/jp/sekisho/audit/go/verify.go").toAbsolutePath();

  @TempDir Path directory;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  @Timeout(600)
  void anIndependentProgramVerifiesTheServedLogAndSeesAnEdit() throws Exception {
    assertTrue(Files.isExecutable(GO), "Go is missing: apt-get install golang-go");
    assertTrue(
        Files.isDirectory(Path.of("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")),
        "x/mod is missing: apt-get install golang-golang-x-mod-dev");
    Path copy = directory.resolve("copy");
    try (LoadedService service = new LoadedService(directory, null)) {
      service.employ();
      String key =
          service.prepare((installation, _) -> {
            installation
                .transactions()
                .write(change -> {
                  for (int i = 0; i < 600; i++) {
                    EntryReceipt _ =
                        change.record(
                            Entry.Subject.person("mayor", "100001"), new SessionEvent.Resumed());
                  }
                  return "done";
                });
            return installation.logs().verifierKey("mayor").toString();
          });
      var _ = service.enrol("T-0001");
      String auditor = service.session("200001", "T-0001");
      service.start();
      long size = download(service, auditor, copy);
      assertTrue(size > 600);
      String root = Files.readAllLines(copy.resolve("checkpoint")).get(2);
      Finished verified = go(copy, key);
      assertEquals("verified " + size + " " + root, verified.output().strip());
      assertEquals(0, verified.exit());
      String served = service.origin() + "/log/mayor/1";
      Path session = Files.writeString(directory.resolve("session"), auditor + "\n");
      Finished ours = audit("verify", served, "--vkey", key, "--session", session.toString());
      assertEquals(0, ours.exit(), ours.output());
      assertEquals(3, audit("verify", served, "--vkey", key).exit(), "entries are for auditors");

      for (String name : new String[] {"checkpoint", "tile/0/001", "tile/entries/000"}) {
        Path file = copy.resolve(name);
        byte[] good = Files.readAllBytes(file);
        byte[] bent = good.clone();
        bent[40] ^= 1;
        Files.write(file, bent);
        assertEquals(1, go(copy, key).exit(), name);
        Files.write(file, good);
      }
    }
  }

  /** Takes checkpoint, hashes and entries; only for entries it shows who it is. */
  private long download(LoadedService service, String auditor, Path copy) throws Exception {
    byte[] note = get(service, "checkpoint", null, "no-cache");
    save(copy, "checkpoint", note);
    Checkpoint checkpoint = Checkpoint.parse(SignedNote.parse(note).text());
    for (int level = 0; checkpoint.size() >> (8 * level) > 0; level++) {
      long hashes = checkpoint.size() >> (8 * level);
      for (long index = 0; index * TilePath.FULL < hashes; index++) {
        int width = (int) Math.min(TilePath.FULL, hashes - index * TilePath.FULL);
        String hash = new HashTilePath(level, index, width).path();
        save(copy, hash, get(service, hash, null, caching(width)));
        if (level == 0) {
          String entries = new EntryTilePath(index, width).path();
          save(copy, entries, get(service, entries, auditor, "private, no-store"));
        }
      }
    }
    return checkpoint.size();
  }

  private byte[] get(LoadedService service, String path, @Nullable String cookie, String caching)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        service.send(http, "GET", "/log/mayor/1/" + path, new byte[0], cookie);
    assertEquals(200, answer.statusCode(), () -> new String(answer.body(), StandardCharsets.UTF_8));
    assertEquals(caching, answer.headers().firstValue("Cache-Control").orElse(""), path);
    return answer.body();
  }

  /** A full tile never changes, a partial one gives way to a wider one before long. */
  private static String caching(int width) {
    return width == 256 ? "public, max-age=31536000, immutable" : "public, max-age=3600, immutable";
  }

  private static void save(Path copy, String name, byte[] content) throws IOException {
    Path file = copy.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private record Finished(int exit, String output) {}

  private Finished go(Path copy, String key) throws IOException, InterruptedException {
    Path program = directory.resolve("verify");
    if (!Files.exists(program)) {
      Finished built = run(GO.toString(), "build", "-o", program.toString(), SOURCE.toString());
      assertEquals(0, built.exit(), built.output());
    }
    return run(program.toString(), copy.toString(), key);
  }

  /** Our own verifier, against the running service. */
  private Finished audit(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "jp.sekisho.audit.cli.AuditCommand"));
    command.addAll(List.of(arguments));
    command.add("--allow-unwitnessed");
    return run(command.toArray(String[]::new));
  }

  private Finished run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("GO111MODULE", "off");
    builder.environment().put("GOFLAGS", "");
    builder.environment().put("GOPATH", "/usr/share/gocode");
    builder.environment().put("GOCACHE", directory.resolve("cache").toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(5, TimeUnit.MINUTES), "no end");
    return new Finished(process.exitValue(), output);
  }
}
