package jp.sekisho.agent.platform.linux.x11;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.agent.enforce.clipboard.Board;
import jp.sekisho.agent.enforce.clipboard.Content;
import jp.sekisho.agent.enforce.clipboard.CopyForms;
import jp.sekisho.agent.enforce.clipboard.HeldCopy;
import org.jspecify.annotations.Nullable;

/**
 * One selection of a display, and how its content comes over from the program that owns it: first
 * its forms are fetched one by one, within bounds, then the selection is taken from it. What does
 * not come in time does not come; the selection is taken all the same. For one thread.
 *
 * <p>PRIMARY is taken only once pointer and focus have left its owner's windows: programs drop
 * their mark when they lose it, and nobody could mark a text any more to copy it.
 */
final class Side {
  /** Most bytes of all forms of one copy. */
  static final int MOST_BYTES = 32 << 20;

  /** Between two looks whether pointer and focus left the owner. */
  static final Duration LOOK = Duration.ofMillis(100);

  private static final Duration CONTENTION = Duration.ofSeconds(2);
  private static final int MOST_TAKINGS = 8;
  private static final int PROPERTIES = 16;

  /** How a form's bytes are to be read. */
  record Encoding(int type, int format) {}

  private final XCalls calls;
  private final Times times;
  private final int window;
  private final int selection;
  private final Board board;
  private final Deque<Long> takings = new ArrayDeque<>();

  private @Nullable HeldCopy held;
  private Map<String, Encoding> encodings = Map.of();
  private boolean ours;
  private int owner;
  private int time;
  private String from = "";

  // While it comes over.
  private final Deque<String> wanted = new ArrayDeque<>();
  private Map<String, Encoding> arriving = new HashMap<>();
  private @Nullable HeldCopy coming;
  private @Nullable String form;
  private @Nullable Content content;
  private @Nullable Encoding encoding;
  private boolean piecewise;
  private int property;
  private int properties;
  private int bytes;
  private long silence;
  private long whole;

  /** When to try to take it; 0 for not. */
  private long takeAt;

  Side(XCalls calls, Times times, int window, Board board) throws IOException {
    this.calls = calls;
    this.times = times;
    this.window = window;
    this.board = board;
    this.selection = calls.atom(board == Board.PRIMARY ? "PRIMARY" : "CLIPBOARD");
  }

  Board board() {
    return board;
  }

  int selection() {
    return selection;
  }

  int time() {
    return time;
  }

  /** Who copied what is held, or is emptied; empty when not known. */
  String from() {
    return from;
  }

  boolean isOurs() {
    return ours;
  }

  /** What is held; null for nothing. */
  @Nullable HeldCopy held() {
    return ours ? held : null;
  }

  Encoding encoding(String name) {
    Encoding known = encodings.get(name);
    if (known == null) {
      throw new IllegalStateException("no such form");
    }
    return known;
  }

  /** Another program has it now, or nobody. */
  void ownedBy(int newOwner, int since, String program, boolean keep) throws IOException {
    if (newOwner == window) {
      ours = true;
      return;
    }
    drop();
    owner = newOwner;
    time = since;
    if (newOwner == XCalls.NONE) {
      return;
    }
    from = program;
    long now = System.nanoTime();
    if (!keep) {
      takeAt = now;
      takeIfDue();
      return;
    }
    coming = new HeldCopy(program);
    arriving = new HashMap<>();
    bytes = 0;
    whole = now + times.whole().toNanos();
    wanted.add("TARGETS");
    next();
  }

  /** Lets go of what is held and of what comes. */
  void drop() {
    ours = false;
    takeAt = 0;
    if (held != null) {
      held.release();
      held = null;
    }
    stopComing();
    if (coming != null) {
      coming.release();
      coming = null;
    }
  }

  private void stopComing() {
    wanted.clear();
    form = null;
    piecewise = false;
    if (content != null) {
      content.release();
      content = null;
    }
  }

  /** Asks for the next form, or takes the selection where there is none. */
  private void next() throws IOException {
    if (content != null) {
      content.release();
      content = null;
    }
    piecewise = false;
    form = wanted.poll();
    if (form == null) {
      takeAt = System.nanoTime();
      takeIfDue();
      return;
    }
    // Another property each time: what an owner still sends of a form that was given up is not
    // taken for the next one.
    property = calls.atom("SEKISHO_" + board.name() + "_" + properties++ % PROPERTIES);
    content = new Content();
    silence = System.nanoTime() + times.silence().toNanos();
    calls.convert(window, selection, calls.atom(form), property, time);
  }

  /** The owner says where it put the form that was asked for, or that it has none. */
  void told(int target, int where) throws IOException {
    if (form == null || piecewise || target != calls.atom(form)) {
      return;
    }
    if (where == XCalls.NONE) {
      if (form.equals("TARGETS")) {
        // An old program: it may still have text.
        wanted.add("UTF8_STRING");
        wanted.add("STRING");
      }
      next();
    } else if (where == property) {
      read();
    }
  }

  /** A property of our window has a new value. */
  void changed(int where) throws IOException {
    if (form != null && piecewise && where == property) {
      read();
    }
  }

  private void read() throws IOException {
    Content into = content;
    String name = form;
    if (into == null || name == null) {
      return;
    }
    int before = into.size();
    XCalls.Property got = calls.property(window, property, into, MOST_BYTES - bytes);
    silence = System.nanoTime() + times.silence().toNanos();
    if (got == null || !got.whole()) {
      next();
    } else if (!piecewise && got.type() == calls.atom("INCR")) {
      into.release();
      content = new Content();
      piecewise = true;
      encoding = null;
    } else if (!piecewise) {
      encoding = new Encoding(got.type(), got.format());
      arrived(name, into);
    } else if (into.size() == before) {
      arrived(name, into);
    } else {
      encoding = new Encoding(got.type(), got.format());
    }
  }

  private void arrived(String name, Content whole) throws IOException {
    if (name.equals("TARGETS")) {
      wanted.addAll(CopyForms.choose(targets(whole)));
    } else if (coming != null && encoding != null && encoding.format() > 0) {
      bytes += whole.size();
      coming.add(name, whole.hold());
      arriving.put(name, encoding);
    }
    next();
  }

  private List<String> targets(Content atoms) throws IOException {
    ByteBuffer list = ByteBuffer.allocateDirect(4 * 64).order(ByteOrder.nativeOrder());
    atoms.read(0, list);
    list.flip();
    List<String> names = new ArrayList<>();
    while (list.remaining() >= 4) {
      String name = calls.name(list.getInt());
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  /** Does what time brings. */
  void tick() throws IOException {
    long now = System.nanoTime();
    if (form != null && now - whole > 0) {
      stopComing();
      takeAt = now;
    } else if (form != null && now - silence > 0) {
      boolean mute = form.equals("TARGETS");
      if (mute) {
        wanted.clear();
      }
      next();
    }
    takeIfDue();
  }

  /** Nanoseconds until {@link #tick} has something to do. */
  long due() {
    long now = System.nanoTime();
    long due = Long.MAX_VALUE;
    if (form != null) {
      due = Math.min(silence, whole) - now;
    }
    return takeAt == 0 ? due : Math.min(due, takeAt - now);
  }

  private void takeIfDue() throws IOException {
    long now = System.nanoTime();
    if (takeAt == 0 || now - takeAt < 0) {
      return;
    }
    if (board == Board.PRIMARY && calls.isInUse(owner)) {
      takeAt = now + LOOK.toNanos();
      return;
    }
    if (isContended()) {
      takeAt = now + CONTENTION.toNanos() / 4;
      takings.poll();
      return;
    }
    takeAt = 0;
    takings.add(now);
    if (calls.own(window, selection, time)) {
      ours = true;
      held = coming;
      encodings = arriving;
      coming = null;
    } else if (coming != null) {
      coming.release();
      coming = null;
    }
  }

  /** Whether another program takes it back each time. */
  boolean isContended() {
    long now = System.nanoTime();
    while (!takings.isEmpty() && now - takings.peek() > CONTENTION.toNanos()) {
      takings.poll();
    }
    return takings.size() >= MOST_TAKINGS;
  }
}
