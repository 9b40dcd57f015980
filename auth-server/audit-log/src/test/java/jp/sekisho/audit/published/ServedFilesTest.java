package jp.sekisho.audit.published;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.note.LogSigner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A served log, and servers that mean no good. */
@SuppressWarnings("NullAway.Init") // JUnit sets them
class ServedFilesTest {
  @TempDir private Path temp;
  private Path folder;
  private FolderServer server;

  @BeforeEach
  void serve() throws Exception {
    folder = temp.resolve("log");
    try (LogSigner log = Fixtures.logSigner()) {
      FolderWriter.write(folder, Fixtures.entries().iterator(), log);
    }
    server = new FolderServer(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aServedLogVerifiesAndTamperingIsNamed() throws Exception {
    CopyVerifier verifier = new CopyVerifier(Fixtures.keys(), true);
    PublishedCopy copy = new PublishedCopy(ServedFiles.of(server.address()));
    assertEquals(300, assertInstanceOf(Verified.class, verifier.verify(copy)).size());
    Path tile = folder.resolve("tile/entries/001.p/44");
    byte[] bytes = Files.readAllBytes(tile);
    bytes[bytes.length - 1] ^= 1;
    Files.write(tile, bytes);
    Invalid invalid = assertInstanceOf(Invalid.class, verifier.verify(copy));
    assertEquals(Reason.ENTRY_ALTERED, invalid.reason());
    assertEquals(299, invalid.entryIndex().orElseThrow());
    Files.delete(tile);
    invalid = assertInstanceOf(Invalid.class, verifier.verify(copy));
    assertEquals(Reason.TRUNCATED, invalid.reason());
    assertEquals(256, invalid.entryIndex().orElseThrow());
  }

  @Test
  void aSessionGoesWithTheQuestionsForEntriesAndWithNoOther() throws Exception {
    List<String> with = new CopyOnWriteArrayList<>();
    List<String> without = new CopyOnWriteArrayList<>();
    server.answer(
        "/shut/",
        exchange -> {
          try (exchange) {
            String name = exchange.getRequestURI().getPath().substring("/shut/".length());
            boolean shown =
                List.of("name=value")
                    .equals(exchange.getRequestHeaders().getOrDefault("Cookie", List.of()));
            (shown ? with : without).add(name);
            Path file = folder.resolve(name);
            if (!Files.exists(file) || (name.startsWith("tile/entries/") && !shown)) {
              exchange.sendResponseHeaders(Files.exists(file) ? 401 : 404, -1);
              return;
            }
            byte[] contents = Files.readAllBytes(file);
            exchange.sendResponseHeaders(200, contents.length);
            exchange.getResponseBody().write(contents);
          }
        });
    CopyVerifier verifier = new CopyVerifier(Fixtures.keys(), true);
    ServedFiles log = ServedFiles.of(server.root() + "shut");
    IOException refused =
        assertThrows(IOException.class, () -> verifier.verify(new PublishedCopy(log)));
    assertTrue(String.valueOf(refused.getMessage()).contains("401"), refused.getMessage());
    without.clear();
    PublishedCopy own = new PublishedCopy(log.as("name=value"));
    assertEquals(300, assertInstanceOf(Verified.class, verifier.verify(own)).size());
    assertEquals(List.of("tile/entries/000", "tile/entries/001.p/44"), with);
    assertTrue(without.contains("checkpoint"), without.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "name", "name=", "name=a b", "name=a\r\nHost: x", "name=\u00e9"})
  void aSessionThatIsNoCookieIsRefusedAndNotRepeated(String cookie) throws Exception {
    ServedFiles log = ServedFiles.of(server.address());
    FormatException refused = assertThrows(FormatException.class, () -> log.as(cookie));
    assertEquals("the session is not one line name=value", refused.getMessage());
    assertThrows(
        FormatException.class, () -> log.as("name=" + "v".repeat(ServedFiles.MAX_SESSION)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://audit.example/log",
        "http://127.0.0.1.example/log",
        "http://10.0.0.1/log",
        "http://127.0.0.1@audit.example/log",
        "https://name:word@audit.example/log",
        "https://audit.example/log?x=1",
        "https://audit.example/log#x",
        "https:///log",
        "https://[::1/log",
        "https://audit example/log"
      })
  void onlyHttpsOrThisMachineIsSpokenTo(String address) {
    FormatException refused = assertThrows(FormatException.class, () -> ServedFiles.of(address));
    assertEquals(FormatException.Code.ADDRESS_REFUSED, refused.code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://audit.example/log",
        "HTTP://localhost:1/",
        "http://[::1]:1/x",
        "http://127.9.9.9/"
      })
  void theseAddressesAreTaken(String address) throws Exception {
    try (ServedFiles files = ServedFiles.of(address)) {
      assertTrue(ServedFiles.isAddress(address), files.toString());
    }
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    server.answer(
        "/moved/",
        exchange -> {
          exchange.getResponseHeaders().add("Location", server.address() + "/checkpoint");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    IOException refused =
        assertThrows(IOException.class, () -> files("moved").read("checkpoint", 1000));
    assertTrue(String.valueOf(refused.getMessage()).contains("302"), refused.toString());
    assertEquals(0, server.asked().size());
  }

  private ServedFiles files(String path) throws FormatException {
    return ServedFiles.of(server.root() + path, Duration.ofSeconds(1));
  }

  @Test
  void anAnswerWithoutEndIsCutOff() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    server.answer(
        "/endless/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] chunk = new byte[64 * 1024];
          try (var body = exchange.getResponseBody()) {
            while (true) {
              body.write(chunk);
            }
          } catch (IOException e) {
            gone.countDown();
          }
        });
    assertThrows(
        LogFiles.TooLongException.class, () -> files("endless").read("checkpoint", 100_000));
    assertTrue(gone.await(20, java.util.concurrent.TimeUnit.SECONDS), "the connection stayed");
  }

  @Test
  void anAnswerThatStopsHalfwayIsNotWaitedFor() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    server.answer(
        "/slow/",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write(new byte[50]);
          exchange.getResponseBody().flush();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    try {
      IOException refused =
          assertThrows(IOException.class, () -> files("slow").read("checkpoint", 1000));
      assertTrue(String.valueOf(refused.getMessage()).contains("checkpoint"), refused.toString());
    } finally {
      end.countDown();
    }
  }

  @Test
  void sizesAndAbsenceAreTold() throws Exception {
    ServedFiles files = ServedFiles.of(server.address() + "/");
    byte[] checkpoint = Files.readAllBytes(folder.resolve("checkpoint"));
    assertArrayEquals(checkpoint, files.read("checkpoint", checkpoint.length));
    assertThrows(
        LogFiles.TooLongException.class, () -> files.read("checkpoint", checkpoint.length - 1));
    assertThrows(NoSuchFileException.class, () -> files.read("tile/0/777", 1000));
    server.answer(
        "/broken/",
        exchange -> {
          exchange.sendResponseHeaders(500, -1);
          exchange.close();
        });
    assertThrows(IOException.class, () -> files("broken").read("checkpoint", 10));
  }
}
