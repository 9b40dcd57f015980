package jp.sekisho.smartcard.verify;

/** Bytes that are not what they should be; carries the section of RFC 5280 they break. */
final class MalformedException extends Exception {
  private static final long serialVersionUID = 1;

  private final String section;

  MalformedException(String section, String reason) {
    super(reason);
    this.section = section;
  }

  Failure failure() {
    return new Failure(Clause.MALFORMED, section, String.valueOf(getMessage()));
  }
}
