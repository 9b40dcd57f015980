package jp.sekisho.smartcard.pcsc;

/**
 * Says that our own PIN prompt is on the screen. While it is open, readers shared with residents
 * may be granted; what was granted through it ends with it. Thread-safe.
 */
public final class PromptScope implements AutoCloseable {
  private volatile boolean open = true;

  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
