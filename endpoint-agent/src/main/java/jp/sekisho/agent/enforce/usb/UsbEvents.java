package jp.sekisho.agent.enforce.usb;

import java.io.IOException;

/** The kernel's messages about USB, in order. For one reading thread. */
public interface UsbEvents extends AutoCloseable {
  /** The next message; {@code QUIET} when there was none for about a second. */
  UsbSignal next() throws IOException;

  @Override
  void close();
}
