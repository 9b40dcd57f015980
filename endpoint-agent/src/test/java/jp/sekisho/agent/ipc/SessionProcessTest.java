package jp.sekisho.agent.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.seat.FakePinentry;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.Pinentry;
import jp.sekisho.agent.seat.PinentryProgram;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends together, over a real socket, with a pinentry of the test. */
class SessionProcessTest {
  private static final SeatTimes FAST = new SeatTimes(Duration.ofMillis(50), Duration.ofSeconds(3));
  private static final PinPrompt PROMPT = new PinPrompt("職員用 00", 3, "login", null);

  @TempDir Path directory;
  private final PeerCredentials peers = new PeerCredentials();
  private final Seats seats = new Seats();
  private final AtomicInteger locks = new AtomicInteger();
  private SeatServer server;
  private SessionProcess session;
  private Thread running;

  @BeforeEach
  void start() throws Exception {
    server =
        SeatServer.open(directory.resolve("agent.sock"), peers, SeatServer.Door.OPEN, seats, FAST);
    session = start("echo 'D 246810'; echo OK", peers);
    running = run(session);
  }

  private SessionProcess start(String onGetpin, PeerUsers users) throws Exception {
    FakePinentry fake = FakePinentry.in(directory, onGetpin);
    return new SessionProcess(
        directory.resolve("agent.sock"),
        users,
        Locale.JAPANESE,
        new Pinentry(
            () -> Optional.of(new PinentryProgram(fake.program(), Optional.empty())),
            Locale.JAPANESE),
        locks::incrementAndGet);
  }

  private static Thread run(SessionProcess session) {
    Thread thread =
        new Thread(() -> {
          try {
            session.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    thread.start();
    return thread;
  }

  @AfterEach
  void stop() throws Exception {
    session.close();
    running.join();
    server.close();
  }

  private Seat seat() {
    Waiting.until("the seat", () -> seats.ofUid(peers.own()).isPresent());
    return seats.ofUid(peers.own()).orElseThrow();
  }

  private static String text(PinOutcome outcome) {
    return outcome.match(
        typed -> new String(typed.pin().bytes(), StandardCharsets.UTF_8),
        none -> "none: " + none.reason());
  }

  @Test
  void pinTypedAtTheSeatReachesTheService() {
    Seat seat = seat();
    assertEquals(Locale.JAPANESE, seat.language());
    assertEquals("246810", text(seat.askPin(PROMPT, Duration.ofSeconds(20))));
    assertEquals("246810", text(seat.askPin(PROMPT, Duration.ofSeconds(20))));
  }

  @Test
  void windowIsSaidToBeUpBeforeWhatWasTypedIsTaken() {
    AtomicInteger shown = new AtomicInteger();
    assertEquals(
        "246810", text(seat().askPin(PROMPT, Duration.ofSeconds(20), shown::incrementAndGet)));
    assertEquals(1, shown.get());
  }

  @Test
  void lockRunsTheLockCommand() {
    seat().lock();
    Waiting.until("the lock", () -> locks.get() == 1);
  }

  @Test
  void windowClosedByTheServiceLeavesTheSeatReadyForTheNext() throws Exception {
    Seat seat = seat();
    Path marker = directory.resolve("first");
    FakePinentry.in(
        directory,
        "if [ -e '"
            + marker
            + "' ]; then echo 'D 1'; echo OK;"
            + " else touch '"
            + marker
            + "'; exec sleep 600; fi");
    CompletableFuture<PinOutcome> first = new CompletableFuture<>();
    Thread caller = new Thread(() -> first.complete(seat.askPin(PROMPT, Duration.ofMinutes(1))));
    caller.start();
    Waiting.until("the window", () -> marker.toFile().exists());
    caller.interrupt();
    assertEquals(new PinOutcome.None(Refusal.PIN_CANCELLED), first.get());
    assertEquals("1", text(seat.askPin(PROMPT, Duration.ofSeconds(20))));
  }

  @Test
  void seatComesBackAfterTheServiceRestarts() throws Exception {
    Seat before = seat();
    server.close();
    assertTrue(seats.all().isEmpty());
    server =
        SeatServer.open(directory.resolve("agent.sock"), peers, SeatServer.Door.OPEN, seats, FAST);
    Seat after = seat();
    assertNotSame(before, after);
    assertEquals("246810", text(after.askPin(PROMPT, Duration.ofSeconds(20))));
  }

  @Test
  void foreignUsersServiceGetsNoHello() throws Exception {
    session.close();
    running.join();
    Waiting.until("the loss", () -> seats.all().isEmpty());
    AtomicInteger asked = new AtomicInteger();
    PeerUsers foreign =
        new PeerUsers() {
          @Override
          public int own() {
            return 1001;
          }

          @Override
          public OptionalInt uidOf(java.nio.channels.SocketChannel channel) {
            asked.incrementAndGet();
            return OptionalInt.of(1002);
          }
        };
    session = start("echo 'D 246810'; echo OK", foreign);
    running = run(session);
    Waiting.until("three tries", () -> asked.get() >= 3);
    assertEquals(List.of(), seats.all());
  }
}
