package jp.sekisho.agent.config;

/** The state directory does not allow the agent to work; the code says why. */
public final class StateException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Stable codes, shown by the command line. */
  public enum Code {
    /** No {@code agent.json}: enrol first. */
    NOT_ENROLLED,
    /** A file is not in its one form. */
    STATE_MALFORMED,
    /** A file cannot be read or written. */
    STATE_UNREADABLE
  }

  private final Code code;

  public StateException(Code code, String detail) {
    super(code + ": " + detail);
    this.code = code;
  }

  public StateException(Code code, String detail, Throwable cause) {
    super(code + ": " + detail, cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
