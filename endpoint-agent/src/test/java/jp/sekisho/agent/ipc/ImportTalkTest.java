package jp.sekisho.agent.ipc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jp.sekisho.agent.intake.ClerkFolder;
import jp.sekisho.agent.intake.ImportOutcome;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.agent.testing.MemoryFolder;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder of a clerk over the socket, both ends. */
class ImportTalkTest {
  private static final String GRANT = "AAAAAAAAAAAAAAAAAAAAAA";

  @TempDir Path directory;

  private final PeerUsers users = new PeerCredentials();
  private Path socket = Path.of("");
  private @Nullable SeatServer server;

  private void serving(ImportCalls calls) throws IOException {
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
                ExportCalls.NONE,
                calls,
                ClipboardCalls.NONE,
                () -> "内線 1234"));
  }

  @AfterEach
  void close() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private static void hand(ClerkFolder folder, List<String> path, byte[] content)
      throws IOException {
    folder.begin(path, content.length);
    for (int at = 0; at < content.length; at += ClerkFolder.LARGEST_PIECE) {
      int end = Math.min(content.length, at + ClerkFolder.LARGEST_PIECE);
      folder.piece(Arrays.copyOfRange(content, at, end));
    }
    assertEquals(Sha256.text(content), folder.end());
    folder.taken(new ClerkFolder.Taken(path, content.length, Sha256.text(content), "pdf"));
  }

  @Test
  @DisplayName("files arrive over the socket, and what stays out is said; the kernel says whose")
  void everything() throws Exception {
    byte[] content = new byte[200_000];
    new Random(1).nextBytes(content);
    serving((uid, grant, folder) -> {
      try {
        folder.stage(ClerkFolder.Stage.COPYING);
        hand(folder, List.of("税", "名簿.pdf"), content);
        hand(folder, List.of("空.txt"), new byte[0]);
        assertThrows(IOException.class, () -> folder.begin(List.of("空.txt"), 1));
        for (int i = 0; i < 500; i++) {
          folder.leftOut(new ClerkFolder.LeftOut("x" + i, Refusal.IMPORT_VIRUS, "Eicar"));
        }
        return new ImportOutcome(uid == users.own() ? null : Refusal.INTERNAL, 2, 500);
      } catch (IOException | AssertionError e) {
        return new ImportOutcome(Refusal.INTERNAL, 0, 0);
      }
    });
    MemoryFolder local = new MemoryFolder();
    ImportCall.Told told = ImportCall.ask(socket, users, GRANT, local);
    assertEquals(new ImportCall.Told(new ImportOutcome(null, 2, 500), "内線 1234"), told);
    assertArrayEquals(content, Objects.requireNonNull(local.files.get("税/名簿.pdf")));
    assertEquals(2, local.files.size());
    assertEquals("COPYING", local.told.get(0));
    assertEquals("taken 税/名簿.pdf pdf", local.told.get(1));
    assertEquals(503, local.told.size());
  }

  private FrameChannel connect() throws IOException {
    FrameChannel client = new FrameChannel(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    client.write(Frame.of(FrameType.IMPORT, new Messages.Import(Messages.VERSION, GRANT)));
    return client;
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

  @Test
  @DisplayName("whoever goes away, or answers something else, breaks it off")
  void goesAway() throws Exception {
    CompletableFuture<String> came = new CompletableFuture<>();
    serving((uid, grant, folder) -> {
      try {
        folder.begin(List.of("a.txt"), 1);
        folder.piece(new byte[] {1});
        came.complete("all of it");
      } catch (IOException e) {
        came.complete("broken off");
      }
      return new ImportOutcome(Refusal.IMPORT_TARGET, 0, 0);
    });
    try (FrameChannel client = connect()) {
      assertEquals(FrameType.OFFER, next(client).type());
    }
    assertEquals("broken off", came.get(10, TimeUnit.SECONDS));
  }

  @Test
  @DisplayName("an answer without a question ends the connection; a hash of another form is none")
  void unasked() throws Exception {
    CompletableFuture<String> came = new CompletableFuture<>();
    serving((uid, grant, folder) -> {
      try {
        came.complete(folder.end());
      } catch (IOException e) {
        came.complete(String.valueOf(e.getMessage()));
      }
      return new ImportOutcome(null, 0, 0);
    });
    try (FrameChannel client = connect()) {
      assertEquals(FrameType.PIECE, next(client).type());
      client.write(Frame.of(FrameType.KEPT, new Messages.Kept("short")));
      assertEquals("IMPORT_TARGET", came.get(10, TimeUnit.SECONDS));
      assertEquals(FrameType.IMPORT_ENDED, next(client).type());
      client.write(Frame.of(FrameType.READY));
      assertThrows(
          IOException.class,
          () -> {
            while (true) {
              client.read().close();
            }
          });
    }
  }

  @Test
  @DisplayName("a service that names a path outside of the folder is not obeyed")
  void pathsAreLookedAt() {
    for (List<String> path :
        List.of(
            List.of("..", "a"),
            List.of("/etc/a"),
            List.of("a/b"),
            List.of(""),
            List.of(".bashrc"),
            List.<String>of(),
            List.of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"))) {
      assertThrows(
          jp.sekisho.protocol.MalformedException.class,
          () -> new Messages.Offer(path, 1).check(),
          path.toString());
    }
  }
}
