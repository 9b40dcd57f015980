package jp.sekisho.agent.enforce;

import jp.sekisho.protocol.Refusal;

/**
 * What came of having a medium written to, or read, by this agent alone. Either way nothing of it
 * is mounted any more.
 */
public sealed interface WriteOutcome {
  /** The writer or reader returned, and what a writer made is durable. */
  record Done() implements WriteOutcome {}

  /**
   * The medium could not be made ready, or the writing or reading ended early.
   *
   * @param reason as {@link OpenOutcome.Failed}, or {@code EXPORT_MEDIUM} when the writer ended it,
   *     {@code IMPORT_MEDIUM} when the reader did
   * @param begun whether it was called
   */
  record Failed(Refusal reason, boolean begun) implements WriteOutcome {}
}
