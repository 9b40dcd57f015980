package jp.sekisho.agent.spool;

/** The spool cannot be opened or cannot take a record; nothing may be done that needed one. */
public final class SpoolException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Stable codes. */
  public enum Code {
    /** No spool: enrolment makes it, a service never does. */
    SPOOL_MISSING,
    /** Damage that no power cut explains. */
    SPOOL_CORRUPT,
    /** Another process holds it. */
    SPOOL_BUSY,
    /** Not even the reserved space is left. */
    SPOOL_FULL,
    /** The disk refused a write; no more records until a restart. */
    SPOOL_FAILED
  }

  private final Code code;

  public SpoolException(Code code, String detail) {
    super(code + ": " + detail);
    this.code = code;
  }

  public SpoolException(Code code, String detail, Throwable cause) {
    super(code + ": " + detail, cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
