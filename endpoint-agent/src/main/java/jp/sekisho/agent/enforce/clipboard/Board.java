package jp.sekisho.agent.enforce.clipboard;

import java.util.Locale;

/** A place where something copied waits to be pasted. */
public enum Board {
  /** What copy and paste use. */
  CLIPBOARD,
  /** What is marked with the mouse, pasted with its middle button (X11). */
  PRIMARY;

  /** The word in the log and on the socket. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
