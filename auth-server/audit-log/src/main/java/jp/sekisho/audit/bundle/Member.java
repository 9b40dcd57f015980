package jp.sekisho.audit.bundle;

/** Names of the members of a bundle, besides its tiles. */
final class Member {
  static final String CHECKPOINT = "checkpoint";
  static final String ENTRIES = "entries.jsonl";
  static final String README = "README.txt";

  /** What was deleted after its term, signed by the log; only where something was. */
  static final String MINIMUM = "minimum";

  /** An older checkpoint with cosignatures: how old the deleted entries are; beside a minimum. */
  static final String AGED = "aged";

  /** An older checkpoint of the log with an RFC 3161 time-stamp over it; optional. */
  static final String STAMPED = "stamped";

  /** Whom the staff numbers mean, sealed (see {@code jp.sekisho.audit.names}); optional. */
  static final String NAMES = "names.sealed";

  /** The verifier for a browser. */
  static final String PAGE = "verify.html";

  private Member() {}
}
