package jp.sekisho.agent.intake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.agent.testing.ImportSamples;
import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a daemon that speaks clamd's protocol (clamd(8)) as a test tells it to. */
class ClamdTest {
  private static final String ENGINE = "ClamAV 1.4.6/27842/Fri Nov 20 08:30:12 2026";
  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  @TempDir Path temp;

  private ServerSocketChannel server;
  private Path socket;
  private Instant now = Instant.parse("2026-11-22T00:00:00Z");
  private Duration patience = Clamd.PATIENCE;

  private volatile String version = ENGINE;

  /** What it says of everything but the test file; empty: nothing, and closes. */
  private volatile String verdict = "stream: OK";

  private volatile String ofTestFile = "stream: Win.Test.EICAR_HDB-1 FOUND";
  private volatile int readsAtMost = Integer.MAX_VALUE;
  private volatile byte[] seen = new byte[0];

  @BeforeEach
  void serve() throws IOException {
    socket = temp.resolve("clamd.ctl");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    ServerSocketChannel own = server;
    Thread thread = new Thread(() -> accept(own), "clamd");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void end() throws IOException {
    server.close();
  }

  private void accept(ServerSocketChannel own) {
    try {
      while (true) {
        try (SocketChannel channel = own.accept()) {
          answer(channel);
        } catch (java.nio.channels.ClosedChannelException e) {
          return;
        } catch (IOException e) {
          // Whoever asked went away.
        }
      }
    } catch (RuntimeException e) {
      throw new AssertionError(e);
    }
  }

  private void answer(SocketChannel channel) throws IOException {
    DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
    OutputStream out = Channels.newOutputStream(channel);
    StringBuilder command = new StringBuilder();
    for (int one = in.read(); one > 0; one = in.read()) {
      command.append((char) one);
    }
    String answer = version;
    if (command.toString().equals("zINSTREAM")) {
      byte[] stream = stream(in);
      seen = stream;
      answer = Arrays.equals(stream, ImportSamples.eicar()) ? ofTestFile : verdict;
    }
    if (!answer.isEmpty()) {
      out.write((answer + "\0").getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private byte[] stream(DataInputStream in) throws IOException {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (int length = in.readInt(); length != 0; length = in.readInt()) {
      all.write(in.readNBytes(length));
      if (all.size() >= readsAtMost) {
        break;
      }
    }
    return all.toByteArray();
  }

  private Clamd clamd() {
    return new Clamd(
        new Clamd.Settings(socket, Duration.ofDays(7), 1 << 20),
        () -> Optional.of(now),
        JAPAN,
        patience);
  }

  private Scanner.Verdict scan(byte[] content) throws IOException {
    return clamd().scan(Files.write(temp.resolve("file"), content), () -> true);
  }

  private void unfit(Refusal reason) {
    assertEquals(new Scanner.Condition.Unfit(reason), clamd().condition());
  }

  @Test
  @DisplayName("the whole file is sent, and its verdict is the daemon's")
  void verdicts() throws IOException {
    byte[] content = new byte[200_001];
    new Random(3).nextBytes(content);
    assertEquals(new Scanner.Verdict.Clean(), scan(content));
    assertArrayEquals(content, seen);
    assertEquals(new Scanner.Verdict.Clean(), scan(new byte[0]));
    assertEquals(new Scanner.Verdict.Found("Win.Test.EICAR_HDB-1"), scan(ImportSamples.eicar()));
    verdict = "stream: evil\nname \u001b[2J FOUND";
    assertEquals(new Scanner.Verdict.Found("unnamed"), scan(content));
  }

  @Test
  @DisplayName("an error, a limit, silence or another answer is never clean")
  void neverClean() throws IOException {
    for (String said :
        new String[] {
          "INSTREAM size limit exceeded. ERROR",
          "stream: Can't allocate memory ERROR",
          "",
          "OK",
          "stream: OK ",
          "x".repeat(5_000)
        }) {
      verdict = said;
      assertEquals(new Scanner.Verdict.Unknown(), scan(new byte[10]), said);
    }
    // It ends before all was sent, and says all the same that nothing was found.
    verdict = "stream: OK";
    readsAtMost = 1;
    assertEquals(new Scanner.Verdict.Unknown(), scan(new byte[8 << 20]));
  }

  @Test
  @DisplayName("a daemon that does not answer in time is not waited for; nor is one by who stops")
  void silence() throws IOException {
    server.close();
    Files.delete(socket);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket)); // Nobody accepts.
    patience = Duration.ofMillis(300);
    assertEquals(new Scanner.Verdict.Unknown(), scan(new byte[10]));
    unfit(Refusal.IMPORT_SCANNER);
    patience = Duration.ofHours(1);
    AtomicInteger asked = new AtomicInteger();
    Path file = Files.write(temp.resolve("file"), new byte[10]);
    NotImported stopped =
        assertThrows(
            NotImported.class, () -> clamd().scan(file, () -> asked.incrementAndGet() < 3));
    assertEquals(Refusal.IMPORT_BROKEN_OFF, stopped.reason());
  }

  @Test
  @DisplayName("it is fit while it finds the test file by new signatures, and says by which")
  void condition() {
    assertEquals(new Scanner.Condition.Fit(ENGINE), clamd().condition());
    now = Instant.parse("2026-11-26T23:30:12Z");
    assertEquals(new Scanner.Condition.Fit(ENGINE), clamd().condition());
    now = now.plusSeconds(1);
    unfit(Refusal.IMPORT_SIGNATURES);
    now = Instant.parse("2026-11-18T23:30:11Z");
    unfit(Refusal.IMPORT_SIGNATURES);
    now = Instant.parse("2026-11-22T00:00:00Z");
    for (String other :
        new String[] {
          "ClamAV 1.4.6",
          "ClamAV 1.4.6/27842/some day",
          "ClamAV 1.4.6/27842/Fri Foo 20 08:30:12 2026"
        }) {
      version = other;
      unfit(Refusal.IMPORT_SIGNATURES);
    }
    version = "ClamAV 1.4.6/27842/Sun Nov  1 08:30:12 2026";
    now = Instant.parse("2026-11-02T00:00:00Z");
    assertEquals(new Scanner.Condition.Fit(version), clamd().condition());
    ofTestFile = "stream: OK";
    unfit(Refusal.IMPORT_SCANNER);
    Clamd noTime =
        new Clamd(
            new Clamd.Settings(socket, Duration.ofDays(7), 1),
            Optional::empty,
            JAPAN,
            Clamd.PATIENCE);
    ofTestFile = "stream: Eicar FOUND";
    assertEquals(new Scanner.Condition.Unfit(Refusal.IMPORT_SIGNATURES), noTime.condition());
  }

  @Test
  @DisplayName("a socket where anybody could put another, and none, are not believed")
  void place() throws IOException {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwxrwx"));
    unfit(Refusal.IMPORT_SCANNER);
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals(new Scanner.Condition.Fit(ENGINE), clamd().condition());
    server.close();
    unfit(Refusal.IMPORT_SCANNER);
    assertEquals(new Scanner.Verdict.Unknown(), scan(new byte[1]));
    assertEquals(new Scanner.Condition.Unfit(Refusal.IMPORT_SCANNER), Scanner.NONE.condition());
  }
}
