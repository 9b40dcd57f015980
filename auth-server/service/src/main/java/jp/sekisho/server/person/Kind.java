package jp.sekisho.server.person;

/** Whether a post is a person's own (本務) or held beside it (併任). */
public enum Kind {
  /** 本務: one at a time. */
  MAIN,
  /** 併任: any number beside the main post. */
  CONCURRENT
}
