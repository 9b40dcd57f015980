package jp.sekisho.protocol.event;

import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The life of an exception (電磁的記録媒体等使用許可), step by step; the entry's {@code person} did the step,
 * its {@code terminal} is where. Free text of a request (reason, 文書番号, 提供先) is never in the log,
 * its hash {@code detail} is.
 *
 * <p>Past 400 lines: a sealed interface has its types in one file.
 */
public sealed interface GrantEvent extends AuditEvent {

  private static Map<String, Object> with(@Nullable String represented, Map<String, Object> data) {
    if (represented == null) {
      return data;
    }
    Map<String, Object> more = new TreeMap<>(data);
    more.put("represented", represented);
    return more;
  }

  /**
   * The entry's person looked at what a deputy decided (後閲).
   *
   * @param step what was decided
   * @param decider staff number of the deputy
   * @param represented staff number of the approver in whose place it was
   */
  record Reviewed(String grant, String step, String decider, String represented)
      implements GrantEvent {
    @Override
    public String type() {
      return "grant.reviewed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "step", step, "decider", decider, "represented", represented);
    }
  }

  /**
   * What passes under an exception, and who stands by.
   *
   * @param capability {@code usb-read}, {@code usb-export-encrypted}, {@code export-plain}, {@code
   *     media-import} or {@code clipboard}
   * @param attendant staff number (立会者); null for nobody
   * @param recipient id of the recipient; null where nothing leaves
   * @param files how many; 0 where it is not about files
   * @param bytes how much; 0 where a medium is only read
   */
  record Leaving(
      String capability,
      @Nullable String attendant,
      @Nullable String recipient,
      int files,
      long bytes) {
    private Map<String, Object> with(Map<String, Object> data) {
      Map<String, Object> more = new TreeMap<>(data);
      more.put("capability", capability);
      if (attendant != null) {
        more.put("attendant", attendant);
      }
      if (recipient != null) {
        more.put("recipient", recipient);
      }
      if (bytes > 0) {
        more.put("files", files);
        more.put("bytes", bytes);
      }
      return more;
    }
  }

  /**
   * A person asked for an exception.
   *
   * @param grant id of request and grant, base64url of 16 bytes
   * @param detail base64url SHA-256 of the text
   * @param user staff number of who will use it
   * @param at the terminal where it will be used
   * @param medium id of the registered medium; null where the text names none
   * @param start ISO-8601 UTC
   * @param end ISO-8601 UTC
   * @param minutes longest use from activation
   * @param subjects 本人の数
   * @param leaving what passes and who stands by; null where a medium is read and nobody does
   */
  record Requested(
      String grant,
      String detail,
      String user,
      String at,
      @Nullable String medium,
      String start,
      String end,
      int minutes,
      int subjects,
      @Nullable Leaving leaving)
      implements GrantEvent {
    /** One to read, at whose use nobody stands by. */
    public Requested(
        String grant,
        String detail,
        String user,
        String at,
        String medium,
        String start,
        String end,
        int minutes,
        int subjects) {
      this(grant, detail, user, at, medium, start, end, minutes, subjects, null);
    }

    @Override
    public String type() {
      return "grant.requested";
    }

    @Override
    public Map<String, Object> data() {
      return leaving == null ? read() : leaving.with(read());
    }

    private Map<String, Object> read() {
      Map<String, Object> data = new TreeMap<>();
      data.put("grant", grant);
      data.put("detail", detail);
      data.put("user", user);
      data.put("at", at);
      if (medium != null) {
        data.put("medium", medium);
      }
      data.put("start", start);
      data.put("end", end);
      data.put("minutes", minutes);
      data.put("subjects", subjects);
      return data;
    }
  }

  /**
   * A step was refused and nothing was changed.
   *
   * @param step {@code request approve remand reject correct withdraw extend revoke activate return
   *     hand-over erase report}
   * @param grant the id asked for; null when none was made or its form is wrong
   */
  record Refused(String step, @Nullable String grant, Refusal reason) implements GrantEvent {
    @Override
    public String type() {
      return "grant.refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("step", step);
      if (grant != null) {
        data.put("grant", grant);
      }
      return data;
    }
  }

  /**
   * A card approved the text; with the policy's list of approvers this entry alone proves it. Where
   * two are needed it is the second one's, after an {@link ApprovedOnce}.
   *
   * @param transaction the service's question
   * @param detail base64url SHA-256 of the approved text
   * @param statement base64url of the card statement's bytes
   * @param signature base64url of the card's signature over them
   * @param spki base64url of the DER of the card's SubjectPublicKeyInfo
   * @param represented staff number of the absent approver in whose place it was done (代決); null in
   *     the own right, as in all steps here
   */
  record Approved(
      String grant,
      String transaction,
      String detail,
      String statement,
      String signature,
      String spki,
      @Nullable String represented)
      implements GrantEvent {
    @Override
    public String type() {
      return "grant.approved";
    }

    @Override
    public Map<String, Object> data() {
      return with(
          represented,
          Map.of(
              "grant",
              grant,
              "transaction",
              transaction,
              "detail",
              detail,
              "statement",
              statement,
              "signature",
              signature,
              "spki",
              spki));
    }
  }

  /**
   * The card of the first of two approvers approved the text; nothing opens before the second one's
   * {@link Approved}. With the policy's list of approvers this entry alone proves it.
   *
   * @param transaction the service's question
   * @param detail base64url SHA-256 of the approved text
   * @param statement base64url of the card statement's bytes
   * @param signature base64url of the card's signature over them
   * @param spki base64url of the DER of the card's SubjectPublicKeyInfo
   * @param represented as in {@link Approved}
   */
  record ApprovedOnce(
      String grant,
      String transaction,
      String detail,
      String statement,
      String signature,
      String spki,
      @Nullable String represented)
      implements GrantEvent {
    @Override
    public String type() {
      return "grant.approved-once";
    }

    @Override
    public Map<String, Object> data() {
      return new Approved(grant, transaction, detail, statement, signature, spki, represented)
          .data();
    }
  }

  /**
   * A card approved a series (定例許可); with the policy's list of approvers this entry alone proves
   * it. Its occurrences are {@link Occurrence}s.
   *
   * @param transaction the service's question
   * @param detail base64url SHA-256 of the approved text
   * @param statement base64url of the card statement's bytes
   * @param signature base64url of the card's signature over them
   * @param spki base64url of the DER of the card's SubjectPublicKeyInfo
   * @param repeat {@code weekly} or {@code monthly}
   * @param count how many occurrences
   * @param start of the first, ISO-8601 UTC
   * @param end of the last, ISO-8601 UTC
   * @param represented as in {@link Approved}
   */
  record SeriesApproved(
      String grant,
      String transaction,
      String detail,
      String statement,
      String signature,
      String spki,
      String repeat,
      int count,
      String start,
      String end,
      @Nullable String represented)
      implements GrantEvent {
    @Override
    public String type() {
      return "grant.series-approved";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data =
          new TreeMap<>(
              new Approved(grant, transaction, detail, statement, signature, spki, represented)
                  .data());
      data.put("repeat", repeat);
      data.put("count", count);
      data.put("start", start);
      data.put("end", end);
      return data;
    }
  }

  /**
   * The time of one occurrence of an approved series is near: it is an exception of its own now, by
   * the series' approval.
   *
   * @param grant id of the occurrence
   * @param series id of the series
   * @param number 1 for the first
   * @param start ISO-8601 UTC
   * @param end ISO-8601 UTC
   */
  record Occurrence(String grant, String series, int number, String start, String end)
      implements GrantEvent {
    @Override
    public String type() {
      return "grant.occurrence";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "series", series, "number", number, "start", start, "end", end);
    }
  }

  /**
   * A series is over before its last occurrence, because something it was approved for is not so
   * any more; or one of its occurrences ended with it, each by an entry of its own.
   *
   * @param grant id of the series, or of that occurrence
   * @param cause {@code person}, {@code terminal}, {@code medium} or {@code approver}: what was
   *     revoked, suspended, disposed of or has no post any more; of an occurrence also {@code
   *     withdrawn} or {@code revoked}, as the series was
   */
  record SeriesEnded(String grant, String cause) implements GrantEvent {
    @Override
    public String type() {
      return "grant.series-ended";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "cause", cause);
    }
  }

  /**
   * The time of an occurrence is near whose month nobody confirmed: it opens only once somebody did
   * ({@link SeriesConfirmed}).
   *
   * @param grant id of the series
   * @param number which occurrence
   * @param month {@code 2027-01}
   */
  record SeriesSuspended(String grant, int number, String month) implements GrantEvent {
    @Override
    public String type() {
      return "grant.series-suspended";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "number", number, "month", month);
    }
  }

  /**
   * A card let a series go on for a month (月次確認), after its person read what was used in the month
   * before; with the policy's list of approvers this entry alone proves it.
   *
   * @param grant id of the series
   * @param month {@code 2027-01}
   * @param transaction the service's question
   * @param text base64url of the approved text, which is not kept in another entry
   * @param statement base64url of the card statement's bytes
   * @param signature base64url of the card's signature over them
   * @param spki base64url of the DER of the card's SubjectPublicKeyInfo
   * @param represented as in {@link Approved}
   */
  record SeriesConfirmed(
      String grant,
      String month,
      String transaction,
      String text,
      String statement,
      String signature,
      String spki,
      @Nullable String represented)
      implements GrantEvent {
    @Override
    public String type() {
      return "grant.series-confirmed";
    }

    @Override
    public Map<String, Object> data() {
      return with(
          represented,
          Map.of(
              "grant",
              grant,
              "month",
              month,
              "transaction",
              transaction,
              "text",
              text,
              "statement",
              statement,
              "signature",
              signature,
              "spki",
              spki));
    }
  }

  /**
   * The entry's person said what became of the use of an occurrence (事後報告); what they said is in
   * the row only.
   */
  record Reported(String grant) implements GrantEvent {
    @Override
    public String type() {
      return "grant.reported";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant);
    }
  }

  /**
   * An approver sent it back to be mended (差戻し); why is in the request, not in the log.
   *
   * @param detail base64url SHA-256 of the text that was sent back
   */
  record Remanded(String grant, String detail, @Nullable String represented) implements GrantEvent {
    @Override
    public String type() {
      return "grant.remanded";
    }

    @Override
    public Map<String, Object> data() {
      return with(represented, Map.of("grant", grant, "detail", detail));
    }
  }

  /** Who asked sent it again, mended; the fields are those of {@link Requested}. */
  record Corrected(
      String grant,
      String detail,
      String user,
      String at,
      @Nullable String medium,
      String start,
      String end,
      int minutes,
      int subjects,
      @Nullable Leaving leaving)
      implements GrantEvent {
    /** One to read, at whose use nobody stands by. */
    public Corrected(
        String grant,
        String detail,
        String user,
        String at,
        String medium,
        String start,
        String end,
        int minutes,
        int subjects) {
      this(grant, detail, user, at, medium, start, end, minutes, subjects, null);
    }

    @Override
    public String type() {
      return "grant.corrected";
    }

    @Override
    public Map<String, Object> data() {
      return new Requested(grant, detail, user, at, medium, start, end, minutes, subjects, leaving)
          .data();
    }
  }

  /** An approver said no. */
  record Rejected(String grant, @Nullable String represented) implements GrantEvent {
    @Override
    public String type() {
      return "grant.rejected";
    }

    @Override
    public Map<String, Object> data() {
      return with(represented, Map.of("grant", grant));
    }
  }

  /** The requester took it back before it was used. */
  record Withdrawn(String grant) implements GrantEvent {
    @Override
    public String type() {
      return "grant.withdrawn";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant);
    }
  }

  /** An approver or administrator took it away after its approval. */
  record Revoked(String grant) implements GrantEvent {
    @Override
    public String type() {
      return "grant.revoked";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant);
    }
  }

  /**
   * The terminal may open what was approved from now on; the entry's {@code person} is logged in
   * there.
   *
   * @param medium id of the registered medium; null where the text names none
   * @param fingerprint of the medium as the terminal saw it; null with it
   * @param deadline ISO-8601 UTC
   */
  record Activated(
      String grant, @Nullable String medium, @Nullable String fingerprint, String deadline)
      implements GrantEvent {
    @Override
    public String type() {
      return "grant.activated";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("grant", grant);
      if (medium != null) {
        data.put("medium", medium);
      }
      if (fingerprint != null) {
        data.put("fingerprint", fingerprint);
      }
      data.put("deadline", deadline);
      return data;
    }
  }

  /**
   * More time was asked for, for a use that goes on (延長).
   *
   * @param detail base64url SHA-256 of the text that an approver's card would sign
   * @param end ISO-8601 UTC
   * @param minutes longest use from activation
   */
  record ExtensionRequested(String grant, String detail, String end, int minutes)
      implements GrantEvent {
    @Override
    public String type() {
      return "grant.extension-requested";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "detail", detail, "end", end, "minutes", minutes);
    }
  }

  /** An approver said no to more time; the use ends as it was approved. */
  record ExtensionRejected(String grant, String detail, @Nullable String represented)
      implements GrantEvent {
    @Override
    public String type() {
      return "grant.extension-rejected";
    }

    @Override
    public Map<String, Object> data() {
      return with(represented, Map.of("grant", grant, "detail", detail));
    }
  }

  /**
   * A card approved more time; with the policy's list of approvers this entry alone proves it.
   *
   * @param transaction the service's question
   * @param detail base64url SHA-256 of the approved text
   * @param statement base64url of the card statement's bytes
   * @param signature base64url of the card's signature over them
   * @param spki base64url of the DER of the card's SubjectPublicKeyInfo
   * @param deadline ISO-8601 UTC, until when it may be in use now
   * @param represented as in {@link Approved}
   */
  record Extended(
      String grant,
      String transaction,
      String detail,
      String statement,
      String signature,
      String spki,
      String deadline,
      @Nullable String represented)
      implements GrantEvent {
    @Override
    public String type() {
      return "grant.extended";
    }

    @Override
    public Map<String, Object> data() {
      return with(
          represented,
          Map.of(
              "grant",
              grant,
              "transaction",
              transaction,
              "detail",
              detail,
              "statement",
              statement,
              "signature",
              signature,
              "spki",
              spki,
              "deadline",
              deadline));
    }
  }

  /**
   * The time of use is over; the medium has to come back, or, where there is none, the exception is
   * closed.
   *
   * @param cause {@code deadline} or {@code end} as the terminal reported, {@code ended} where its
   *     person ended it there and there is no medium, {@code clock} when the service's clock passed
   *     the deadline first
   */
  record Ended(String grant, String cause) implements GrantEvent {
    @Override
    public String type() {
      return "grant.ended";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "cause", cause);
    }
  }

  /** Its end passed before it was approved or used. */
  record Expired(String grant) implements GrantEvent {
    @Override
    public String type() {
      return "grant.expired";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant);
    }
  }

  /**
   * The medium was not confirmed as returned when it was due (返却遅れ).
   *
   * @param due ISO-8601 UTC
   */
  record Overdue(String grant, String medium, String due) implements GrantEvent {
    @Override
    public String type() {
      return "grant.overdue";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "medium", medium, "due", due);
    }
  }

  /** The entry's person confirmed the medium's return (返却確認); the exception is closed. */
  record Returned(String grant, String medium) implements GrantEvent {
    @Override
    public String type() {
      return "grant.returned";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "medium", medium);
    }
  }

  /**
   * The medium was handed over to whom it was for (引渡し), who gave a receipt number (受領番号); the
   * exception is closed.
   *
   * @param receipt as the recipient numbered it
   */
  record HandedOver(String grant, String medium, String receipt) implements GrantEvent {
    @Override
    public String type() {
      return "grant.handed-over";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "medium", medium, "receipt", receipt);
    }
  }

  /** The entry's person confirmed that what was on the returned medium is erased (消去確認). */
  record Erased(String grant, String medium) implements GrantEvent {
    @Override
    public String type() {
      return "grant.erased";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "medium", medium);
    }
  }

  /**
   * The use of an occurrence was not reported when that was due (事後報告未了).
   *
   * @param due ISO-8601 UTC
   */
  record ReportOverdue(String grant, String due) implements GrantEvent {
    @Override
    public String type() {
      return "grant.report-overdue";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "due", due);
    }
  }
}
