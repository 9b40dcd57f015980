package jp.sekisho.agent.ipc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jp.sekisho.agent.export.ClerkFiles;
import jp.sekisho.agent.export.ExportOutcome;
import jp.sekisho.agent.export.NotExported;
import jp.sekisho.agent.export.Passphrase;
import jp.sekisho.agent.export.WrittenPart;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.agent.testing.ScriptedFiles;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a clerk over the socket, both ends. */
class ExportTalkTest {
  private static final String GRANT = "AAAAAAAAAAAAAAAAAAAAAA";

  @TempDir Path directory;

  private final PeerUsers users = new PeerCredentials();
  private Path socket = Path.of("");
  private @Nullable SeatServer server;

  private void serving(ExportCalls calls) throws IOException {
    socket = directory.resolve("run").resolve("agent.sock");
    server =
        SeatServer.open(
            socket,
            users,
            SeatServer.Door.OPEN,
            new Seats(),
            SeatTimes.PROTOCOL,
            new SeatServer.Calls(
                EmergencyCalls.NONE,
                OfflineCalls.NONE,
                calls,
                ImportCalls.NONE,
                ClipboardCalls.NONE,
                () -> "内線 1234"));
  }

  @AfterEach
  void close() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private FrameChannel connect() throws IOException {
    return new FrameChannel(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  private static Frame export() {
    return Frame.of(FrameType.EXPORT, new Messages.Export(Messages.VERSION, GRANT));
  }

  private static Frame next(FrameChannel client) throws Exception {
    while (true) {
      Frame frame = client.read();
      if (frame.type() != FrameType.PING) {
        return frame;
      }
      client.write(Frame.of(FrameType.PONG));
    }
  }

  private static void assertClosed(FrameChannel client) {
    assertThrows(
        IOException.class,
        () -> {
          while (true) {
            client.read().close();
          }
        });
  }

  private static byte[] whole(ClerkFiles files) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece = files.piece(); piece.length > 0; piece = files.piece()) {
      all.write(piece);
    }
    return all.toByteArray();
  }

  @Test
  @DisplayName("files, passphrase and what was written go over the socket; the kernel says whose")
  void everything() throws Exception {
    byte[] content = new byte[200_000];
    new Random(1).nextBytes(content);
    List<String> seen = new CopyOnWriteArrayList<>();
    List<byte[]> got = new CopyOnWriteArrayList<>();
    Passphrase made = Passphrase.make(new SecureRandom());
    String text = new String(made.chars());
    serving((uid, grant, files) -> {
      try {
        seen.add(uid == users.own() ? grant : "somebody else");
        seen.add(Boolean.toString(files.show(made)));
        for (var next = files.next(); next.isPresent(); next = files.next()) {
          seen.add(next.get().toString());
          got.add(whole(files));
          files.written(new WrittenPart("SEKISHO-1.p7m", 1, 2, 3, Sha256.text(new byte[0])));
        }
        return new ExportOutcome(null, got.size());
      } catch (IOException e) {
        return new ExportOutcome(Refusal.EXPORT_SOURCE, 0);
      }
    });
    ScriptedFiles files = new ScriptedFiles().with("名簿.csv", content).with("b", new byte[0]);
    ExportCall.Told told = ExportCall.ask(socket, users, GRANT, files);
    assertEquals(new ExportCall.Told(new ExportOutcome(null, 2), "内線 1234"), told);
    assertEquals(
        List.of(GRANT, "true", "Offered[name=名簿.csv, bytes=200000]", "Offered[name=b, bytes=0]"),
        seen);
    assertArrayEquals(content, got.get(0));
    assertEquals(0, got.get(1).length);
    assertEquals(List.of(text), files.shown);
    assertEquals(2, files.told.size());
  }

  @Test
  @DisplayName("a file that cannot be read, and a passphrase nobody has, are said to the service")
  void unreadable() throws Exception {
    List<Object> seen = new CopyOnWriteArrayList<>();
    serving((uid, grant, files) -> {
      try {
        seen.add(files.show(Passphrase.make(new SecureRandom())));
        seen.add(files.next().isPresent());
        return new ExportOutcome(null, files.piece().length);
      } catch (IOException e) {
        seen.add(e instanceof NotExported no ? no.reason() : e);
        return new ExportOutcome(Refusal.EXPORT_SOURCE, 0);
      }
    });
    ScriptedFiles files = new ScriptedFiles().with("a", new byte[9]);
    files.confirms = false;
    files.brokenOff = true;
    assertEquals(
        new ExportOutcome(Refusal.EXPORT_SOURCE, 0),
        ExportCall.ask(socket, users, GRANT, files).outcome());
    assertEquals(List.of(false, true, Refusal.EXPORT_SOURCE), seen);
  }

  @Test
  @DisplayName("whoever goes away in the middle breaks the export off")
  void goesAway() throws Exception {
    CompletableFuture<Refusal> ended = new CompletableFuture<>();
    serving((uid, grant, files) -> {
      try {
        files.next();
        return new ExportOutcome(null, files.piece().length);
      } catch (IOException e) {
        ended.complete(e instanceof NotExported no ? no.reason() : Refusal.INTERNAL);
        return new ExportOutcome(Refusal.EXPORT_SOURCE, 0);
      }
    });
    FrameChannel client = connect();
    client.write(export());
    assertEquals(FrameType.NEXT, next(client).type());
    client.write(Frame.of(FrameType.FILE, new Messages.OfferedFile("a", 9)));
    assertEquals(FrameType.MORE, next(client).type());
    client.close();
    assertEquals(Refusal.EXPORT_SOURCE, ended.get(20, TimeUnit.SECONDS));
  }

  @Test
  @DisplayName("a desk that breaks it off wakes who waits for a piece")
  void brokenOff() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<Refusal> ended = new CompletableFuture<>();
    serving((uid, grant, files) -> {
      Thread breaker =
          new Thread(() -> {
            try {
              waiting.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            files.breakOff();
          });
      breaker.start();
      try {
        files.next();
        return new ExportOutcome(null, files.piece().length);
      } catch (IOException e) {
        ended.complete(e instanceof NotExported no ? no.reason() : Refusal.INTERNAL);
        return new ExportOutcome(Refusal.EXPORT_BROKEN_OFF, 0);
      }
    });
    FrameChannel client = connect();
    client.write(export());
    assertEquals(FrameType.NEXT, next(client).type());
    waiting.countDown();
    assertEquals(Refusal.EXPORT_SOURCE, ended.get(20, TimeUnit.SECONDS));
    assertEquals(FrameType.EXPORT_ENDED, next(client).type());
    client.close();
  }

  @Test
  @DisplayName("a process that speaks unasked, or names no grant, is closed")
  void protocolBroken() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    serving((uid, grant, files) -> {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new ExportOutcome(Refusal.EXPORT_SOURCE, 0);
    });
    FrameChannel talkative = connect();
    talkative.write(export());
    talkative.write(new Frame(FrameType.DATA, new byte[10]));
    assertClosed(talkative);
    for (Messages.Export wrong :
        List.of(new Messages.Export(1, GRANT), new Messages.Export(2, "../x"))) {
      FrameChannel client = connect();
      client.write(Frame.of(FrameType.EXPORT, wrong));
      assertClosed(client);
    }
    end.countDown();
  }
}
