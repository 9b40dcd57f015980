package jp.sekisho.agent.platform.linux.x11;

import java.nio.ByteBuffer;
import jp.sekisho.agent.enforce.clipboard.Content;

/**
 * One reply, event or error of the display: 32 bytes, and what a reply has beyond them. Closing it
 * overwrites it.
 */
final class Packet implements AutoCloseable {
  static final int ERROR = 0;
  static final int REPLY = 1;
  static final int PROPERTY = 28;
  static final int SELECTION_REQUEST = 30;
  static final int SELECTION_NOTIFY = 31;

  private final ByteBuffer bytes;

  Packet(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Its kind; an event another client sent (SendEvent) has the same as the display's own. */
  int type() {
    return u8(0) & 0x7F;
  }

  /** Whether another client made it up. */
  boolean isSent() {
    return (u8(0) & 0x80) != 0;
  }

  int sequence() {
    return u16(2);
  }

  int u8(int at) {
    return bytes.get(at) & 0xFF;
  }

  int u16(int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  int u32(int at) {
    return bytes.getInt(at);
  }

  /** A part of it, not a copy. */
  ByteBuffer slice(int at, int length) {
    return bytes.slice(at, length);
  }

  /** How many bytes it has. */
  int size() {
    return bytes.capacity();
  }

  @Override
  public void close() {
    Content.wipe(bytes);
  }
}
