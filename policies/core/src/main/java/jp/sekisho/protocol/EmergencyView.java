package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One 緊急時の例外措置 as the session's person may see it. Times are ISO-8601 UTC.
 *
 * @param state {@code unreported reported confirmed}: 事後報告未了 until confirmed
 * @param overdue not confirmed when it was due
 * @param person staff number of who could read the medium
 * @param approvers staff numbers of the two who approved at the terminal
 * @param fingerprint of the medium
 * @param medium id of the registered medium; null when it is none of the 機関
 * @param reason {@code disaster outage rescue duty}
 * @param minutes longest use
 * @param openedAt by the terminal's clock
 * @param arrivedAt when the service heard of it
 * @param due until when it is to be reported and confirmed
 * @param closedAt by the terminal's clock; null while it may be open
 * @param cause why it was closed; null until then
 * @param report what was reported last; null before
 * @param confirmedBy staff number; null until confirmed
 * @param actions what the person may do: {@code report confirm}
 */
public record EmergencyView(
    String id,
    String state,
    boolean overdue,
    String terminal,
    String person,
    List<String> approvers,
    String fingerprint,
    @Nullable String medium,
    String reason,
    int minutes,
    String openedAt,
    String arrivedAt,
    String due,
    @Nullable String closedAt,
    @Nullable String cause,
    @Nullable ReportedEmergency report,
    @Nullable String confirmedBy,
    @Nullable String confirmedAt,
    List<String> actions) {
  public EmergencyView {
    approvers = List.copyOf(approvers);
    actions = List.copyOf(actions);
  }
}
