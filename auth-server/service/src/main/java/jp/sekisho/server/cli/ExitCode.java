package jp.sekisho.server.cli;

/** Exit codes of all commands. */
public final class ExitCode {
  /** Done. */
  public static final int OK = 0;

  /** Refused, or the input is invalid. */
  public static final int REFUSED = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** Files, database, ports or Java are not as needed. */
  public static final int ENVIRONMENT = 3;

  private ExitCode() {}
}
