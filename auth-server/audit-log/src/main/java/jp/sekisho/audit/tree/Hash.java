package jp.sekisho.audit.tree;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A SHA-256 value of the tree: exactly 32 bytes, immutable, public (nothing here is secret). */
public final class Hash {
  /** Length in bytes. */
  public static final int SIZE = 32;

  private final byte[] bytes;

  private Hash(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Copies 32 bytes.
   *
   * @throws IllegalArgumentException if there are not exactly 32
   */
  public static Hash of(byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("a hash has 32 bytes, not " + bytes.length);
    }
    return new Hash(bytes.clone());
  }

  /** Copies the 32 bytes that begin at offset. */
  public static Hash of(byte[] bytes, int offset) {
    return of(Arrays.copyOfRange(bytes, offset, offset + SIZE));
  }

  /** Takes an array that nobody else keeps. */
  static Hash owning(byte[] digest) {
    return new Hash(digest);
  }

  /** Returns a copy of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  byte[] shared() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hash that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Returns lower-case hexadecimal. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
