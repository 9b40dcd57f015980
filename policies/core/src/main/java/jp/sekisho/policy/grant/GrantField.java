package jp.sekisho.policy.grant;

/** What a request must say besides its reason. */
public enum GrantField {
  /** 文書番号. */
  DOCUMENT,
  /** 法的根拠. */
  LEGAL_BASIS,
  /** 提供先. */
  PROVIDED_TO,
  /** 本人の数. */
  SUBJECTS
}
