package jp.sekisho.agent.ipc;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.concurrent.locks.ReentrantLock;
import jp.sekisho.protocol.MalformedException;

/**
 * Frames over a blocking channel. One thread reads; any thread writes, frames stay whole.
 *
 * <p>All bytes go through this class's own direct buffers, which are overwritten after each frame:
 * with heap buffers the JDK would leave copies in its per-thread cache of direct ones.
 */
final class FrameChannel implements Closeable {
  private static final int HEADER = 5;
  private static final int CHUNK = 4096;

  private final ByteChannel channel;
  private final ByteBuffer in = ByteBuffer.allocateDirect(CHUNK);
  private final ByteBuffer out = ByteBuffer.allocateDirect(CHUNK);
  private final ReentrantLock writing = new ReentrantLock();

  FrameChannel(ByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the next frame, which the caller closes.
   *
   * @throws EOFException when the other side closed, also in the middle of a frame
   * @throws MalformedException for an unknown type or a payload over its limit; nothing more can be
   *     read then
   */
  Frame read() throws IOException, MalformedException {
    fill(HEADER);
    int code = in.get() & 0xFF;
    int length = in.getInt();
    FrameType type =
        FrameType.of(code).orElseThrow(() -> new MalformedException("unknown type of frame"));
    if (length < 0 || length > type.maxPayload()) {
      throw new MalformedException(type + " over " + type.maxPayload() + " bytes");
    }
    Frame frame = new Frame(type, new byte[length]);
    boolean whole = false;
    try {
      for (int at = 0; at < length; ) {
        int part = Math.min(CHUNK, length - at);
        fill(part);
        in.get(frame.payload(), at, part);
        at += part;
      }
      whole = true;
      return frame;
    } finally {
      wipe(in);
      if (!whole) {
        frame.close();
      }
    }
  }

  /** Sends a frame whole; the caller closes it. */
  void write(Frame frame) throws IOException {
    writing.lock();
    try {
      out.clear();
      out.put((byte) frame.type().code()).putInt(frame.payload().length);
      int at = 0;
      do {
        int part = Math.min(out.remaining(), frame.payload().length - at);
        out.put(frame.payload(), at, part);
        at += part;
        out.flip();
        while (out.hasRemaining()) {
          channel.write(out);
        }
        out.clear();
      } while (at < frame.payload().length);
    } finally {
      wipe(out);
      writing.unlock();
    }
  }

  /** Ends both directions; a thread that reads or writes gets an {@link IOException}. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void fill(int bytes) throws IOException {
    in.clear().limit(bytes);
    while (in.hasRemaining()) {
      if (channel.read(in) < 0) {
        throw new EOFException("the other side closed");
      }
    }
    in.flip();
  }

  private static void wipe(ByteBuffer buffer) {
    buffer.clear();
    while (buffer.remaining() >= Long.BYTES) {
      buffer.putLong(0);
    }
    while (buffer.hasRemaining()) {
      buffer.put((byte) 0);
    }
  }
}
