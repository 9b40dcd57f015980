package jp.sekisho.server.emergency;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * One 緊急時の例外措置; times in milliseconds.
 *
 * @param id base64url of 16 bytes, the request of the signed text
 * @param person staff number of who could read the medium
 * @param approvers staff numbers of the two who approved at the terminal
 * @param why the text's reason
 * @param opened by the terminal's clock
 * @param arrived when this service heard of it
 * @param ended null while it may be open
 * @param report null until reported
 * @param confirmed null until another person confirmed it
 * @param overdue when it was noticed that it is late; null if never
 */
record EmergencyCase(
    String id,
    String organ,
    String terminal,
    String person,
    List<String> approvers,
    String fingerprint,
    String why,
    int minutes,
    Instant opened,
    Instant arrived,
    @Nullable End ended,
    @Nullable Report report,
    @Nullable Confirmation confirmed,
    @Nullable Instant overdue) {
  /** From its arrival until it is to be reported and confirmed. */
  static final Duration DUE = Duration.ofDays(3);

  EmergencyCase {
    approvers = List.copyOf(approvers);
  }

  /**
   * The medium was closed.
   *
   * @param at by the terminal's clock
   */
  record End(Instant at, String cause) {}

  /** 事後報告. */
  record Report(String people, String contents, String document, Instant at, String by) {
    /** base64url SHA-256 of what it says. */
    String detail() {
      return Sha256.text(
          CanonicalJson.write(
              java.util.Map.of("people", people, "contents", contents, "document", document)));
    }
  }

  /** Another person's confirmation. */
  record Confirmation(Instant at, String by) {}

  /** The word on the wire. */
  String state() {
    return confirmed != null ? "confirmed" : report != null ? "reported" : "unreported";
  }

  Instant due() {
    return arrived.plus(DUE);
  }

  boolean isLate(Instant now) {
    return confirmed == null && !now.isBefore(due());
  }

  EmergencyCase ended(End end) {
    return with(end, report, confirmed, overdue);
  }

  EmergencyCase reported(Report next) {
    return with(ended, next, confirmed, overdue);
  }

  EmergencyCase confirmed(Confirmation by) {
    return with(ended, report, by, overdue);
  }

  EmergencyCase overdue(Instant at) {
    return with(ended, report, confirmed, at);
  }

  private EmergencyCase with(
      @Nullable End newEnd,
      @Nullable Report newReport,
      @Nullable Confirmation newConfirmation,
      @Nullable Instant newOverdue) {
    return new EmergencyCase(
        id,
        organ,
        terminal,
        person,
        approvers,
        fingerprint,
        why,
        minutes,
        opened,
        arrived,
        newEnd,
        newReport,
        newConfirmation,
        newOverdue);
  }
}
