package jp.sekisho.protocol;

import java.util.Locale;
import java.util.Optional;

/**
 * How a terminal speaks to a card that logs somebody in. Each kind has trust of its own: the pinned
 * CAs of one kind never vouch for another, and a key registered under one kind answers under no
 * other.
 */
public enum CardKind {
  /** The PIV application of a staff card (職員証): every command is ours. */
  STAFF_PIV,
  /** The user-authentication key of a My Number card or phone (利用者証明用); never its signature key. */
  JPKI,
  /**
   * Whatever a vendor's PKCS#11 module reaches. Always 低保証: the key may be in a file, and the
   * module may leave the PIN verified for others.
   */
  PKCS11;

  /** {@code staff-piv}, {@code jpki} or {@code pkcs11}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind with this text. */
  public static Optional<CardKind> find(String text) {
    for (CardKind kind : values()) {
      if (kind.text().equals(text)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
