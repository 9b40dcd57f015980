package jp.sekisho.smartcard.pcsc;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A card service in memory, in the layout of either platform: the numbers are those of the headers,
 * written here a second time. Signals a change to whoever waits at once, as a real service does.
 * Thread-safe.
 */
final class ScriptedService implements Functions {
  private static final String PNP = "\\\\?PnP?\\Notification";

  private final boolean windows;
  private final Map<String, Integer> readers = new LinkedHashMap<>();
  private boolean running = true;
  private boolean cancelled;
  private boolean plugAndPlay = true;

  private final List<String> calls = new ArrayList<>();
  private final Set<String> watched = new TreeSet<>();

  private final List<Integer> dispositions = new ArrayList<>();

  /** The card's side of SCardTransmit. */
  Function<byte[], byte[]> card = command -> new byte[] {(byte) 0x90, 0};

  /** What SCardConnect says of the card: 1 for T=0, 2 for T=1. */
  int protocol = 2;

  /** The driver's side of SCardControl: control code and input to answer; null = unsupported. */
  BiFunction<Integer, byte[], byte @Nullable []> driver = (code, input) -> null;

  /** What SCardControl returns when there is no answer. */
  int unsupported = 0x8010001F;

  /** Where the user sits. */
  RemoteSession session = RemoteSession.LOCAL;

  private ScriptedService(boolean windows) {
    this.windows = windows;
  }

  static ScriptedService linux() {
    return new ScriptedService(false);
  }

  static ScriptedService windows() {
    return new ScriptedService(true);
  }

  Winscard winscard() {
    return new Winscard(this, windows ? Abi.WINDOWS_64 : Abi.LINUX_64, () -> session);
  }

  synchronized ScriptedService reader(String name, int state) {
    readers.put(name, state);
    changed();
    return this;
  }

  /** A card comes or goes, with the event counter going up. */
  synchronized void card(String reader, boolean present) {
    int counter = (Objects.requireNonNull(readers.get(reader)) >>> 16) + 1;
    readers.put(reader, counter << 16 | (present ? 0x20 : 0x10));
    changed();
  }

  /** The reader is unplugged; on Windows the service stops with the last one. */
  synchronized void unplug(String reader) {
    readers.remove(reader);
    if (windows && readers.isEmpty()) {
      running = false;
    }
    changed();
  }

  synchronized void stop() {
    running = false;
    changed();
  }

  synchronized void start() {
    running = true;
    changed();
  }

  synchronized ScriptedService withoutPlugAndPlay() {
    plugAndPlay = false;
    return this;
  }

  private void changed() {
    notifyAll();
  }

  private int dword(Pointer at, long offset) {
    return windows ? at.getInt(offset) : (int) at.getLong(offset);
  }

  private void dword(Pointer at, long offset, int value) {
    if (windows) {
      at.setInt(offset, value);
    } else {
      at.setLong(offset, Integer.toUnsignedLong(value));
    }
  }

  private int number(@Nullable Object value) {
    Object given = Objects.requireNonNull(value);
    if (windows != given instanceof Integer) {
      throw new IllegalArgumentException("a DWORD of the other platform: " + given);
    }
    return ((Number) given).intValue();
  }

  private static Pointer pointer(@Nullable Object value) {
    return (Pointer) Objects.requireNonNull(value);
  }

  /** JNA's wide strings are wchar_t, four bytes on Linux: UTF-16 is read by hand. */
  private String name(Pointer at) {
    if (!windows) {
      return at.getString(0, "UTF-8");
    }
    StringBuilder name = new StringBuilder();
    for (int i = 0; at.getShort(i) != 0; i += 2) {
      name.append((char) at.getShort(i));
    }
    return name.toString();
  }

  @Override
  public synchronized int call(String name, @Nullable Object... arguments) {
    calls.add(name);
    String suffix = windows ? "W" : "";
    if (name.equals("SCardReleaseContext")) {
      return 0;
    }
    if (name.equals("SCardCancel")) {
      cancelled = true;
      notifyAll();
      return 0;
    }
    if (!running) {
      return 0x8010001D;
    }
    if (name.equals("SCardEstablishContext")) {
      pointer(arguments[3]).setLong(0, 77);
      return 0;
    }
    if (name.equals("SCardListReaders" + suffix)) {
      return list(arguments);
    }
    if (name.equals("SCardGetStatusChange" + suffix)) {
      return wait(arguments);
    }
    if (name.equals("SCardConnect" + suffix)) {
      if (!readers.containsKey(name(pointer(arguments[1])))) {
        return 0x80100009;
      }
      pointer(arguments[4]).setLong(0, 99);
      dword(pointer(arguments[5]), 0, protocol);
      return 0;
    }
    return switch (name) {
      case "SCardBeginTransaction" -> 0;
      case "SCardEndTransaction", "SCardDisconnect" -> {
        dispositions.add(number(arguments[1]));
        yield 0;
      }
      case "SCardTransmit" ->
          answer(card.apply(bytes(arguments[2], arguments[3])), arguments[5], arguments[6]);
      case "SCardControl" -> {
        byte[] answer = driver.apply(number(arguments[1]), bytes(arguments[2], arguments[3]));
        yield answer == null ? unsupported : answer(answer, arguments[4], arguments[6]);
      }
      default -> throw new IllegalArgumentException("no such function: " + name);
    };
  }

  private byte[] bytes(@Nullable Object at, @Nullable Object length) {
    return pointer(at).getByteArray(0, number(length));
  }

  private int answer(byte[] bytes, @Nullable Object at, @Nullable Object length) {
    pointer(at).write(0, bytes, 0, bytes.length);
    dword(pointer(length), 0, bytes.length);
    return 0;
  }

  private int list(@Nullable Object... arguments) {
    if (readers.isEmpty()) {
      return 0x8010002E;
    }
    byte[] names =
        (String.join("\0", readers.keySet()) + "\0\0")
            .getBytes(windows ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8);
    Pointer length = pointer(arguments[3]);
    int chars = windows ? names.length / 2 : names.length;
    if (arguments[2] != null && dword(length, 0) < chars) {
      dword(length, 0, chars);
      return 0x80100008;
    }
    if (arguments[2] != null) {
      pointer(arguments[2]).write(0, names, 0, names.length);
    }
    dword(length, 0, chars);
    return 0;
  }

  private int wait(@Nullable Object... arguments) {
    int count = number(arguments[3]);
    Memory states = (Memory) pointer(arguments[2]);
    int size = windows ? 64 : 80;
    if (states.size() != (long) size * count) {
      throw new IllegalArgumentException("readers' states of the wrong size");
    }
    long end = System.nanoTime() + number(arguments[1]) * 1_000_000L;
    while (true) {
      boolean changed = false;
      for (int i = 0; i < count; i++) {
        Pointer state = states.share((long) i * size, size);
        String reader = name(state.getPointer(0));
        watched.add(reader);
        int known = dword(state, 16);
        int now;
        if (reader.equals(PNP)) {
          if (!plugAndPlay) {
            return 0x80100009;
          }
          now = readers.size() << 16;
        } else if (readers.containsKey(reader)) {
          now = Objects.requireNonNull(readers.get(reader));
        } else {
          return 0x80100009;
        }
        boolean differs = now != known;
        changed |= differs;
        dword(state, windows ? 20 : 24, differs ? now | 2 : now);
      }
      if (changed) {
        return 0;
      }
      if (cancelled) {
        cancelled = false;
        return 0x80100002;
      }
      if (!running) {
        return 0x8010001E;
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return 0x8010000A;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 0x80100012;
      }
      if (!running) {
        return 0x8010001E;
      }
    }
  }

  /** Names of the functions called, in order. */
  synchronized List<String> called() {
    return List.copyOf(calls);
  }

  /** What SCardDisconnect and SCardEndTransaction were asked to do with the card, in order. */
  synchronized List<Integer> asked() {
    return List.copyOf(dispositions);
  }

  /** The readers whose state was asked for. */
  synchronized Set<String> watched() {
    watched.remove(PNP);
    return Set.copyOf(watched);
  }
}
