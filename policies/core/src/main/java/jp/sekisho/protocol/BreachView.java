package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A case of 漏えい等: {@code GET /api/v1/breaches/<id>}, and the answer to every step.
 *
 * @param id base64url of 16 bytes
 * @param number what people call it, such as {@code B-0007}
 * @param state {@code open preliminary reported closed}
 * @param known ISO-8601 UTC, as all times here: when any department first knew
 * @param kinds as of {@link NewBreach}
 * @param origin as of {@link NewBreach}
 * @param detail {@link BreachItems#detail} of {@code items}
 * @param shown {@link AmendedBreach#shown} of kinds and items
 * @param opener staff number of who opened it
 * @param soonDay the third day, from which a 速報 is pressing
 * @param preliminaryDay the last day for the 速報
 * @param countedDay the 30th or 60th day
 * @param finalDay the last day for the 確報: {@code countedDay}, or the next working day
 * @param holidays whether the policy in force names holidays of the year of {@code finalDay}
 * @param overdue reports whose last day passed without their being written down
 * @param soon whether the 速報 is pressing
 * @param firstReport null before the 速報
 * @param finalReport null before the 確報
 * @param closedBy staff number; null before
 * @param reason why no report is due; null unless closed for that
 * @param actions what the asking person may do now: {@code amend report close}
 */
public record BreachView(
    String id,
    String number,
    String state,
    String known,
    List<String> kinds,
    @Nullable String origin,
    @Nullable String source,
    BreachItems items,
    String detail,
    String shown,
    String opener,
    String openedAt,
    String soonDay,
    String preliminaryDay,
    String countedDay,
    String finalDay,
    boolean holidays,
    List<String> overdue,
    boolean soon,
    @Nullable MadeReport firstReport,
    @Nullable MadeReport finalReport,
    @Nullable String closedBy,
    @Nullable String closedAt,
    @Nullable String reason,
    List<String> actions) {
  public BreachView {
    kinds = List.copyOf(kinds);
    overdue = List.copyOf(overdue);
    actions = List.copyOf(actions);
  }
}
