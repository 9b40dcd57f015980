package jp.sekisho.audit.note;

import java.util.Optional;

/** The kinds of note signature this module makes and checks, with their byte in keys. */
public enum SignatureType {
  /** The log's own signature over the text. */
  ED25519(0x01),
  /** A witness's signature over the text and the time at which it saw it consistent. */
  COSIGNATURE_V1(0x04);

  private final byte code;

  SignatureType(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  static Optional<SignatureType> of(byte code) {
    for (SignatureType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
