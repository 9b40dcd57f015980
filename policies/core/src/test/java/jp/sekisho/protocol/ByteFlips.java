package jp.sekisho.protocol;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** Changes every single bit of a text and demands that no change goes unnoticed. */
public final class ByteFlips {
  private ByteFlips() {}

  /** Reads a value from bytes. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(byte[] bytes) throws MalformedException;
  }

  /**
   * Fails when any text one bit away from {@code bytes} reads as {@code value}; returns how many
   * were read as something else.
   */
  public static <T> int check(byte[] bytes, T value, Parser<T> parser) {
    int different = 0;
    for (int at = 0; at < bytes.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) (1 << bit);
        try {
          assertNotEquals(value, parser.parse(changed), "bit " + bit + " of byte " + at);
          different++;
        } catch (MalformedException e) {
          // The other way to notice.
        }
      }
    }
    return different;
  }
}
