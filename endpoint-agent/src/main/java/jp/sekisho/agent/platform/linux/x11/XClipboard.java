package jp.sekisho.agent.platform.linux.x11;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import jp.sekisho.agent.enforce.clipboard.Answer;
import jp.sekisho.agent.enforce.clipboard.Board;
import jp.sekisho.agent.enforce.clipboard.ClipboardGuard;
import jp.sekisho.agent.enforce.clipboard.Content;
import jp.sekisho.agent.enforce.clipboard.Crossing;
import jp.sekisho.agent.enforce.clipboard.HeldCopy;
import jp.sekisho.agent.enforce.clipboard.Hold;
import jp.sekisho.agent.enforce.clipboard.Notices;
import jp.sekisho.agent.enforce.clipboard.Treatment;
import org.jspecify.annotations.Nullable;

/**
 * Holds CLIPBOARD and PRIMARY of one X11 display: takes over what a program copied and serves each
 * paste itself, once it may be; or takes it over and serves nothing.
 *
 * <p>Between a program's copy and the takeover any program of the display can read what was copied,
 * past this: deterrence, not a wall (ADR 0058 has the measured times). One thread does everything;
 * the other methods only leave word for it.
 */
public final class XClipboard implements ClipboardGuard {
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration IDLE = Duration.ofSeconds(30);

  /** Pieces of what is longer than one: a multiple of four. */
  private static final int PIECE = 128 * 1024;

  /** Pastes at once, waiting for an answer or for a program to take its pieces. */
  private static final int MOST_AT_ONCE = 32;

  private static final System.Logger LOG = System.getLogger(XClipboard.class.getName());

  private final DisplayName name;
  private final Times times;
  private final Service service;
  private final Notices notices;
  private final LongFunction<String> programs;
  private final ConcurrentLinkedQueue<Runnable> words = new ConcurrentLinkedQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Object lock = new Object();

  // Guarded by lock.
  private Treatment treatment = Treatment.NONE;
  private boolean closed;
  private @Nullable XConnection display;

  // Only its thread.
  private @Nullable Hold said;
  private final List<Asked> asked = new ArrayList<>();
  private final List<Sending> sending = new ArrayList<>();
  private int window;

  /** What a program wants and where it wants it. */
  private record Wish(int requestor, int selection, int target, int property, int time) {}

  /** A paste that waits for an answer. */
  private static final class Asked {
    final Wish wish;
    final @Nullable HeldCopy copy;
    final Crossing crossing;
    final long until;
    @Nullable Answer answer;

    Asked(Wish wish, @Nullable HeldCopy copy, Crossing crossing, long until) {
      this.until = until;
      this.wish = wish;
      this.copy = copy;
      this.crossing = crossing;
    }
  }

  /** A paste that goes piece by piece. */
  private static final class Sending {
    final int requestor;
    final int property;
    final Content content;
    final Side.Encoding encoding;
    int at;
    long until;

    Sending(int requestor, int property, Content content, Side.Encoding encoding) {
      this.requestor = requestor;
      this.property = property;
      this.content = content;
      this.encoding = encoding;
    }
  }

  /**
   * Begins, with nothing to do yet.
   *
   * @param programs the name of the program of a process; empty when it is not known
   */
  public XClipboard(
      DisplayName name,
      Times times,
      Service service,
      Notices notices,
      LongFunction<String> programs) {
    this.name = name;
    this.times = times;
    this.service = service;
    this.notices = notices;
    this.programs = programs;
    Thread thread = new Thread(this::run, "clipboard");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void treat(Treatment next) {
    synchronized (lock) {
      treatment = next;
      lock.notifyAll();
      wake();
    }
  }

  @Override
  public void close() {
    ended.countDown();
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
      XConnection open = display;
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          LOG.log(System.Logger.Level.DEBUG, "closing the display", e);
        }
      }
    }
  }

  private void wake() {
    XConnection open = display;
    if (open != null) {
      open.wake();
    }
  }

  private void run() {
    while (true) {
      try {
        Treatment now = awaitWork();
        if (now == null) {
          return;
        }
        serve(now);
      } catch (IOException e) {
        if (isClosed()) {
          return;
        }
        LOG.log(System.Logger.Level.WARNING, "the display: {0}", String.valueOf(e.getMessage()));
        say(Hold.LOST);
        pause();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | Error e) {
        LOG.log(System.Logger.Level.ERROR, "the clipboard", e);
        say(Hold.LOST);
        pause();
      }
    }
  }

  private boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  private void pause() {
    try {
      var unused = ended.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Treatment awaitWork() throws InterruptedException {
    boolean quiet;
    synchronized (lock) {
      quiet = !treatment.holds();
    }
    if (quiet) {
      say(Hold.YES);
    }
    synchronized (lock) {
      while (!closed && !treatment.holds()) {
        lock.wait();
      }
      return closed ? null : treatment;
    }
  }

  private Treatment treatment() {
    synchronized (lock) {
      return treatment;
    }
  }

  private void say(Hold hold) {
    if (!hold.equals(said)) {
      said = hold;
      service.standing(hold);
    }
  }

  /** Until the display goes, or nothing is to be held any more. */
  private void serve(Treatment first) throws IOException {
    try (XConnection open = XConnection.open(name)) {
      synchronized (lock) {
        if (closed) {
          return;
        }
        display = open;
      }
      XCalls calls = new XCalls(open);
      if (!calls.hasExtensions()) {
        say(Hold.EXTENSION);
        pause();
        return;
      }
      window = calls.window();
      Map<Integer, Side> sides = new HashMap<>();
      try {
        for (Board board : Board.values()) {
          Side side = new Side(calls, times, window, board);
          sides.put(side.selection(), side);
          calls.watchOwners(window, side.selection());
        }
        claimAll(calls, sides, first);
        loop(open, calls, sides, first);
      } finally {
        asked.clear();
        sending.forEach(each -> each.content.release());
        sending.clear();
        sides.values().forEach(Side::drop);
      }
    } finally {
      synchronized (lock) {
        display = null;
      }
    }
  }

  /** What was copied before is treated as if it were copied now. */
  private void claimAll(XCalls calls, Map<Integer, Side> sides, Treatment treatment)
      throws IOException {
    for (Side side : sides.values()) {
      int owner = calls.owner(side.selection());
      side.ownedBy(owner, 0, program(calls, owner), treatment.keeps());
    }
  }

  private String program(XCalls calls, int ofWindow) throws IOException {
    if (ofWindow == XCalls.NONE) {
      return "";
    }
    OptionalInt pid = calls.process(ofWindow);
    return pid.isPresent() ? programs.apply(pid.getAsInt()) : "";
  }

  private void loop(XConnection open, XCalls calls, Map<Integer, Side> sides, Treatment first)
      throws IOException {
    Treatment treatment = first;
    say(Hold.YES);
    while (true) {
      Treatment now = treatment();
      if (!now.holds()) {
        return;
      }
      if (now.keeps() != treatment.keeps()) {
        // What was only emptied has no content to serve; what is held must be served no more.
        sides.values().forEach(Side::drop);
        claimAll(calls, sides, now);
      }
      treatment = now;
      try (Packet event = open.event(Duration.ofNanos(due(sides)))) {
        if (event != null) {
          take(event, calls, sides, treatment);
        }
      }
      for (Runnable word = words.poll(); word != null; word = words.poll()) {
        word.run();
      }
      settle(calls, sides);
      for (Side side : sides.values()) {
        side.tick();
      }
      say(sides.values().stream().anyMatch(Side::isContended) ? Hold.CONTENDED : Hold.YES);
    }
  }

  private long due(Map<Integer, Side> sides) {
    long now = System.nanoTime();
    long due = Hold.CONTENDED.equals(said) ? RETRY.toNanos() : IDLE.toNanos();
    for (Side side : sides.values()) {
      due = Math.min(due, side.due());
    }
    for (Asked each : asked) {
      due = Math.min(due, each.until - now);
    }
    for (Sending each : sending) {
      due = Math.min(due, each.until - now);
    }
    return Math.max(0, due);
  }

  private void take(Packet event, XCalls calls, Map<Integer, Side> sides, Treatment treatment)
      throws IOException {
    if (calls.isOwnerChange(event)) {
      Side side = sides.get(event.u32(12));
      if (side != null) {
        int owner = event.u32(8);
        side.ownedBy(owner, event.u32(20), program(calls, owner), treatment.keeps());
      }
      return;
    }
    switch (event.type()) {
      case Packet.SELECTION_NOTIFY -> {
        Side side = sides.get(event.u32(12));
        if (side != null && event.u32(8) == window) {
          side.told(event.u32(16), event.u32(20));
        }
      }
      case Packet.PROPERTY -> {
        boolean gone = event.u8(16) == 1;
        if (event.u32(4) == window && !gone) {
          for (Side side : sides.values()) {
            side.changed(event.u32(8));
          }
        } else if (gone) {
          sendNext(calls, event.u32(4), event.u32(8));
        }
      }
      case Packet.SELECTION_REQUEST -> {
        Side side = sides.get(event.u32(16));
        int property = event.u32(24) == XCalls.NONE ? event.u32(20) : event.u32(24);
        Wish wish = new Wish(event.u32(12), event.u32(16), event.u32(20), property, event.u32(4));
        if (side == null || event.isSent() || wish.requestor() == window) {
          refuse(calls, wish);
        } else {
          wished(calls, side, wish, treatment);
        }
      }
      default -> {
        // Of no interest, such as that another program took a selection: that comes as a change.
      }
    }
  }

  private static void refuse(XCalls calls, Wish wish) throws IOException {
    calls.notify(wish.requestor(), wish.selection(), wish.target(), XCalls.NONE, wish.time());
  }

  private static void grant(XCalls calls, Wish wish) throws IOException {
    calls.notify(wish.requestor(), wish.selection(), wish.target(), wish.property(), wish.time());
  }

  private void wished(XCalls calls, Side side, Wish wish, Treatment treatment) throws IOException {
    HeldCopy held = side.held();
    String to = program(calls, wish.requestor());
    if (held == null) {
      if (side.isOurs() && !treatment.keeps()) {
        // Nothing is served; that somebody wanted something is told.
        ask(
            calls,
            wish,
            null,
            new Crossing(side.board(), side.from(), to, List.of(), 0, false, null));
      } else {
        refuse(calls, wish);
      }
      return;
    }
    String form = calls.name(wish.target());
    switch (form) {
      case "TARGETS" -> {
        calls.change(wish.requestor(), wish.property(), calls.atom("ATOM"), targets(calls, held));
        grant(calls, wish);
      }
      case "TIMESTAMP" -> {
        calls.change(wish.requestor(), wish.property(), calls.atom("INTEGER"), side.time());
        grant(calls, wish);
      }
      default -> {
        Optional<Content> content = held.content(form);
        if (content.isEmpty()) {
          refuse(calls, wish);
        } else if (treatment.isFree(held.from(), to)) {
          send(calls, wish, content.get(), side.encoding(form));
        } else {
          ask(calls, wish, held, held.crossing(side.board(), form, to));
        }
      }
    }
  }

  private static int[] targets(XCalls calls, HeldCopy held) throws IOException {
    List<Integer> atoms = new ArrayList<>();
    atoms.add(calls.atom("TARGETS"));
    atoms.add(calls.atom("TIMESTAMP"));
    for (String form : held.forms()) {
      atoms.add(calls.atom(form));
    }
    return atoms.stream().mapToInt(Integer::intValue).toArray();
  }

  private void ask(XCalls calls, Wish wish, @Nullable HeldCopy held, Crossing crossing)
      throws IOException {
    if (asked.size() >= MOST_AT_ONCE) {
      refuse(calls, wish);
      return;
    }
    Asked one = new Asked(wish, held, crossing, System.nanoTime() + times.undecided().toNanos());
    asked.add(one);
    service.ask(
        crossing,
        answer -> {
          words.add(() -> one.answer = answer);
          synchronized (lock) {
            wake();
          }
        });
  }

  /** Does what was answered, and refuses what was not in time. */
  private void settle(XCalls calls, Map<Integer, Side> sides) throws IOException {
    long now = System.nanoTime();
    for (Asked each : List.copyOf(asked)) {
      Answer answer = each.answer == null && now - each.until >= 0 ? Answer.NONE : each.answer;
      if (answer == null) {
        continue;
      }
      asked.remove(each);
      Side side = sides.get(each.wish.selection());
      // Only what was asked about: something else may have been copied since.
      HeldCopy held = side == null ? null : side.held();
      boolean still = held != null && held == each.copy;
      if (side != null && held != null && answer.goes() && still) {
        String form = calls.name(each.wish.target());
        Optional<Content> content = held.content(form);
        if (content.isPresent()) {
          send(calls, each.wish, content.get(), side.encoding(form));
        }
      } else {
        refuse(calls, each.wish);
      }
      if (!answer.goes() || answer.warn()) {
        notices.tell(each.crossing, answer);
      }
    }
    for (Sending each : List.copyOf(sending)) {
      if (now - each.until >= 0) {
        finish(calls, each);
      }
    }
  }

  private void send(XCalls calls, Wish wish, Content content, Side.Encoding encoding)
      throws IOException {
    if (content.size() <= PIECE) {
      calls.change(
          wish.requestor(),
          wish.property(),
          encoding.type(),
          encoding.format(),
          content,
          0,
          content.size());
      grant(calls, wish);
      return;
    }
    if (sending.size() >= MOST_AT_ONCE) {
      refuse(calls, wish);
      return;
    }
    Sending one = new Sending(wish.requestor(), wish.property(), content.hold(), encoding);
    one.until = System.nanoTime() + times.untaken().toNanos();
    sending.add(one);
    calls.watchProperties(wish.requestor(), true);
    calls.change(wish.requestor(), wish.property(), calls.atom("INCR"), content.size());
    grant(calls, wish);
  }

  /** The program took a piece: here is the next one, an empty one behind the last. */
  private void sendNext(XCalls calls, int requestor, int property) throws IOException {
    for (Sending each : List.copyOf(sending)) {
      if (each.requestor == requestor && each.property == property) {
        int length = Math.min(PIECE, each.content.size() - each.at);
        calls.change(
            requestor,
            property,
            each.encoding.type(),
            each.encoding.format(),
            each.content,
            each.at,
            length);
        each.at += length;
        each.until = System.nanoTime() + times.untaken().toNanos();
        if (length == 0) {
          finish(calls, each);
        }
        return;
      }
    }
  }

  private void finish(XCalls calls, Sending done) throws IOException {
    sending.remove(done);
    done.content.release();
    if (sending.stream().noneMatch(each -> each.requestor == done.requestor)) {
      calls.watchProperties(done.requestor, false);
    }
  }
}
