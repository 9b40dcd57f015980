package jp.sekisho.server.storage;

import java.text.Normalizer;
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What people type and a row keeps: in one form, and never a 個人番号. */
public final class FreeText {
  private FreeText() {}

  /** NFC, with line feeds between lines and nothing blank at its ends. */
  public static String normal(String typed) {
    return Normalizer.normalize(typed.replace("\r\n", "\n").strip(), Normalizer.Form.NFC);
  }

  /** As {@link #normal}; null where nothing was typed. */
  public static @Nullable String optional(@Nullable String typed) {
    return typed == null || typed.isBlank() ? null : normal(typed);
  }

  /** Whether it holds what may be a 個人番号: such has no place in what is shown and kept. */
  public static boolean holdsNumber(@Nullable String text) {
    return text != null && !NumberDetector.scan(text).individual().isEmpty();
  }

  /**
   * What is wrong with a line; null for nothing.
   *
   * @param formed whether it has the form of its place, else {@code otherwise}
   */
  public static @Nullable Refusal fault(String line, boolean formed, Refusal otherwise) {
    if (!formed) {
      return otherwise;
    }
    return holdsNumber(line) ? Refusal.GRANT_CONTENT : null;
  }
}
