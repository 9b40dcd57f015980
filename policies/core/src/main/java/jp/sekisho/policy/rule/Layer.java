package jp.sekisho.policy.rule;

/** Where a rule comes from; each layer may only tighten what those before it say. */
public enum Layer {
  /** Built into the program: no policy can change it. */
  BUILT_IN,
  /** 共通: the whole organisation. */
  COMMON,
  /** 機関: one organ. */
  ORGAN,
  /** 課: one division of an organ. */
  DIVISION,
  /** 端末グループ: some terminals of a division. */
  GROUP
}
