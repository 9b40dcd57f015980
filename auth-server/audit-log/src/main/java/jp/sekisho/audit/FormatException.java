package jp.sekisho.audit;

/**
 * Says that bytes from outside are not the canonical form of what they claim to be. The one
 * exception of every parser of this module; checked, because a caller that forgets it would not
 * fail closed.
 */
public final class FormatException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What was malformed; the names are stable and may be shown or matched. */
  public enum Code {
    NOTE_MALFORMED,
    KEY_MALFORMED,
    CHECKPOINT_MALFORMED,
    FRONTIER_MALFORMED,
    TILE_PATH_MALFORMED,
    TILE_MALFORMED,
    ENTRY_BUNDLE_MALFORMED,
    BUNDLE_MALFORMED,
    PROOF_MALFORMED,
    REQUEST_MALFORMED,
    STAMP_REFUSED,
    ADDRESS_REFUSED
  }

  private final Code code;

  /** Detail is English, for a log or a technician; it never repeats the bytes refused. */
  public FormatException(Code code, String detail) {
    super(detail);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
