package jp.sekisho.agent.enforce.clipboard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes somebody copied, outside of the heap so that no collector leaves copies of them, and
 * overwritten when the last who holds them lets go. For one thread.
 */
public final class Content {
  private static final int CHUNK = 64 * 1024;

  private final List<ByteBuffer> chunks = new ArrayList<>();
  private int size;
  private int holders = 1;

  /** How many bytes. */
  public int size() {
    return size;
  }

  /** Appends all that remains in {@code bytes}. */
  public void append(ByteBuffer bytes) {
    alive();
    while (bytes.hasRemaining()) {
      if (size == chunks.size() * CHUNK) {
        chunks.add(ByteBuffer.allocateDirect(CHUNK));
      }
      ByteBuffer last = chunks.get(chunks.size() - 1);
      int part = Math.min(bytes.remaining(), CHUNK - size % CHUNK);
      last.put(size % CHUNK, bytes, bytes.position(), part);
      bytes.position(bytes.position() + part);
      size += part;
    }
  }

  /** Puts the bytes from {@code at} on into {@code into}, as many as there are and fit. */
  public void read(int at, ByteBuffer into) {
    alive();
    int from = at;
    while (into.hasRemaining() && from < size) {
      int part = Math.min(into.remaining(), Math.min(CHUNK - from % CHUNK, size - from));
      into.put(into.position(), chunks.get(from / CHUNK), from % CHUNK, part);
      into.position(into.position() + part);
      from += part;
    }
  }

  /** One more who holds it. */
  public Content hold() {
    alive();
    holders++;
    return this;
  }

  /** One less; the last one overwrites it. */
  public void release() {
    if (--holders > 0) {
      return;
    }
    chunks.forEach(Content::wipe);
    chunks.clear();
    size = 0;
  }

  /** Whether it was overwritten. */
  public boolean isWiped() {
    return holders <= 0;
  }

  private void alive() {
    if (holders <= 0) {
      throw new IllegalStateException("wiped");
    }
  }

  /** Overwrites a whole buffer. */
  public static void wipe(ByteBuffer buffer) {
    buffer.clear();
    while (buffer.remaining() >= Long.BYTES) {
      buffer.putLong(0);
    }
    while (buffer.hasRemaining()) {
      buffer.put((byte) 0);
    }
  }

  /** The size only. */
  @Override
  public String toString() {
    return "Content[" + size + " bytes]";
  }
}
