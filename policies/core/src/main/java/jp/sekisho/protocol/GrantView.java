package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exception as a person may see it: {@code GET /api/v1/grants/<id>}, and the answer to every
 * step.
 *
 * @param id base64url of 16 bytes
 * @param state {@code requested approved-once remanded approved active used closed}, or {@code
 *     rejected withdrawn expired revoked}; {@code approved-once} where one of two approvals is
 *     there
 * @param overdue whether the medium should be back and is not confirmed (返却遅れ)
 * @param requester staff number
 * @param person staff number of who uses it
 * @param terminal terminal id
 * @param medium id of the registered medium; null where it is about none
 * @param start ISO-8601 UTC, as all times here
 * @param minutes longest use from activation; like {@code end} with what an extension added
 * @param text the exact text an approver's card signs
 * @param detail base64url of the SHA-256 of {@code text}
 * @param requestedAt when it was asked for
 * @param decidedBy staff number of who approved or rejected it; null before
 * @param decidedAt when that was; null before
 * @param activatedAt null before its use
 * @param deadline when the use must be over; null before it
 * @param endedAt when the use was over; null before
 * @param returnedAt when the medium's return was confirmed, or it was handed over; null before
 * @param receipt the recipient's number (受領番号) where it was handed over; null where it came back
 * @param erasedAt when it was confirmed that what was on the returned medium is erased; null before
 * @param remanded the last time it was sent back; stays when it is sent again; null if never
 * @param extension the newest extension asked for; null if none was
 * @param reviews what deputies decided about it (代決), oldest first; not in lists
 * @param series of a series (定例許可) and its occurrences; null for an exception that is used once
 * @param useReport what became of an occurrence's use (事後報告); null before
 * @param unreported whether that report is missing (事後報告未了)
 * @param reportDue when it is due; null where none is missing
 * @param reportOverdue whether it is past that
 * @param capability {@code usb-read}, {@code usb-export-encrypted}, {@code export-plain}, {@code
 *     media-import} or {@code clipboard}
 * @param attendant staff number of who stands by; null for nobody
 * @param export what leaves; null where nothing does
 * @param bounds how much is imported or goes over a boundary; null where neither happens
 * @param two whether two persons have to approve it
 * @param firstBy staff number of the first of two approvers; null before, and where one is enough
 * @param firstAt when that was; null before
 * @param actions what the asking person may do now: {@code approve remand reject correct withdraw
 *     extend revoke return hand-over erase report review}; while an extension waits, approve and
 *     reject are about it
 */
public record GrantView(
    String id,
    String state,
    boolean overdue,
    String requester,
    String person,
    String terminal,
    @Nullable String medium,
    String start,
    String end,
    int minutes,
    String text,
    String detail,
    String requestedAt,
    @Nullable String decidedBy,
    @Nullable String decidedAt,
    @Nullable String activatedAt,
    @Nullable String deadline,
    @Nullable String endedAt,
    @Nullable String returnedAt,
    @Nullable String receipt,
    @Nullable String erasedAt,
    @Nullable Remanded remanded,
    @Nullable ExtensionView extension,
    List<ReviewLine> reviews,
    @Nullable SeriesView series,
    @Nullable UseReport useReport,
    boolean unreported,
    @Nullable String reportDue,
    boolean reportOverdue,
    String capability,
    @Nullable String attendant,
    @Nullable NewExport export,
    @Nullable NewBounds bounds,
    boolean two,
    @Nullable String firstBy,
    @Nullable String firstAt,
    List<String> actions) {
  public GrantView {
    reviews = List.copyOf(reviews);
    actions = List.copyOf(actions);
  }
}
