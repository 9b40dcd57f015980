package jp.sekisho.agent.export;

import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What came of an export.
 *
 * @param refusal why not all of it was written; null when it was
 * @param files how many stand on the medium whole, all parts of them
 */
public record ExportOutcome(@Nullable Refusal refusal, int files) {}
