package jp.sekisho.audit.cli;

/** Exit codes of the program. */
final class Exit {
  /** The bundle verifies. */
  static final int VERIFIED = 0;

  /** The bundle does not verify. */
  static final int INVALID = 1;

  /** The arguments make no sense; also picocli's code. */
  static final int USAGE = 2;

  /** A file cannot be read. */
  static final int ENVIRONMENT = 3;

  private Exit() {}
}
