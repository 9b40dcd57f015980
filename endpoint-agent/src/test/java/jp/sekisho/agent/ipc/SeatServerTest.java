package jp.sekisho.agent.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.agent.emergency.EmergencyOutcome;
import jp.sekisho.agent.emergency.Talk;
import jp.sekisho.agent.offline.OfflineOutcome;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.BreakGlass.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service's socket, spoken to by real sockets that say exactly what each test wants.
 *
 * <p>Past 400 lines: a case for each thing that may be said.
 */
class SeatServerTest {
  private static final SeatTimes FAST = new SeatTimes(Duration.ofMillis(50), Duration.ofSeconds(2));
  private static final PinPrompt PROMPT = new PinPrompt("職員用 00", 3, "login", null);
  private static final Duration LONG = Duration.ofSeconds(20);

  /** Gives each connection the next of these users; then the real one. */
  private static final class Users implements PeerUsers {
    private final PeerCredentials real = new PeerCredentials();
    private final List<OptionalInt> next = new CopyOnWriteArrayList<>();

    @Override
    public int own() {
      return real.own();
    }

    @Override
    public OptionalInt uidOf(SocketChannel channel) {
      return next.isEmpty() ? real.uidOf(channel) : next.remove(0);
    }
  }

  @TempDir Path directory;
  private final Seats seats = new Seats();
  private final List<Seat> lost = new CopyOnWriteArrayList<>();
  private final Users users = new Users();
  private final int me = users.own();
  private Path socket = Path.of("");
  private SeatServer server;

  @BeforeEach
  void open() throws IOException {
    socket = directory.resolve("run").resolve("agent.sock");
    seats.onLost(lost::add);
    server = SeatServer.open(socket, users, SeatServer.Door.OPEN, seats, FAST);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private FrameChannel connect() throws IOException {
    return new FrameChannel(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  private FrameChannel connectAndHello() throws IOException {
    FrameChannel client = connect();
    client.write(Frame.of(FrameType.HELLO, Messages.Hello.in(Locale.ENGLISH)));
    return client;
  }

  /** The next frame that is no PING; PINGs are answered. */
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

  private Seat seat() {
    Waiting.until("the seat", () -> seats.ofUid(me).isPresent());
    return seats.ofUid(me).orElseThrow();
  }

  @Test
  void helloMakesTheSeatOfTheUserTheKernelNames() throws Exception {
    FrameChannel client = connectAndHello();
    Seat seat = seat();
    assertEquals(me, seat.uid());
    assertEquals(Locale.ENGLISH, seat.language());
    assertEquals(List.of(seat), seats.all());
    client.close();
    Waiting.until("the loss", () -> lost.equals(List.of(seat)));
    assertTrue(seats.ofUid(me).isEmpty());
  }

  @Test
  void nobodyIsAdmittedWhoseUserIsNotKnown() throws Exception {
    users.next.add(OptionalInt.empty());
    assertClosed(connect());
    assertTrue(seats.all().isEmpty());
  }

  @Test
  void userWhoIsNotAtTheScreenGetsNoSeatUntilThere() throws Exception {
    server.close();
    AtomicBoolean there = new AtomicBoolean();
    AtomicInteger foreign = new AtomicInteger();
    server =
        SeatServer.open(
            socket,
            users,
            new SeatServer.Door(uid -> uid == me && there.get(), foreign::incrementAndGet),
            seats,
            FAST);
    assertClosed(connectAndHello());
    assertEquals(1, foreign.get());
    assertTrue(seats.all().isEmpty());
    there.set(true);
    FrameChannel client = connectAndHello();
    assertEquals(me, seat().uid());
    assertEquals(1, foreign.get());
    client.close();
  }

  /** Serves who asks for an emergency with this. */
  private void emergencies(EmergencyCalls calls) throws IOException {
    server.close();
    server =
        SeatServer.open(
            socket,
            users,
            SeatServer.Door.OPEN,
            seats,
            FAST,
            new SeatServer.Calls(
                calls,
                OfflineCalls.NONE,
                ExportCalls.NONE,
                ImportCalls.NONE,
                ClipboardCalls.NONE,
                () -> ""));
  }

  private static String text(Frame frame) {
    return new String(frame.payload(), StandardCharsets.UTF_8);
  }

  @Test
  void anEmergencyIsToldStepByStepAndGetsNoSeat() throws Exception {
    AtomicInteger who = new AtomicInteger();
    emergencies((uid, minutes, reason, talk) -> {
      who.set(uid);
      talk.step(Talk.Step.FIRST, null);
      talk.step(Talk.Step.FIRST, Refusal.PIN_WRONG);
      return new EmergencyOutcome.Opened(Path.of("/run/" + reason.text()), minutes);
    });
    FrameChannel client = connect();
    client.write(
        new Frame(
            FrameType.EMERGENCY,
            "{\"version\":2,\"minutes\":30,\"reason\":\"disaster\"}"
                .getBytes(StandardCharsets.UTF_8)));
    assertEquals("{\"step\":\"first\"}", text(next(client)));
    assertEquals("{\"step\":\"first\",\"problem\":\"PIN_WRONG\"}", text(next(client)));
    Frame ended = next(client);
    assertEquals(FrameType.ENDED, ended.type());
    assertEquals("{\"place\":\"/run/disaster\",\"minutes\":30}", text(ended));
    assertEquals(me, who.get());
    assertTrue(seats.all().isEmpty());
    client.close();
    assertEquals(
        new EmergencyOutcome.Opened(Path.of("/run/duty"), 7),
        EmergencyCall.ask(socket, users, 7, Reason.DUTY, (step, problem) -> {}));
  }

  @Test
  void whoGoesAwayTakesTheEmergencyBack() throws Exception {
    CompletableFuture<Boolean> gone = new CompletableFuture<>();
    emergencies((uid, minutes, reason, talk) -> {
      talk.step(Talk.Step.FIRST, null);
      Waiting.until("the question taken back", talk::gone);
      gone.complete(true);
      return new EmergencyOutcome.Refused(Refusal.EMERGENCY_APPROVERS);
    });
    FrameChannel client = connect();
    client.write(
        Frame.of(FrameType.EMERGENCY, new Messages.Emergency(Messages.VERSION, 30, "duty")));
    next(client).close();
    client.close();
    assertTrue(gone.get());
  }

  @Test
  void anOfflineLoginIsAnsweredAndGetsNoSeat() throws Exception {
    AtomicInteger who = new AtomicInteger();
    Queue<OfflineOutcome> answers =
        new ArrayDeque<>(
            List.of(
                new OfflineOutcome.LoggedIn("S-1024", 720),
                new OfflineOutcome.LoggedIn("S-1024", 720),
                new OfflineOutcome.Refused(
                    Refusal.OFFLINE_POLICY,
                    new jp.sekisho.policy.rule.Reason("三開庁日まで", "three opening days"))));
    server.close();
    server =
        SeatServer.open(
            socket,
            users,
            SeatServer.Door.OPEN,
            seats,
            FAST,
            new SeatServer.Calls(
                EmergencyCalls.NONE,
                (uid, lastTry) -> {
                  who.set(lastTry ? uid : -1);
                  return answers.remove();
                },
                ExportCalls.NONE,
                ImportCalls.NONE,
                ClipboardCalls.NONE,
                () -> "内線 1234"));
    FrameChannel client = connect();
    client.write(
        new Frame(
            FrameType.OFFLINE,
            "{\"version\":2,\"lastTry\":true}".getBytes(StandardCharsets.UTF_8)));
    Frame ended = next(client);
    assertEquals(FrameType.OFFLINE_ENDED, ended.type());
    assertEquals("{\"person\":\"S-1024\",\"minutes\":720,\"help\":\"内線 1234\"}", text(ended));
    assertEquals(me, who.get());
    assertTrue(seats.all().isEmpty());
    client.close();
    assertEquals(
        new OfflineCall.Told(new OfflineOutcome.LoggedIn("S-1024", 720), "内線 1234"),
        OfflineCall.ask(socket, users, false));
    OfflineCall.Told refused = OfflineCall.ask(socket, users, false);
    assertEquals(
        new OfflineOutcome.Refused(
            Refusal.OFFLINE_POLICY,
            new jp.sekisho.policy.rule.Reason("三開庁日まで", "three opening days")),
        refused.outcome());
  }

  @Test
  void anEmergencyThatBreaksTheProtocolIsClosed() throws Exception {
    emergencies((uid, minutes, reason, talk) -> new EmergencyOutcome.Refused(Refusal.INTERNAL));
    for (Messages.Emergency wrong :
        List.of(new Messages.Emergency(1, 30, "duty"), new Messages.Emergency(2, 30, "for fun"))) {
      FrameChannel client = connect();
      client.write(Frame.of(FrameType.EMERGENCY, wrong));
      assertClosed(client);
    }
    FrameChannel typing = connect();
    typing.write(
        Frame.of(FrameType.EMERGENCY, new Messages.Emergency(Messages.VERSION, 30, "duty")));
    typing.write(pin(1, "123456"));
    assertClosed(typing);
    FrameChannel seated = connectAndHello();
    seat();
    seated.write(
        Frame.of(FrameType.EMERGENCY, new Messages.Emergency(Messages.VERSION, 30, "duty")));
    assertClosed(seated);
  }

  @Test
  void severalUsersHaveSeatsSideBySide() throws Exception {
    users.next.add(OptionalInt.of(1001));
    FrameChannel one = connectAndHello();
    Waiting.until("1001", () -> seats.ofUid(1001).isPresent());
    users.next.add(OptionalInt.of(1002));
    FrameChannel two = connectAndHello();
    Waiting.until("1002", () -> seats.ofUid(1002).isPresent());
    seats.ofUid(1001).orElseThrow().lock();
    assertEquals(FrameType.LOCK, next(one).type());
    assertEquals(2, seats.all().size());
    two.close();
    Waiting.until("1002 lost", () -> seats.ofUid(1002).isEmpty());
    assertTrue(seats.ofUid(1001).isPresent());
    one.close();
  }

  @Test
  void typedPinArrivesAsItsBytes() throws Exception {
    FrameChannel client = connectAndHello();
    Seat seat = seat();
    CompletableFuture<PinOutcome> outcome =
        CompletableFuture.supplyAsync(() -> seat.askPin(PROMPT, LONG));
    Frame prompt = next(client);
    assertEquals(
        "{\"prompt\":1,\"reader\":\"職員用"
            + " 00\",\"triesLeft\":3,\"purpose\":\"login\",\"text\":null,\"card\":\"staff-piv\",\"onKeys\":false}",
        new String(prompt.payload(), StandardCharsets.UTF_8));
    client.write(pin(1, "１２３456"));
    PinOutcome.Typed typed = (PinOutcome.Typed) outcome.get();
    assertEquals("Typed[pin=TypedPin[******]]", typed.toString());
    assertEquals("１２３456", new String(typed.pin().characters().orElseThrow()));
    typed.pin().close();
    assertThrows(IllegalStateException.class, () -> typed.pin().bytes());
    client.close();
  }

  @Test
  void windowIsUpOnceAndOnlyTheOneThatIsWaitedFor() throws Exception {
    FrameChannel client = connectAndHello();
    Seat seat = seat();
    AtomicInteger shown = new AtomicInteger();
    CompletableFuture<PinOutcome> outcome =
        CompletableFuture.supplyAsync(() -> seat.askPin(PROMPT, LONG, shown::incrementAndGet));
    next(client).close();
    client.write(Frame.of(FrameType.SHOWN, new Messages.Shown(7)));
    client.write(Frame.of(FrameType.NO_PIN, new Messages.NoPin(7, Refusal.PIN_CANCELLED)));
    client.write(Frame.of(FrameType.SHOWN, new Messages.Shown(1)));
    client.write(Frame.of(FrameType.SHOWN, new Messages.Shown(1)));
    client.write(Frame.of(FrameType.NO_PIN, new Messages.NoPin(1, Refusal.PIN_CANCELLED)));
    assertEquals(new PinOutcome.None(Refusal.PIN_CANCELLED), outcome.get());
    assertEquals(1, shown.get());
    client.write(Frame.of(FrameType.SHOWN, new Messages.Shown(1)));
    client.close();
    Waiting.until("the loss", () -> lost.equals(List.of(seat)));
    assertEquals(1, shown.get());
  }

  private static Frame pin(int number, String typed) {
    byte[] text = typed.getBytes(StandardCharsets.UTF_8);
    return new Frame(
        FrameType.PIN, ByteBuffer.allocate(4 + text.length).putInt(number).put(text).array());
  }

  @Test
  void cancelledWindowIsARefusal() throws Exception {
    FrameChannel client = connectAndHello();
    Seat seat = seat();
    CompletableFuture<PinOutcome> outcome =
        CompletableFuture.supplyAsync(() -> seat.askPin(PROMPT, LONG));
    next(client).close();
    client.write(Frame.of(FrameType.NO_PIN, new Messages.NoPin(1, Refusal.PROMPT_UNAVAILABLE)));
    assertEquals(new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE), outcome.get());
    client.close();
  }

  @Test
  void windowIsClosedWhenItsTimeIsUpAndALatePinIsForNobody() throws Exception {
    FrameChannel client = connectAndHello();
    Seat seat = seat();
    assertEquals(
        new PinOutcome.None(Refusal.PIN_CANCELLED), seat.askPin(PROMPT, Duration.ofMillis(50)));
    assertEquals(FrameType.PROMPT, next(client).type());
    Frame close = next(client);
    assertEquals(FrameType.CLOSE_PROMPT, close.type());
    assertEquals("{\"prompt\":1}", new String(close.payload(), StandardCharsets.UTF_8));
    client.write(pin(1, "111111"));
    CompletableFuture<PinOutcome> second =
        CompletableFuture.supplyAsync(() -> seat.askPin(PROMPT, LONG));
    next(client).close();
    client.write(pin(1, "111111"));
    client.write(pin(2, "222222"));
    PinOutcome.Typed typed = (PinOutcome.Typed) second.get();
    assertEquals("222222", new String(typed.pin().bytes(), StandardCharsets.UTF_8));
    client.close();
  }

  @Test
  void interruptedCallerClosesTheWindow() throws Exception {
    FrameChannel client = connectAndHello();
    Seat seat = seat();
    CompletableFuture<PinOutcome> outcome = new CompletableFuture<>();
    Thread caller = new Thread(() -> outcome.complete(seat.askPin(PROMPT, LONG)));
    caller.start();
    assertEquals(FrameType.PROMPT, next(client).type());
    caller.interrupt();
    assertEquals(FrameType.CLOSE_PROMPT, next(client).type());
    assertEquals(new PinOutcome.None(Refusal.PIN_CANCELLED), outcome.get());
    client.close();
  }

  @Test
  void secondWindowOfASeatIsRefusedWhileOneIsOpen() throws Exception {
    FrameChannel client = connectAndHello();
    Seat seat = seat();
    CompletableFuture<PinOutcome> first =
        CompletableFuture.supplyAsync(() -> seat.askPin(PROMPT, LONG));
    next(client).close();
    assertEquals(new PinOutcome.None(Refusal.CARD_BUSY), seat.askPin(PROMPT, LONG));
    client.close();
    assertEquals(new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE), first.get());
    assertEquals(new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE), seat.askPin(PROMPT, LONG));
  }

  @Test
  void silentSeatIsLostAndAnsweringOneIsNot() throws Exception {
    users.next.add(OptionalInt.of(1001));
    FrameChannel silent = connectAndHello();
    Waiting.until("1001", () -> seats.ofUid(1001).isPresent());
    FrameChannel alive = connectAndHello();
    Seat seat = seat();
    Thread answering =
        new Thread(() -> {
          try {
            next(alive);
          } catch (Exception e) {
            return;
          }
        });
    answering.start();
    long start = System.nanoTime();
    Waiting.until("the silent one is lost", () -> lost.size() == 1);
    assertEquals(1001, lost.get(0).uid());
    assertTrue(Duration.ofNanos(System.nanoTime() - start).toSeconds() < 10);
    assertTrue(seats.all().contains(seat), "the answering seat stays");
    assertClosed(silent);
    alive.close();
    answering.join();
  }

  @Test
  void connectionWithoutHelloIsClosedAndNeverASeat() throws Exception {
    FrameChannel client = connect();
    assertClosed(client);
    assertTrue(lost.isEmpty());
  }

  @Test
  void newerProcessOfAUserReplacesTheOlderOnlyAfterItIsLost() throws Exception {
    FrameChannel older = connectAndHello();
    Seat first = seat();
    FrameChannel newer = connectAndHello();
    Waiting.until(
        "the newer seat", () -> seats.ofUid(me).filter(now -> !now.equals(first)).isPresent());
    assertEquals(List.of(first), lost);
    assertClosed(older);
    seats.ofUid(me).orElseThrow().lock();
    assertEquals(FrameType.LOCK, next(newer).type());
    newer.close();
  }

  @Test
  void strayConnectionsOfOneUserAreBounded() throws Exception {
    FrameChannel[] strays = new FrameChannel[SeatServer.MAX_PER_USER];
    for (int i = 0; i < strays.length; i++) {
      strays[i] = connect();
    }
    FrameChannel tooMany = connect();
    long start = System.nanoTime();
    assertClosed(tooMany);
    assertTrue(
        Duration.ofNanos(System.nanoTime() - start).compareTo(FAST.silence()) < 0,
        "closed at once, not for its silence");
    for (FrameChannel stray : strays) {
      stray.close();
    }
  }

  @Test
  void protocolIsTheOneOfTheDocument() {
    assertEquals(Duration.ofSeconds(1), SeatTimes.PROTOCOL.ping());
    assertEquals(Duration.ofSeconds(5), SeatTimes.PROTOCOL.silence());
  }

  @Test
  void whateverIsNoFrameOfASessionEndsTheSeat() throws Exception {
    List<byte[]> wrongs =
        List.of(
            new byte[] {7, 0, 0, 0, 0},
            new byte[] {9, 0, 0, 0, 0},
            new byte[] {3, 0, 0, 0, 2, 0, 0},
            new byte[] {3, 0, 1, 0, 0},
            new byte[] {4, 0, 0, 0, 2, '{', '}'},
            "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    for (byte[] wrong : wrongs) {
      SocketChannel raw = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      FrameChannel client = new FrameChannel(raw);
      client.write(Frame.of(FrameType.HELLO, Messages.Hello.in(Locale.JAPANESE)));
      Seat seat = seat();
      raw.write(ByteBuffer.wrap(wrong));
      Waiting.until("the loss", () -> lost.contains(seat));
      assertClosed(client);
    }
  }

  @Test
  void randomBytesNeverHarmTheServerOrAnotherSeat() throws Exception {
    users.next.add(OptionalInt.of(1001));
    FrameChannel good = connectAndHello();
    Waiting.until("1001", () -> seats.ofUid(1001).isPresent());
    Random random = new Random(47621);
    int cutOff = 0;
    for (int round = 0; round < 200; round++) {
      try (SocketChannel raw = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        if (random.nextBoolean()) {
          new FrameChannel(raw)
              .write(Frame.of(FrameType.HELLO, Messages.Hello.in(Locale.JAPANESE)));
        }
        byte[] bytes = new byte[random.nextInt(64)];
        random.nextBytes(bytes);
        if (bytes.length > 0) {
          bytes[0] = (byte) (bytes[0] & 0x0F);
        }
        raw.write(ByteBuffer.wrap(bytes));
      } catch (IOException e) {
        // Closed by the server in the middle of it, as it should be.
        cutOff++;
      }
    }
    assertTrue(cutOff < 200, "some bytes arrived");
    Seat seat = seats.ofUid(1001).orElseThrow();
    seat.lock();
    assertEquals(FrameType.LOCK, next(good).type());
    good.close();
  }

  @Test
  void everyoneMayConnectButOnlyTheServiceMayChangeThePlace() throws Exception {
    assertEquals("rw-rw-rw-", mode(socket));
    assertEquals("rwxr-xr-x", mode(directory.resolve("run")));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void directoryThatOthersCanWriteInIsRefused() throws Exception {
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                SeatServer.open(
                    open.resolve("agent.sock"), users, SeatServer.Door.OPEN, seats, FAST));
    assertEquals(open + " is writable by others", e.getMessage());
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("run"));
    assertThrows(
        IOException.class,
        () ->
            SeatServer.open(link.resolve("other.sock"), users, SeatServer.Door.OPEN, seats, FAST));
  }

  @Test
  void secondServiceIsRefusedAndTheFirstGoesOn() throws Exception {
    IOException e =
        assertThrows(
            IOException.class,
            () -> SeatServer.open(socket, users, SeatServer.Door.OPEN, seats, FAST));
    assertEquals("another agent service listens at " + socket, e.getMessage());
    FrameChannel client = connectAndHello();
    assertEquals(me, seat().uid());
    client.close();
  }

  @Test
  void socketOfAKilledServiceIsTakenOver() throws Exception {
    Path stale = directory.resolve("run").resolve("stale.sock");
    try (var dead =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(stale));
    }
    assertTrue(Files.exists(stale), "closing a socket leaves its file");
    SeatServer next = SeatServer.open(stale, users, SeatServer.Door.OPEN, seats, FAST);
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(stale))) {
      assertTrue(client.isConnected());
    }
    next.close();
    assertFalse(Files.exists(stale));
  }

  @Test
  void whatIsNoSocketIsNotRemoved() throws Exception {
    Path file = Files.writeString(directory.resolve("run").resolve("file.sock"), "mine");
    assertThrows(
        IOException.class, () -> SeatServer.open(file, users, SeatServer.Door.OPEN, seats, FAST));
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void closingTheServerLosesEverySeat() throws Exception {
    FrameChannel client = connectAndHello();
    Seat seat = seat();
    server.close();
    assertEquals(List.of(seat), lost);
    assertClosed(client);
    assertFalse(Files.exists(socket));
  }
}
