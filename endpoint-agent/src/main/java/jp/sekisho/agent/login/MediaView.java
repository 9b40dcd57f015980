package jp.sekisho.agent.login;

import jp.sekisho.protocol.OpenExport;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What the status page may know of granted media. Thread-safe; answers at once. */
public interface MediaView {
  /** The medium that user {@code uid} can read now; null without one. */
  @Nullable OpenExport openFor(int uid);

  /**
   * Why a medium that is plugged in stays closed, USB_STORAGE where no grant has to do with it;
   * null when none is.
   */
  @Nullable Refusal problem();
}
