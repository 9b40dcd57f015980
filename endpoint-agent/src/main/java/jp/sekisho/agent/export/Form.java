package jp.sekisho.agent.export;

/** How files stand on the medium. */
public sealed interface Form {
  /** In envelopes whose names say nothing. */
  record Encrypted(Recipients recipients) implements Form {}

  /** As they are, under their own names. */
  record Plain() implements Form {}
}
