package jp.sekisho.audit.witness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Opened;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.HashSource;
import jp.sekisho.audit.tree.Rfc6962;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** tlog-witness, sentence by sentence, over HTTP. */
@SuppressWarnings("NullAway.Init") // JUnit sets them
class WitnessServerTest {
  private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");

  @TempDir private Path temp;
  private final Map<String, Hash> nodes = new HashMap<>();
  private final List<Frontier> trees = new ArrayList<>();
  private final List<String> journal = new ArrayList<>();
  private VerifierKey witnessKey;
  private WitnessFolder folder;
  private WitnessServer server;

  @BeforeEach
  void start() throws Exception {
    Frontier tree = Frontier.empty();
    trees.add(tree);
    for (Hash leaf : Fixtures.leaves()) {
      tree = tree.append(leaf, (level, index, hash) -> nodes.put(level + "/" + index, hash));
      trees.add(tree);
    }
    witnessKey =
        WitnessFolder.create(temp.resolve("w"), "witness.example/office", new SecureRandom());
    open();
  }

  private void open() throws Exception {
    folder = WitnessFolder.open(temp.resolve("w"));
    Witness witness = new Witness(folder, List.of(Fixtures.key(0)), InstantSource.fixed(NOW));
    server =
        WitnessServer.start(
            witness, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), this::note);
  }

  private synchronized void note(String line) {
    journal.add(line);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    folder.close();
  }

  private SignedNote checkpoint(int size) throws FormatException {
    return checkpoint(Checkpoint.of(Fixtures.ORIGIN, trees.get(size)));
  }

  private static SignedNote checkpoint(Checkpoint checkpoint) throws FormatException {
    try (LogSigner log = Fixtures.logSigner()) {
      return checkpoint.sign(log);
    }
  }

  private List<Hash> proof(int old, int size) throws IOException {
    HashSource source =
        (level, index) -> java.util.Objects.requireNonNull(nodes.get(level + "/" + index));
    return ConsistencyProof.build(source, old, size).path();
  }

  private byte[] request(int old, int size) throws Exception {
    return WitnessRequest.of(old, proof(old, size), checkpoint(size)).toBytes();
  }

  private HttpResponse<String> post(byte[] body) throws IOException, InterruptedException {
    return send("/add-checkpoint", HttpRequest.BodyPublishers.ofByteArray(body), "POST");
  }

  private HttpResponse<String> send(String path, HttpRequest.BodyPublisher body, String method)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).method(method, body).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private void assertStatus(int status, byte[] body) throws Exception {
    HttpResponse<String> answer = post(body);
    assertEquals(status, answer.statusCode(), answer.body());
  }

  private void assertHeld(long size, HttpResponse<String> answer) {
    assertEquals(409, answer.statusCode(), answer.body());
    assertEquals("text/x.tlog.size", answer.headers().firstValue("Content-Type").orElse(""));
    assertEquals(size + "\n", answer.body());
  }

  @Test
  @DisplayName("200: the response is a cosignature line; put under the checkpoint it verifies")
  void cosigns() throws Exception {
    for (int[] step : new int[][] {{0, 5}, {5, 5}, {5, 256}, {256, 300}}) {
      HttpResponse<String> answer = post(request(step[0], step[1]));
      assertEquals(200, answer.statusCode(), answer.body());
      assertTrue(answer.body().startsWith("— witness.example/office "), answer.body());
      ByteArrayOutputStream note = new ByteArrayOutputStream();
      note.writeBytes(checkpoint(step[1]).toBytes());
      note.writeBytes(answer.body().getBytes(StandardCharsets.UTF_8));
      Opened opened =
          assertInstanceOf(
              Opened.class,
              new TrustedKeys(Fixtures.key(0), List.of(witnessKey)).open(note.toByteArray()));
      assertEquals(NOW, opened.witnesses().get(0).at());
    }
  }

  @Test
  @DisplayName("404: the checkpoint origin is unknown")
  void unknownOrigin() throws Exception {
    try (LogSigner other = LogSigner.of("other.example/log", new byte[32])) {
      SignedNote note = Checkpoint.of("other.example/log", trees.get(5)).sign(other);
      assertStatus(404, WitnessRequest.of(0, List.of(), note).toBytes());
    }
  }

  @Test
  @DisplayName("403: none of the signatures verify against a trusted key")
  void notSigned() throws Exception {
    try (LogSigner other = LogSigner.of(Fixtures.ORIGIN, new byte[32])) {
      SignedNote note = Checkpoint.of(Fixtures.ORIGIN, trees.get(5)).sign(other);
      assertStatus(403, WitnessRequest.of(0, List.of(), note).toBytes());
    }
    String bent = new String(request(0, 5), StandardCharsets.UTF_8).replace("\n5\n", "\n6\n");
    assertStatus(403, bent.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("signatures from unknown keys are ignored")
  void foreignSignatures() throws Exception {
    SignedNote note = SignedNote.parse(Fixtures.bytes("checkpoint-5")); // log, grease, a witness
    assertStatus(200, WitnessRequest.of(0, List.of(), note).toBytes());
  }

  @Test
  @DisplayName("400: the old size is above the checkpoint size")
  void oldAboveNew() throws Exception {
    assertStatus(400, WitnessRequest.of(6, List.of(), checkpoint(5)).toBytes());
  }

  @Test
  @DisplayName("400: what is not of the specified form")
  void malformed() throws Exception {
    String good = new String(request(0, 5), StandardCharsets.UTF_8);
    String hash = "uOYWnzN7lrSraibtxiRLrR1slO4k7MQ0vEXe64of6xk=\n";
    for (String bad :
        new String[] {
          "",
          "old 0\n",
          good.replace("old 0", "old 00"),
          good.replace("old 0", "old -1"),
          good.replace("old 0", "old 9223372036854775808"),
          good.replace("old 0\n", "old 0\r\n"),
          good.replace("old 0", "Old 0"),
          good.replace("old 0\n", "old 0\nAAAA\n"),
          good.replace("old 0\n", "old 0\n" + hash.repeat(64)),
          good.substring(0, good.length() - 1),
          good + "x",
          "old 0\n\nhello\n\n— a AAAAAAAA\n",
          "x".repeat(WitnessRequest.MAX_BYTES + 1)
        }) {
      assertStatus(400, bad.getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(404, send("/", HttpRequest.BodyPublishers.noBody(), "POST").statusCode());
    assertEquals(
        404, send("/add-checkpoint/x", HttpRequest.BodyPublishers.noBody(), "POST").statusCode());
    assertEquals(
        405, send("/add-checkpoint", HttpRequest.BodyPublishers.noBody(), "GET").statusCode());
  }

  @Test
  @DisplayName("409: the old size is not that of the latest checkpoint cosigned; the body says it")
  void conflict() throws Exception {
    assertHeld(0, post(request(3, 5)));
    assertStatus(200, request(0, 5));
    assertHeld(5, post(request(0, 5)));
    assertHeld(5, post(request(0, 300)));
    assertHeld(5, post(request(3, 300)));
    assertStatus(200, request(5, 300));
    assertHeld(300, post(request(5, 200)));
  }

  @Test
  @DisplayName("409: old size and checkpoint size are equal, the roots are not; it is kept")
  void forkOfTheSameSize() throws Exception {
    assertStatus(200, request(0, 5));
    SignedNote fork =
        checkpoint(new Checkpoint(Fixtures.ORIGIN, 5, trees.get(6).root(), List.of()));
    assertHeld(5, post(WitnessRequest.of(5, List.of(), fork).toBytes()));
    try (Stream<Path> files = Files.list(temp.resolve("w"))) {
      Path kept =
          files.filter(f -> f.getFileName().toString().startsWith("fork-")).findAny().orElseThrow();
      assertArrayEquals(fork.toBytes(), Files.readAllBytes(kept));
    }
  }

  @Test
  @DisplayName("422: the consistency proof does not verify, or is not empty for an old size of 0")
  void notConsistent() throws Exception {
    assertStatus(422, WitnessRequest.of(0, proof(5, 300), checkpoint(300)).toBytes());
    assertStatus(200, request(0, 5));
    assertStatus(422, WitnessRequest.of(5, List.of(), checkpoint(300)).toBytes());
    assertStatus(422, WitnessRequest.of(5, proof(6, 300), checkpoint(300)).toBytes());
    assertStatus(422, WitnessRequest.of(5, proof(6, 300), checkpoint(5)).toBytes());
    SignedNote rewritten =
        checkpoint(new Checkpoint(Fixtures.ORIGIN, 300, trees.get(299).root(), List.of()));
    assertStatus(422, WitnessRequest.of(5, proof(5, 300), rewritten).toBytes());
    assertStatus(200, request(5, 300));
  }

  @Test
  @DisplayName("the record is persisted before the answer: it outlives the process")
  void remembers() throws Exception {
    assertStatus(200, request(0, 5));
    stop();
    open();
    assertHeld(5, post(request(0, 5)));
    assertStatus(200, request(5, 300));
    stop();
    open();
    assertHeld(300, post(request(5, 300)));
  }

  @Test
  @DisplayName("what cannot be persisted is not cosigned")
  void diskTrouble() throws Exception {
    assertStatus(200, request(0, 5));
    Path kept;
    try (Stream<Path> files = Files.list(temp.resolve("w"))) {
      kept =
          files.filter(f -> f.getFileName().toString().startsWith("log-")).findAny().orElseThrow();
    }
    Path blocked = kept.resolveSibling(kept.getFileName() + ".new");
    Files.createDirectory(blocked); // the file it would write first cannot be made
    HttpResponse<String> answer = post(request(5, 300));
    assertEquals(500, answer.statusCode());
    assertTrue(!answer.body().contains("—"), answer.body());
    assertHeld(5, post(request(0, 300)));
    Files.delete(blocked);
    assertStatus(200, request(5, 300));
  }

  @Test
  @DisplayName("checking and persisting are one step: of concurrent requests one wins")
  void atomic() throws Exception {
    assertStatus(200, request(0, 5));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Integer>> posts = new ArrayList<>();
      for (int size = 100; size < 132; size++) {
        byte[] body = request(5, size);
        posts.add(() -> post(body).statusCode());
      }
      int won = 0;
      for (Future<Integer> status : threads.invokeAll(posts)) {
        assertTrue(status.get() == 200 || status.get() == 409, "status " + status.get());
        won += status.get() == 200 ? 1 : 0;
      }
      assertEquals(1, won);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aDamagedMemoryStopsTheWitness() throws Exception {
    assertStatus(200, request(0, 5));
    stop();
    Path kept;
    try (Stream<Path> files = Files.list(temp.resolve("w"))) {
      kept =
          files.filter(f -> f.getFileName().toString().startsWith("log-")).findAny().orElseThrow();
    }
    Files.writeString(kept, Files.readString(kept).replace("\n5\n", "\n4\n"));
    folder = WitnessFolder.open(temp.resolve("w"));
    IOException refused =
        assertThrows(
            IOException.class,
            () -> new Witness(folder, List.of(Fixtures.key(0)), InstantSource.fixed(NOW)));
    assertTrue(String.valueOf(refused.getMessage()).contains("damaged"), refused.toString());
  }

  @Test
  void oneFolderIsOneWitness() throws Exception {
    assertThrows(IOException.class, () -> WitnessFolder.open(temp.resolve("w")));
    assertThrows(
        IOException.class,
        () -> WitnessFolder.create(temp.resolve("w"), "again", new SecureRandom()));
    Path key = temp.resolve("w/witness.key");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    stop();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThrows(IOException.class, () -> WitnessFolder.open(temp.resolve("w")));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    byte[] good = Files.readAllBytes(key);
    for (String bad :
        new String[] {"", "x", "sekisho-witness-key/v1\n", "sekisho-witness-key/v1\nn\nAAAA\n"}) {
      Files.writeString(key, bad);
      assertThrows(FormatException.class, () -> WitnessFolder.open(temp.resolve("w")));
    }
    Files.write(key, good);
    open();
  }

  @Test
  void keysThatDoNotGoTogetherAreRefused() throws Exception {
    VerifierKey log = Fixtures.key(0);
    VerifierKey sameOrigin = Fixtures.key(2);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Witness(folder, List.of(log, sameOrigin), InstantSource.fixed(NOW)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Witness(folder, List.of(witnessKey), InstantSource.fixed(NOW)));
    assertEquals(Rfc6962.EMPTY_ROOT, trees.get(0).root());
  }

  @Test
  void theJournalNamesForks() throws Exception {
    assertStatus(200, request(0, 5));
    SignedNote fork =
        checkpoint(new Checkpoint(Fixtures.ORIGIN, 5, trees.get(6).root(), List.of()));
    assertHeld(5, post(WitnessRequest.of(5, List.of(), fork).toBytes()));
    synchronized (this) {
      assertEquals(List.of("200 " + Fixtures.ORIGIN, "409 " + Fixtures.ORIGIN + " FORK"), journal);
    }
  }
}
