package jp.sekisho.smartcard.pcsc;

import java.util.Locale;
import java.util.Optional;

/** Whose cards a reader serves. */
public enum ReaderRole {
  /** 職員用: we may talk to the card whenever we like. */
  STAFF,
  /** 住民用: never touched, not even connected. What every reader is that nobody listed. */
  RESIDENT,
  /** 共用, the only reader of a terminal: touched only while our prompt is open, PIV only. */
  SHARED;

  /** Reads {@code staff}, {@code resident} or {@code shared}. */
  public static Optional<ReaderRole> parse(String text) {
    for (ReaderRole role : values()) {
      if (role.code().equals(text.toLowerCase(Locale.ROOT))) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /** The lower-case name used in settings. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
