package jp.sekisho.policy;

import java.time.Instant;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * A grant whose approval was verified, and who would use it where and when.
 *
 * @param grant what was approved
 * @param person staff number of who is logged in
 * @param terminal id of this terminal
 * @param at now; null when the clock is doubtful
 */
public record GrantInUse(ExportGrant grant, String person, String terminal, @Nullable Instant at) {}
