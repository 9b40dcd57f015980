package jp.sekisho.agent.cli;

/** The program's exit codes. */
final class ExitCode {
  static final int OK = 0;

  /** Refused, invalid, or a problem was found. */
  static final int REFUSED = 1;

  static final int USAGE = 2;

  /** The environment does not allow it. */
  static final int ENVIRONMENT = 3;

  private ExitCode() {}
}
