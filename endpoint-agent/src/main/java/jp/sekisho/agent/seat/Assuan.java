package jp.sekisho.agent.seat;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of the Assuan protocol (libassuan, "Assuan protocol"), as far as pinentry needs
 * it: a command line out; data lines, then OK or ERR back.
 *
 * <p>Reads in pieces as large as the JDK's own buffer, which it therefore bypasses, into one array
 * that is overwritten by {@link #wipe()}; the native copy of a read is overwritten by the next read
 * of the same thread. Not thread-safe.
 */
final class Assuan {
  /** Longest line without its LF, in bytes, in both directions. */
  static final int MAX_LINE = 1000;

  /** {@link java.io.BufferedInputStream} passes reads of at least its buffer's size through. */
  private static final int CHUNK = 8192;

  /** A pipe tells nobody that something is in it: how often it is looked at. */
  private static final Duration LOOK = Duration.ofMillis(10);

  /** How a command ended. */
  sealed interface Reply {
    /** OK, with what its data lines said. */
    final class Ok implements Reply {
      private final byte @Nullable [] data;

      private Ok(byte @Nullable [] data) {
        this.data = data;
      }

      /** The data, decoded; null without any. Not a copy: the reader wipes it. */
      byte @Nullable [] data() {
        return data;
      }
    }

    /**
     * ERR.
     *
     * @param code of libgpg-error: the source in the upper bits, the reason in the lower 16
     */
    record Err(long code) implements Reply {
      /** The reason without its source. */
      int reason() {
        return (int) (code & 0xFFFF);
      }
    }
  }

  private final InputStream in;
  private final OutputStream out;
  private final byte[] chunk = new byte[CHUNK];
  private int next;
  private int end;

  Assuan(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /** Waits for the greeting, which is the reply to nothing. */
  Reply greeting() throws IOException, MalformedException {
    return reply();
  }

  /**
   * Sends a command and waits for its end.
   *
   * @param argument escaped here; empty for none
   * @throws MalformedException when the line would be too long, or the answer is not Assuan
   */
  Reply command(String name, String argument) throws IOException, MalformedException {
    send(name, argument);
    return reply();
  }

  /**
   * Sends a command that the other side answers only after it showed something to the person.
   *
   * @param patience a refusal comes sooner than this
   * @param alive whether the other side still runs
   * @param shown called once, before this returns: after that time without any answer, or when the
   *     answer that came sooner is OK
   */
  Reply command(String name, Duration patience, BooleanSupplier alive, Runnable shown)
      throws IOException, MalformedException {
    send(name, "");
    boolean told = isSilent(patience, alive);
    if (told) {
      shown.run();
    }
    Reply reply = reply();
    if (!told && reply instanceof Reply.Ok) {
      shown.run();
    }
    return reply;
  }

  private boolean isSilent(Duration patience, BooleanSupplier alive) throws IOException {
    long until = System.nanoTime() + patience.toNanos();
    while (next == end && in.available() == 0 && alive.getAsBoolean()) {
      if (System.nanoTime() - until >= 0) {
        return true;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return false;
  }

  private void send(String name, String argument) throws IOException, MalformedException {
    out.write(line(name, argument));
    out.flush();
  }

  /** Overwrites what was read. */
  void wipe() {
    Arrays.fill(chunk, (byte) 0);
    next = 0;
    end = 0;
  }

  /** Most bytes that {@link #size} of an argument of {@code name} may have. */
  static int longestArgument(String name) {
    return MAX_LINE - name.length() - 1;
  }

  /** Bytes of {@code argument} on the wire. */
  static int size(String argument) {
    return escape(argument).getBytes(StandardCharsets.UTF_8).length;
  }

  private static String escape(String argument) {
    return argument.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static byte[] line(String name, String argument) throws MalformedException {
    String escaped = escape(argument);
    byte[] line =
        ((escaped.isEmpty() ? name : name + " " + escaped) + "\n").getBytes(StandardCharsets.UTF_8);
    if (line.length - 1 > MAX_LINE) {
      throw new MalformedException(name + " over " + MAX_LINE + " bytes");
    }
    return line;
  }

  private Reply reply() throws IOException, MalformedException {
    byte[] line = new byte[MAX_LINE];
    // One more than a PIN may have, so that a longer input is seen and not cut.
    byte[] data = new byte[TypedPin.MAX_BYTES + 1];
    int dataLength = 0;
    boolean anyData = false;
    try {
      while (true) {
        int length = readLine(line);
        if (starts(line, length, "D ")) {
          anyData = true;
          dataLength = decode(line, 2, length, data, dataLength);
        } else if (starts(line, length, "OK")) {
          return new Reply.Ok(anyData ? Arrays.copyOf(data, dataLength) : null);
        } else if (starts(line, length, "ERR ")) {
          return new Reply.Err(number(line, 4, length));
        } else if (!starts(line, length, "S ") && !starts(line, length, "#")) {
          throw new MalformedException("not an Assuan reply");
        }
      }
    } finally {
      Arrays.fill(line, (byte) 0);
      Arrays.fill(data, (byte) 0);
    }
  }

  private int readLine(byte[] line) throws IOException, MalformedException {
    int length = 0;
    while (true) {
      if (next == end) {
        next = 0;
        end = 0;
        int count = in.read(chunk, 0, CHUNK);
        if (count < 0) {
          throw new EOFException("pinentry ended");
        }
        end = count;
        continue;
      }
      byte b = chunk[next];
      chunk[next++] = 0;
      if (b == '\n') {
        return length;
      }
      if (length == MAX_LINE) {
        throw new MalformedException("Assuan line over " + MAX_LINE + " bytes");
      }
      line[length++] = b;
    }
  }

  private static int decode(byte[] line, int from, int to, byte[] data, int at)
      throws MalformedException {
    int out = at;
    for (int i = from; i < to; i++) {
      byte b = line[i];
      if (b == '%') {
        if (i + 2 >= to) {
          throw new MalformedException("Assuan data ends in an escape");
        }
        int high = Character.digit(line[i + 1], 16);
        int low = Character.digit(line[i + 2], 16);
        if (high < 0 || low < 0) {
          throw new MalformedException("Assuan data with a bad escape");
        }
        b = (byte) (high << 4 | low);
        i += 2;
      }
      if (out == data.length) {
        throw new MalformedException("Assuan data over " + TypedPin.MAX_BYTES + " bytes");
      }
      data[out++] = b;
    }
    return out;
  }

  private static boolean starts(byte[] line, int length, String prefix) {
    if (length < prefix.length()) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (line[i] != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static long number(byte[] line, int from, int to) throws MalformedException {
    long number = 0;
    int i = from;
    for (; i < to && line[i] >= '0' && line[i] <= '9'; i++) {
      number = number * 10 + (line[i] - '0');
      if (number > 0xFFFFFFFFL) {
        throw new MalformedException("Assuan error number too large");
      }
    }
    if (i == from) {
      throw new MalformedException("Assuan error without a number");
    }
    return number;
  }
}
