package jp.sekisho.server.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.witness.Witness;
import jp.sekisho.audit.witness.WitnessFolder;
import jp.sekisho.audit.witness.WitnessServer;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cosignatures asked for from a real witness on the loopback. */
class CosignaturesTest {
  @TempDir Path directory;
  private OpenStorage storage;
  private VerifierKey witnessKey;
  private WitnessFolder folder;
  private WitnessServer server;

  @BeforeEach
  void start() throws Exception {
    storage = OpenStorage.sqlite(directory);
    witnessKey =
        WitnessFolder.create(
            directory.resolve("w"), "audit-committee.city.example", new SecureRandom());
    folder = WitnessFolder.open(directory.resolve("w"));
    server =
        WitnessServer.start(
            new Witness(folder, List.of(storage.logs.verifierKey("mayor")), InstantSource.system()),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            line -> {});
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    folder.close();
    storage.close();
  }

  private Cosignatures cosignatures(VerifierKey key) {
    URI url = URI.create("http://127.0.0.1:" + server.address().getPort());
    return new Cosignatures(
        storage.logs,
        storage.transactions,
        List.of(new OutsideWitness(key, url)),
        InstantSource.system());
  }

  private void publish(int entries) {
    var _ = Restores.write(storage, entries);
    storage.logs.integrateNow();
  }

  private CheckpointOpening.Opened opened(byte[] checkpoint) {
    TrustedKeys keys = new TrustedKeys(storage.logs.verifierKey("mayor"), List.of(witnessKey));
    return assertInstanceOf(CheckpointOpening.Opened.class, keys.open(checkpoint));
  }

  private List<String> types(String log) {
    storage.logs.integrateNow();
    return storage.logs.page(log, null, Long.MAX_VALUE, 50).stream()
        .map(row -> assertInstanceOf(LogRow.Intact.class, row).entry().type())
        .toList();
  }

  @Test
  void anExportVerifiesByTheWitnessItWasShownTo() throws Exception {
    publish(3);
    Cosignatures cosignatures = cosignatures(witnessKey);
    assertTrue(cosignatures.ask("mayor"));
    publish(300);
    Path bundle = directory.resolve("bundle.zip");
    try (OutputStream out = Files.newOutputStream(bundle)) {
      cosignatures.bundle("mayor").writeZip(out);
    }
    TrustedKeys keys = new TrustedKeys(storage.logs.verifierKey("mayor"), List.of(witnessKey));
    Verification.Verified verified =
        assertInstanceOf(
            Verification.Verified.class, new BundleVerifier(keys, false).verify(bundle));
    assertEquals(303, verified.size());
    assertEquals("audit-committee.city.example", verified.witnessedBy().getFirst().name());
  }

  @Test
  void theNewestCheckpointIsShownWithTheCosignaturesItHas() {
    publish(2);
    Cosignatures cosignatures = cosignatures(witnessKey);
    assertTrue(opened(cosignatures.checkpoint("mayor")).witnesses().isEmpty());
    assertTrue(cosignatures.ask("mayor"));
    assertEquals(1, opened(cosignatures.checkpoint("mayor")).witnesses().size());
    publish(1);
    CheckpointOpening.Opened newer = opened(cosignatures.checkpoint("mayor"));
    assertEquals(3, newer.checkpoint().size(), "never an older one for a cosignature's sake");
    assertTrue(newer.witnesses().isEmpty());
  }

  /** A service that restarts does not know what its witness holds. */
  @Test
  void aWitnessSaysItselfFromWhereToProve() {
    publish(2);
    assertTrue(cosignatures(witnessKey).ask("mayor"));
    publish(5);
    assertTrue(cosignatures(witnessKey).ask("mayor"));
  }

  @Test
  void anotherPastAtTheWitnessIsAnEntryOnce() throws Exception {
    publish(2);
    var backup = Restores.backup(storage);
    Map<String, byte[]> files =
        Map.of(
            "log-mayor.last",
            Files.readAllBytes(storage.keys.resolve("log-mayor.last")),
            "log-mayor.committed",
            new byte[8]);
    publish(4);
    assertTrue(cosignatures(witnessKey).ask("mayor"));
    storage.close();
    // Database, keys and all are put back: nothing here tells of it but the witness.
    try (OpenStorage older = OpenStorage.sqlite(directory)) {
      Restores.restore(older, backup);
    }
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(directory.resolve("keys").resolve(file.getKey()), file.getValue());
    }
    storage = OpenStorage.sqlite(directory);
    publish(1);
    Cosignatures cosignatures = cosignatures(witnessKey);
    assertFalse(cosignatures.ask("mayor"));
    assertFalse(cosignatures.ask("mayor"));
    assertEquals(1, types("mayor").stream().filter("log.witness-refused"::equals).count());
    assertTrue(opened(cosignatures.checkpoint("mayor")).witnesses().isEmpty());
  }

  @Test
  void aLogTheWitnessDoesNotKnowIsAnEntryAndAnotherKeyIsNotBelieved() throws Exception {
    publish(1);
    var _ =
        storage.transactions.write(c ->
            c.record(
                jp.sekisho.protocol.event.Entry.Subject.NONE,
                new jp.sekisho.protocol.event.ServiceEvent.Stopped()));
    storage.logs.integrateNow();
    assertFalse(cosignatures(witnessKey).ask("system"));
    assertTrue(types("system").contains("log.witness-refused"));
    VerifierKey stranger =
        WitnessFolder.create(
            directory.resolve("x"), "audit-committee.city.example", new SecureRandom());
    Cosignatures cosignatures = cosignatures(stranger);
    assertFalse(cosignatures.ask("mayor"));
    assertTrue(opened(cosignatures.checkpoint("mayor")).witnesses().isEmpty());
  }

  @Test
  void hashesEditedInTheDatabaseAreFoundWhileAWitnessIsAskedAndToldAsSuch() {
    publish(290);
    assertTrue(cosignatures(witnessKey).ask("mayor"));
    publish(310);
    int changed =
        storage
            .database
            .writer()
            .<Integer, RuntimeException>sequence(h ->
                h.execute(
                    "update audit_node set hash = zeroblob(32)"
                        + " where log = 'mayor' and level = 1 and idx = 0"));
    assertEquals(1, changed);
    Cosignatures cosignatures = cosignatures(witnessKey);
    assertThrows(TamperedException.class, () -> cosignatures.ask("mayor"));
    assertTrue(cosignatures.ask("mayor"), "they were made again");
  }

  @Test
  void aWitnessThatIsNotThereStopsNoExport() throws Exception {
    publish(2);
    Cosignatures cosignatures = cosignatures(witnessKey);
    server.close();
    assertFalse(cosignatures.ask("mayor"));
    assertEquals(2, cosignatures.bundle("mayor").size());
  }

  /** Attack: it answers the header of a good answer, and then nothing. */
  @Test
  void aWitnessThatNeverEndsItsAnswerStopsNoExport() throws Exception {
    publish(2);
    ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    List<Socket> open = Collections.synchronizedList(new ArrayList<>());
    Thread answering =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                while (true) {
                  Socket socket = silent.accept();
                  open.add(socket);
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n".getBytes(US_ASCII));
                }
              } catch (IOException e) {
                // Closed below.
              }
            });
    try {
      URI url = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      Cosignatures cosignatures =
          new Cosignatures(
              storage.logs,
              storage.transactions,
              List.of(new OutsideWitness(witnessKey, url)),
              InstantSource.system(),
              Duration.ofMillis(200));
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () -> {
            assertFalse(cosignatures.ask("mayor"));
            assertEquals(2, cosignatures.bundle("mayor").size());
          });
    } finally {
      silent.close();
      answering.join();
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void aRefusalThatCouldNotBeWrittenIsWrittenTheNextTime() {
    publish(1);
    var _ =
        storage.transactions.write(c ->
            c.record(
                jp.sekisho.protocol.event.Entry.Subject.NONE,
                new jp.sekisho.protocol.event.ServiceEvent.Stopped()));
    storage.logs.integrateNow();
    Cosignatures cosignatures = cosignatures(witnessKey);
    Restores.withoutWriting(
        storage, "log.witness-refused", () -> assertFalse(cosignatures.ask("system")));
    assertFalse(types("system").contains("log.witness-refused"));
    assertFalse(cosignatures.ask("system"));
    assertTrue(types("system").contains("log.witness-refused"));
  }

  /** As the console does, which exports while the service asks: no other past, only a later one. */
  @Test
  void aWitnessThatAnotherProcessShowedMoreInTheMeantimeIsNoAlarm() throws Exception {
    publish(2);
    HttpServer ahead =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ahead.createContext(
        "/",
        exchange -> {
          publish(1);
          byte[] size = (storage.logs.signed("mayor").size() + "\n").getBytes(US_ASCII);
          exchange.sendResponseHeaders(409, size.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(size);
          }
        });
    ahead.start();
    try {
      URI url = URI.create("http://127.0.0.1:" + ahead.getAddress().getPort());
      Cosignatures cosignatures =
          new Cosignatures(
              storage.logs,
              storage.transactions,
              List.of(new OutsideWitness(witnessKey, url)),
              InstantSource.system());
      assertFalse(cosignatures.ask("mayor"), "asked again in the next round");
      assertFalse(types("mayor").contains("log.witness-refused"));
    } finally {
      ahead.stop(0);
    }
  }

  /** Attack: what it says differs each time; the log grew by each. */
  @Test
  void aWitnessThatSaysSomethingElseEachTimeIsAnEntryOnceADay() throws Exception {
    publish(2);
    long before = types("mayor").size();
    AtomicLong sizes = new AtomicLong(Long.MAX_VALUE);
    HttpServer lying =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    lying.createContext(
        "/",
        exchange -> {
          byte[] size = (sizes.getAndDecrement() + "\n").getBytes(US_ASCII);
          exchange.sendResponseHeaders(409, size.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(size);
          }
        });
    lying.start();
    try {
      URI url = URI.create("http://127.0.0.1:" + lying.getAddress().getPort());
      Cosignatures cosignatures =
          new Cosignatures(
              storage.logs,
              storage.transactions,
              List.of(new OutsideWitness(witnessKey, url)),
              InstantSource.system());
      for (int i = 0; i < 5; i++) {
        assertFalse(cosignatures.ask("mayor"));
      }
      assertEquals(before + 1, types("mayor").size());
      Map<String, Object> said = Restores.entry(storage, "mayor", before).data();
      assertEquals((1L << 53) - 1, said.get("held"), "a number that every reader takes");
    } finally {
      lying.stop(0);
    }
  }

  @Test
  void fileOfWitnessesIsReadOrRefusedByLine() throws Exception {
    Path file = directory.resolve("witnesses");
    assertEquals(List.of(), OutsideWitness.read(file));
    Files.writeString(file, "# 監査委員事務局\n\n" + witnessKey + " https://witness.example:8443/a\n");
    assertEquals(
        List.of(new OutsideWitness(witnessKey, URI.create("https://witness.example:8443/a"))),
        OutsideWitness.read(file));
    for (String bad :
        List.of(
            witnessKey.toString(),
            witnessKey + " ftp://witness.example",
            witnessKey + " https://user@witness.example",
            storage.logs.verifierKey("mayor") + " https://witness.example",
            witnessKey + " https://a.example\n" + witnessKey + " https://b.example")) {
      Files.writeString(file, bad + "\n");
      assertThrows(IOException.class, () -> OutsideWitness.read(file), bad);
    }
  }
}
