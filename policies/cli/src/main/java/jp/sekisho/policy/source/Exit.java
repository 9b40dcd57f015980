package jp.sekisho.policy.source;

/** The program's exit codes. */
enum Exit {
  /** In order. */
  OK(0),
  /** Refused or invalid. */
  REFUSED(1),
  /** Wrong usage. */
  USAGE(2),
  /** A file cannot be read or written. */
  ENVIRONMENT(3);

  private final int code;

  Exit(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
