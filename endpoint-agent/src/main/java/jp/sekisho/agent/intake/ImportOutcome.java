package jp.sekisho.agent.intake;

import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What came of an import.
 *
 * @param refusal why it ended before its end; null when it did not
 * @param files how many the person has now, whole
 * @param leftOut how many stayed out
 */
public record ImportOutcome(@Nullable Refusal refusal, int files, int leftOut) {}
