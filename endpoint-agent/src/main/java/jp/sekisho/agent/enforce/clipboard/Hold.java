package jp.sekisho.agent.enforce.clipboard;

import org.jspecify.annotations.Nullable;

/**
 * Whether the clipboard of a seat is treated as it should be.
 *
 * @param fault a stable word saying why not; null when it is
 */
public record Hold(@Nullable String fault) {
  /** It is: also where there is no screen to copy on. */
  public static final Hold YES = new Hold(null);

  /** The person's session is a Wayland one, whose clipboard nobody but its compositor can hold. */
  public static final Hold WAYLAND = new Hold("clipboard-wayland");

  /** There is a graphical session and no display that can be reached. */
  public static final Hold NO_DISPLAY = new Hold("clipboard-no-display");

  /** The display lacks an extension without which owners and programs cannot be told. */
  public static final Hold EXTENSION = new Hold("clipboard-extension");

  /** Another program takes the clipboard back each time. */
  public static final Hold CONTENDED = new Hold("clipboard-contended");

  /** The connection to the display ended; it is tried again. */
  public static final Hold LOST = new Hold("clipboard-display-lost");

  /** Whether it is. */
  public boolean held() {
    return fault == null;
  }
}
