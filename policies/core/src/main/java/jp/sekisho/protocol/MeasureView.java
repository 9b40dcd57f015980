package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exceptional measure (例外措置): {@code GET /api/v1/measures/<id>}, and the answer to every step.
 *
 * @param id base64url of 16 bytes
 * @param number what people and policies call it, such as {@code E-0007}
 * @param state {@code requested permitted renewed ended}, or {@code rejected withdrawn expired}
 * @param running whether it counts today
 * @param overdue {@code review} when its review is late, {@code end} when it is over and nobody
 *     said that it was ended or renewed; null otherwise
 * @param asker staff number of who asked
 * @param terminals ids of terminals it is about; empty when it names none
 * @param division code of the division it is about; null when it names none
 * @param rule id of the rule it deviates from; null when it names none
 * @param substitute 代替措置
 * @param document 文書番号; null for none
 * @param from first day
 * @param review day by which it must be looked at again
 * @param until last day
 * @param renews number of the measure it carries on; null for none
 * @param text the exact text that the CISO's card signs
 * @param detail base64url of the SHA-256 of {@code text}
 * @param requestedAt ISO-8601 UTC, as all times here
 * @param decidedBy staff number of who permitted or rejected it; null before
 * @param signature short id of the CISO's signature; null before
 * @param note why it was rejected or how it ended; null before
 * @param endedBy staff number of who ended it; null before
 * @param finding what the review found; null before
 * @param actions what the asking person may do now: {@code approve reject withdraw review end
 *     renew}
 */
public record MeasureView(
    String id,
    String number,
    String state,
    boolean running,
    @Nullable String overdue,
    String asker,
    List<String> terminals,
    @Nullable String division,
    @Nullable String rule,
    String reason,
    String substitute,
    @Nullable String document,
    String from,
    String review,
    String until,
    @Nullable String renews,
    String text,
    String detail,
    String requestedAt,
    @Nullable String decidedBy,
    @Nullable String decidedAt,
    @Nullable String signature,
    @Nullable String note,
    @Nullable String endedBy,
    @Nullable String endedAt,
    @Nullable String reviewedBy,
    @Nullable String reviewedAt,
    @Nullable String finding,
    List<String> actions) {
  public MeasureView {
    terminals = List.copyOf(terminals);
    actions = List.copyOf(actions);
  }
}
