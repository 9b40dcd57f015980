package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import jp.sekisho.agent.emergency.Talk;
import jp.sekisho.agent.enforce.clipboard.Treatment;
import jp.sekisho.agent.export.ExportOutcome;
import jp.sekisho.agent.intake.ImportOutcome;
import jp.sekisho.agent.seat.LocalPresence;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.BreakGlass.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The service's Unix socket: takes session processes in and keeps {@link Seats} true; serves from
 * {@link #open} until closed.
 *
 * <p>A process becomes the seat of its own user by its HELLO, if that user is at the screen then;
 * one of anybody else is closed, and whoever was named at {@link #open} hears of it. If the user
 * has a seat already, that one is closed and lost first. A process that does not answer pings in
 * time, or sends anything the protocol does not know, is closed and its seat lost. One that says
 * EMERGENCY, OFFLINE, EXPORT, IMPORT or CLIPBOARD_USE first gets no seat: its user asks for an
 * 緊急時の例外措置, to be logged in without the service, for files to be exported or taken in, or to copy
 * over boundaries, and is told until it is gone.
 *
 * <p>Limits: {@value #MAX_CONNECTIONS} connections, {@value #MAX_PER_USER} per user; further ones
 * are closed. Thread-safe.
 */
public final class SeatServer implements AutoCloseable {
  static final int MAX_CONNECTIONS = 64;

  /** The seat, its successor, and strays. */
  static final int MAX_PER_USER = 4;

  private static final Duration AFTER_FAILURE = Duration.ofMillis(200);
  private static final System.Logger LOG = System.getLogger(SeatServer.class.getName());

  private final SocketPlace place;
  private final PeerUsers peers;
  private final Door door;
  private final Seats seats;
  private final SeatTimes times;
  private final Calls calls;
  private final Set<SeatConnection> connections = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clockwork =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "seat-watch"));

  /** Held while a user's seat is replaced, so that of two newcomers one comes after the other. */
  private final Map<Integer, ReentrantLock> turns = new HashMap<>();

  /**
   * Which users may have a seat.
   *
   * @param presence asked at each HELLO
   * @param onForeign told of each process of a user who is not at the screen; returns soon
   */
  public record Door(LocalPresence presence, Runnable onForeign) {
    /** Open for everybody. */
    public static final Door OPEN = new Door(LocalPresence.ANYBODY, () -> {});
  }

  /**
   * Who answers a process that wants no seat.
   *
   * @param helpLine whom a refusal tells people to call
   */
  public record Calls(
      EmergencyCalls emergencies,
      OfflineCalls offline,
      ExportCalls exports,
      ImportCalls imports,
      ClipboardCalls clipboard,
      Supplier<String> helpLine) {
    /** Nobody. */
    public static final Calls NONE =
        new Calls(
            EmergencyCalls.NONE,
            OfflineCalls.NONE,
            ExportCalls.NONE,
            ImportCalls.NONE,
            ClipboardCalls.NONE,
            () -> "");
  }

  private SeatServer(
      SocketPlace place, PeerUsers peers, Door door, Seats seats, SeatTimes times, Calls calls) {
    this.place = place;
    this.peers = peers;
    this.door = door;
    this.seats = seats;
    this.times = times;
    this.calls = calls;
  }

  /**
   * Listens at {@code socket}.
   *
   * @throws IOException when the directory is not safe or another service listens there
   */
  public static SeatServer open(
      Path socket, PeerUsers peers, Door door, Seats seats, SeatTimes times) throws IOException {
    return open(socket, peers, door, seats, times, Calls.NONE);
  }

  /**
   * As the other, and answers who wants no seat.
   *
   * @throws IOException when the directory is not safe or another service listens there
   */
  public static SeatServer open(
      Path socket, PeerUsers peers, Door door, Seats seats, SeatTimes times, Calls calls)
      throws IOException {
    SeatServer server =
        new SeatServer(SocketPlace.open(socket, peers.own()), peers, door, seats, times, calls);
    daemon(server::accept, "seat-accept").start();
    long ping = times.ping().toNanos();
    var unused =
        server.clockwork.scheduleAtFixedRate(server::watch, ping, ping, TimeUnit.NANOSECONDS);
    return server;
  }

  /** Closes the socket and all connections; every seat is lost. */
  @Override
  public void close() throws IOException {
    clockwork.shutdownNow();
    try {
      place.close();
    } finally {
      for (SeatConnection connection : List.copyOf(connections)) {
        connection.close();
        seats.lost(connection);
      }
    }
  }

  private void accept() {
    while (true) {
      SocketChannel channel;
      try {
        channel = place.server().accept();
      } catch (IOException e) {
        if (!place.server().isOpen()) {
          return;
        }
        // Out of descriptors, for instance: the next one may do.
        LOG.log(System.Logger.Level.ERROR, "cannot take a session process in", e);
        LockSupport.parkNanos(AFTER_FAILURE.toNanos());
        continue;
      }
      try {
        admit(channel);
      } catch (IOException | RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "cannot take a session process in", e);
      }
    }
  }

  private void admit(SocketChannel channel) throws IOException {
    OptionalInt uid = peers.uidOf(channel);
    String fault =
        uid.isEmpty()
            ? "its user cannot be told"
            : connections.size() >= MAX_CONNECTIONS
                ? "too many connections"
                : connections.stream().filter(c -> c.uid() == uid.getAsInt()).count()
                        >= MAX_PER_USER
                    ? "too many connections of uid " + uid.getAsInt()
                    : "";
    if (!fault.isEmpty()) {
      LOG.log(System.Logger.Level.WARNING, "a session process is refused: {0}", fault);
      channel.close();
      return;
    }
    SeatConnection connection = new SeatConnection(uid.getAsInt(), new FrameChannel(channel));
    connections.add(connection);
    daemon(() -> serve(connection), "seat-" + connection.uid()).start();
  }

  private void serve(SeatConnection connection) {
    Thread writer = daemon(connection::transmit, "seat-" + connection.uid() + "-writer");
    writer.start();
    try {
      SeatConnection.First first = connection.first();
      if (first instanceof SeatConnection.First.Emergency wish) {
        emergency(connection, wish.asked());
        return;
      }
      if (first instanceof SeatConnection.First.Offline wish) {
        offline(connection, wish.asked().check());
        return;
      }
      if (first instanceof SeatConnection.First.Export wish) {
        export(connection, wish.asked().check());
        return;
      }
      if (first instanceof SeatConnection.First.Clipboard wish) {
        clipboard(connection, wish.asked().check());
        return;
      }
      if (first instanceof SeatConnection.First.Import wish) {
        takeIn(connection, wish.asked().check());
        return;
      }
      if (!door.presence().isAtScreen(connection.uid())) {
        door.onForeign().run();
        throw new IOException("this user is not at the screen of this terminal");
      }
      takeSeat(connection);
      Treatment treatment = calls.clipboard().treatment(connection.uid());
      if (treatment.holds()) {
        connection.treat(treatment);
      }
      connection.receive(calls.clipboard());
    } catch (MalformedException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the session process of uid {0} broke the protocol: {1}",
          Integer.toString(connection.uid()),
          e.getMessage());
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.INFO,
          "the session process of uid {0} is gone: {1}",
          Integer.toString(connection.uid()),
          String.valueOf(e.getMessage()));
    } finally {
      connection.close();
      writer.interrupt();
      leave(connection);
      connections.remove(connection);
    }
  }

  /** Until the process that asked is gone; it is asked of somebody else who may ask. */
  private void emergency(SeatConnection connection, Messages.Emergency asked)
      throws IOException, MalformedException {
    Reason reason = asked.check();
    AtomicBoolean gone = new AtomicBoolean();
    Talk talk =
        new Talk() {
          @Override
          public void step(Step step, @Nullable Refusal problem) {
            connection.step(new Messages.Step(step.text(), problem));
          }

          @Override
          public boolean gone() {
            return gone.get();
          }
        };
    daemon(
            () ->
                connection.ended(
                    Messages.Ended.of(
                        calls.emergencies().ask(connection.uid(), asked.minutes(), reason, talk))),
            "emergency-" + connection.uid())
        .start();
    try {
      connection.attend();
    } finally {
      gone.set(true);
    }
  }

  /** Until the process that asked is gone; whoever closes is not logged in by that, or out. */
  private void offline(SeatConnection connection, boolean lastTry)
      throws IOException, MalformedException {
    daemon(
            () ->
                connection.ended(
                    Messages.OfflineEnded.of(
                        calls.offline().ask(connection.uid(), lastTry), calls.helpLine().get())),
            "offline-" + connection.uid())
        .start();
    connection.attend();
  }

  /** Until the process that asked is gone; then what it has not handed over does not leave. */
  private void export(SeatConnection connection, String grant)
      throws IOException, MalformedException {
    ExportTalk talk = new ExportTalk(connection::say);
    daemon(
            () -> {
              ExportOutcome outcome = calls.exports().export(connection.uid(), grant, talk);
              connection.say(
                  Frame.of(
                      FrameType.EXPORT_ENDED,
                      new Messages.ExportEnded(
                          outcome.refusal(), outcome.files(), calls.helpLine().get())));
            },
            "export-" + connection.uid())
        .start();
    try {
      connection.receive(talk::answered);
    } finally {
      talk.breakOff();
    }
  }

  /** Until the process that asked is gone; then what it does not have yet stays out. */
  private void takeIn(SeatConnection connection, String grant)
      throws IOException, MalformedException {
    ImportTalk talk = new ImportTalk(connection::say);
    daemon(
            () -> {
              ImportOutcome outcome = calls.imports().take(connection.uid(), grant, talk);
              connection.say(
                  Frame.of(
                      FrameType.IMPORT_ENDED,
                      new Messages.ImportEnded(
                          outcome.refusal(),
                          outcome.files(),
                          outcome.leftOut(),
                          calls.helpLine().get())));
            },
            "import-" + connection.uid())
        .start();
    try {
      connection.receive(talk::answered);
    } finally {
      talk.breakOff();
    }
  }

  /** Until the use is over, or the process that asked is gone: then it is over. */
  private void clipboard(SeatConnection connection, String grant)
      throws IOException, MalformedException {
    AtomicBoolean gone = new AtomicBoolean();
    ClipboardCalls.UseTalk talk =
        new ClipboardCalls.UseTalk() {
          @Override
          public void open(int minutes, long bytes) {
            connection.say(
                Frame.of(FrameType.CLIPBOARD_OPEN, new Messages.ClipboardOpen(minutes, bytes)));
          }

          @Override
          public boolean gone() {
            return gone.get();
          }
        };
    daemon(
            () -> {
              ClipboardCalls.Used used = calls.clipboard().use(connection.uid(), grant, talk);
              connection.say(
                  Frame.of(
                      FrameType.CLIPBOARD_ENDED,
                      new Messages.ClipboardEnded(
                          used.refusal(),
                          used.cause(),
                          used.copies(),
                          used.bytes(),
                          calls.helpLine().get())));
            },
            "clipboard-" + connection.uid())
        .start();
    try {
      connection.attend();
    } finally {
      gone.set(true);
    }
  }

  /** Tells every seat anew what to do about the clipboard. */
  public void treatAll() {
    for (Seat seat : seats.all()) {
      if (seat instanceof SeatConnection connection) {
        connection.treat(calls.clipboard().treatment(connection.uid()));
      }
    }
  }

  private ReentrantLock turnOf(SeatConnection connection) {
    synchronized (turns) {
      return turns.computeIfAbsent(connection.uid(), uid -> new ReentrantLock());
    }
  }

  /** Not while another process takes that seat: it would be told lost what is held again. */
  private void leave(SeatConnection connection) {
    ReentrantLock turn = turnOf(connection);
    turn.lock();
    try {
      if (seats.ofUid(connection.uid()).filter(connection::equals).isPresent()) {
        calls.clipboard().lost(connection.uid(), connection.silence());
      }
      seats.lost(connection);
    } finally {
      turn.unlock();
    }
  }

  private void takeSeat(SeatConnection connection) throws IOException {
    ReentrantLock turn = turnOf(connection);
    turn.lock();
    try {
      seats
          .ofUid(connection.uid())
          .ifPresent(old -> {
            if (old instanceof SeatConnection replaced) {
              replaced.close();
            }
            seats.lost(old);
          });
      if (!seats.add(connection)) {
        throw new IOException("the seat is taken");
      }
    } finally {
      turn.unlock();
    }
  }

  private void watch() {
    for (SeatConnection connection : connections) {
      if (connection.silence().compareTo(times.silence()) > 0) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the session process of uid {0} fell silent",
            Integer.toString(connection.uid()));
        connection.close();
      } else {
        connection.ping();
      }
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
