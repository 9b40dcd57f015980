package jp.sekisho.agent.seat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A PIN as it was typed, in UTF-8: not yet known to be one, since a Japanese input method may have
 * made full-width digits of it.
 *
 * <p>To be closed when used, which overwrites it. Thread-safe; unusable after {@link #close()}.
 */
public final class TypedPin implements AutoCloseable {
  /** Longest input accepted, in bytes. No PIN is nearly as long. */
  public static final int MAX_BYTES = 256;

  private final byte[] utf8;
  private boolean closed;

  private TypedPin(byte[] utf8) {
    this.utf8 = utf8;
  }

  /**
   * Copies what was typed; the caller wipes its own array.
   *
   * @throws IllegalArgumentException over {@value #MAX_BYTES} bytes
   */
  public static TypedPin copyOf(byte[] source, int from, int to) {
    if (to - from > MAX_BYTES) {
      throw new IllegalArgumentException("over " + MAX_BYTES + " bytes");
    }
    return new TypedPin(Arrays.copyOfRange(source, from, to));
  }

  /** The bytes. A copy: the caller wipes it. */
  public synchronized byte[] bytes() {
    requireOpen();
    return utf8.clone();
  }

  /**
   * The characters, for {@code Pin.of}; empty when they are not UTF-8. A copy: the caller wipes it.
   */
  public synchronized Optional<char[]> characters() {
    requireOpen();
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    // UTF-8 never has more UTF-16 units than bytes, so this cannot overflow into a second array.
    char[] room = new char[utf8.length];
    CharBuffer out = CharBuffer.wrap(room);
    try {
      if (decoder.decode(ByteBuffer.wrap(utf8), out, true).isError()
          || decoder.flush(out).isError()) {
        return Optional.empty();
      }
      return Optional.of(Arrays.copyOf(room, out.position()));
    } finally {
      Arrays.fill(room, '\0');
    }
  }

  /** Overwrites the bytes. */
  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(utf8, (byte) 0);
  }

  @Override
  public String toString() {
    return "TypedPin[******]";
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("PIN already wiped");
    }
  }
}
