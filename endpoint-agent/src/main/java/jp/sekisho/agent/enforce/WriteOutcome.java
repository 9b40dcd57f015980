package jp.sekisho.agent.enforce;

import jp.sekisho.protocol.Refusal;

/** What came of having a medium written to. Either way nothing of it is mounted any more. */
public sealed interface WriteOutcome {
  /** The writer returned, and what it made is durable. */
  record Done() implements WriteOutcome {}

  /**
   * The medium could not be made ready, or its writing ended early.
   *
   * @param reason as {@link OpenOutcome.Failed}, or {@code EXPORT_MEDIUM} when the writer ended it
   * @param begun whether the writer was called
   */
  record Failed(Refusal reason, boolean begun) implements WriteOutcome {}
}
