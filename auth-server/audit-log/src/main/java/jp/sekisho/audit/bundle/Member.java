package jp.sekisho.audit.bundle;

/** Names of the members of a bundle, besides its tiles. */
final class Member {
  static final String CHECKPOINT = "checkpoint";
  static final String ENTRIES = "entries.jsonl";
  static final String README = "README.txt";

  /** The verifier for a browser. */
  static final String PAGE = "verify.html";

  private Member() {}
}
