package jp.sekisho.agent.ipc;

import java.util.Arrays;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.WireJson;

/**
 * One frame: {@code u8 type, u32 BE length, payload}. Closing it overwrites the payload, which may
 * be a PIN. Not thread-safe.
 */
final class Frame implements AutoCloseable {
  /** Largest payload of any frame, in bytes. */
  static final int MAX_PAYLOAD = 65536;

  private final FrameType type;
  private final byte[] payload;

  /**
   * @param payload at most {@link FrameType#maxPayload()} bytes; owned by the frame from now on
   */
  Frame(FrameType type, byte[] payload) {
    if (payload.length > type.maxPayload()) {
      throw new IllegalArgumentException(type + " over " + type.maxPayload() + " bytes");
    }
    this.type = type;
    this.payload = payload;
  }

  /** A frame without payload. */
  static Frame of(FrameType type) {
    return new Frame(type, new byte[0]);
  }

  /** A frame whose payload is the JSON of one of {@link Messages}. */
  static Frame of(FrameType type, Object message) {
    return new Frame(type, WireJson.write(message));
  }

  FrameType type() {
    return type;
  }

  /** The payload itself, not a copy. */
  byte[] payload() {
    return payload;
  }

  /** The message in the payload. */
  <T> T read(Class<T> message) throws MalformedException {
    return WireJson.read(payload, message);
  }

  @Override
  public void close() {
    Arrays.fill(payload, (byte) 0);
  }

  /** Type and length only. */
  @Override
  public String toString() {
    return type + "[" + payload.length + " bytes]";
  }
}
