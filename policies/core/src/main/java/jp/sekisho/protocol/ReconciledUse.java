package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The use of one exception beside what terminals recorded of it; times are ISO-8601 UTC.
 *
 * @param grant base64url of 16 bytes
 * @param state as {@link GrantView} says
 * @param medium id of the registered medium; null where it is about none
 * @param due when the medium has to be back; null where it is about none
 * @param openings how often terminals recorded that they opened it, at most 20
 * @param openedAt the first of these; null for none
 * @param closedAt when it was last recorded as closed; null for never
 * @param files how many files terminals recorded that they wrote or released; 0 of the clipboard
 * @param bytes of the content of these, or of what went over a boundary
 * @param returnedAt when its return was confirmed, or it was handed over; null before
 * @param receipt the recipient's number (受領番号) where it was handed over; null where not
 * @param erasedAt when its erasure was confirmed; null before
 * @param lacks {@code return erasure report opening hand-over writing excess}; empty where
 *     everything fits
 */
public record ReconciledUse(
    String grant,
    String state,
    String person,
    String terminal,
    @Nullable String medium,
    String activatedAt,
    @Nullable String due,
    int openings,
    @Nullable String openedAt,
    @Nullable String closedAt,
    int files,
    long bytes,
    @Nullable String returnedAt,
    @Nullable String receipt,
    @Nullable String erasedAt,
    List<String> lacks) {
  public ReconciledUse {
    lacks = List.copyOf(lacks);
  }
}
