package jp.sekisho.policy.reader;

/** Whom a card reader serves. */
public enum ReaderRole {
  /** 職員用: staff cards only. */
  STAFF,
  /** 住民用: residents' cards; no command is ever sent to it. */
  RESIDENT,
  /** 共用: the only reader of a terminal; touched while our own prompt is open, PIV only. */
  SHARED
}
