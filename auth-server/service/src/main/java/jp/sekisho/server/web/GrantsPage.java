package jp.sekisho.server.web;

import java.util.List;
import java.util.Set;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.server.grant.Request;
import org.jspecify.annotations.Nullable;

/**
 * The page of exceptions (電磁的記録媒体等使用許可).
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record GrantsPage(Frame frame, String person, String terminal, @Nullable Content content) {

  /**
   * The part that only an active session gets.
   *
   * @param rows newest first; empty when one exception is shown
   * @param form what a new request begins with, or one that is to be mended; null for none
   * @param deputies who decides in whose place; null where that is nothing for this person
   * @param shown the exception that is shown alone; null for the list
   * @param notice why what was asked for is not shown; null when it is
   */
  public record Content(
      List<GrantRow> rows,
      @Nullable Form form,
      @Nullable Deputies deputies,
      @Nullable GrantRow shown,
      @Nullable RefusalText notice) {
    public Content {
      rows = List.copyOf(rows);
    }
  }

  /**
   * Who decides in whose place (代決), and what is to be looked at afterwards (後閲).
   *
   * @param start what the form of an absence begins with
   * @param end the same
   */
  public record Deputies(
      List<Place> places, List<Absence> absences, List<Review> reviews, String start, String end) {
    public Deputies {
      places = List.copyOf(places);
      absences = List.copyOf(absences);
      reviews = List.copyOf(reviews);
    }
  }

  /** A place in an order. */
  public record Place(
      String division, int rank, String person, String from, String until, String reference) {}

  /**
   * An absence.
   *
   * @param by who said so
   * @param mayEnd whether the session's person may end it
   */
  public record Absence(
      String id, String person, String start, String end, String by, boolean mayEnd) {}

  /**
   * What a deputy decided.
   *
   * @param step what, in words
   * @param decided who, and when
   * @param reviewed who looked at it, and when
   */
  public record Review(
      String grant, String step, String represented, String decided, String reviewed) {}

  /**
   * The form of a request.
   *
   * @param media ids of the organ's registered media
   * @param longestMinutes longest use
   * @param longestSpan longest time from start to end, in words
   * @param longestSeries longest series, in words; "" where there is none
   * @param kinds what can be asked for
   * @param recipients ids of those to whom files may go
   * @param corrects id of the request that is mended; null for a new one
   */
  public record Form(
      List<String> media,
      long longestMinutes,
      String longestSpan,
      String longestSeries,
      List<Kind> kinds,
      List<String> recipients,
      @Nullable String corrects,
      Filled filled) {
    public Form {
      media = List.copyOf(media);
      kinds = List.copyOf(kinds);
      recipients = List.copyOf(recipients);
    }

    /** Units for an amount of data, the smallest first. */
    public List<String> units() {
      return Sizes.UNITS;
    }
  }

  /**
   * What can be asked for.
   *
   * @param value the word on the wire
   */
  public record Kind(String value, String words) {}

  /**
   * An amount of data as its fields hold it.
   *
   * @param number with what decimals it has; "" for none
   * @param unit one of {@link Sizes#UNITS}
   */
  public record Amount(String number, String unit) {
    /** Of a new request. */
    static final Amount NONE = new Amount("", "MiB");
  }

  /**
   * What of its fields only a kind under which something passes or an attended use fills; empty for
   * nothing.
   *
   * @param size how much data
   * @param names one in each line
   */
  public record Leaving(
      String kind, String attendant, String recipient, String files, Amount size, String names) {
    /** Of a new request. */
    static final Leaving NOTHING = new Leaving("usb-read", "", "", "", Amount.NONE, "");
  }

  /**
   * What its fields begin with; empty for nothing. Times as input fields hold them, Japan Standard
   * Time.
   *
   * @param repeat {@code weekly}, {@code monthly} or empty
   * @param count how many times
   * @param others staff numbers of who takes turns
   */
  public record Filled(
      String person,
      String terminal,
      String medium,
      String start,
      String end,
      String repeat,
      String count,
      String others,
      long minutes,
      String subjects,
      String document,
      String legalBasis,
      String providedTo,
      String reason,
      Leaving leaving) {}

  /**
   * 差戻し.
   *
   * @param by who, and when
   */
  public record Remand(String reason, String by) {}

  /**
   * An extension that was asked for.
   *
   * @param state stable word
   * @param asked who asked for it, and when
   * @param decision who decided, and when
   * @param text the exact text a card signs
   */
  public record Longer(
      String state,
      String stateWords,
      String end,
      int minutes,
      String asked,
      String decision,
      String text,
      String detail) {}

  /**
   * The series (定例許可) an exception is, or is an occurrence of.
   *
   * @param id of the series
   * @param number which occurrence it is; 0 for the series itself
   * @param rule how often, in words
   * @param rota who uses it in turn; "" for one person only
   * @param times its occurrences, oldest first; none of an occurrence
   * @param months the months that were confirmed (月次確認), oldest first; none of an occurrence
   * @param due the month that this person can confirm; null for none
   * @param suspended whether it stays closed until its month is confirmed
   */
  public record Series(
      String id,
      int number,
      String rule,
      String rota,
      List<Time> times,
      List<Month> months,
      @Nullable Due due,
      boolean suspended) {
    public Series {
      times = List.copyOf(times);
      months = List.copyOf(months);
    }
  }

  /**
   * A month that was confirmed.
   *
   * @param by who, and when
   */
  public record Month(String month, String by) {}

  /**
   * A month to confirm.
   *
   * @param text the exact text a card signs
   */
  public record Due(String month, String text, String detail) {}

  /**
   * One occurrence.
   *
   * @param state stable word
   */
  public record Time(
      String id,
      int number,
      String start,
      String end,
      String state,
      String stateWords,
      boolean settled) {}

  /**
   * What became of a use (事後報告).
   *
   * @param by who, and when
   */
  public record Told(String said, String by) {}

  /** States in which there is no permit to print: none was given, or it was never used. */
  private static final Set<String> UNSIGNED =
      Set.of("requested", Request.APPROVED_ONCE, "remanded", "rejected", "withdrawn", "expired");

  /**
   * One exception in the page's language; times in Japan Standard Time, "—" before they exist.
   *
   * @param state stable word
   * @param text the exact text a card signs
   * @param decision who decided, and when
   * @param receipt the recipient's number where it was handed over; "" else
   * @param remand null if it was never sent back
   * @param extension the newest one asked for; null for none
   * @param reviews what deputies decided about it
   * @param series null for what is used once
   * @param report null before
   * @param unreported whether it is missing (事後報告未了)
   * @param reportDue when it is due
   * @param endField the end as an input field holds it
   * @param medium "—" where it is about none
   * @param ofMedium whether it is about a registered medium
   * @param kind what it opens, in words
   * @param attendant who stands by; "" for nobody
   * @param leaving what leaves, comes in or goes over a boundary, in words; "" for nothing
   * @param two whether two persons have to approve it
   * @param first who approved it first of two, and when; "" before
   * @param actions what the session's person may do, stable words
   */
  public record GrantRow(
      String id,
      String state,
      String stateWords,
      boolean overdue,
      String requester,
      String person,
      String terminal,
      String medium,
      boolean ofMedium,
      String start,
      String end,
      int minutes,
      String text,
      String detail,
      String requestedAt,
      String decision,
      String activatedAt,
      String deadline,
      String endedAt,
      String returnedAt,
      String receipt,
      String erasedAt,
      @Nullable Remand remand,
      @Nullable Longer extension,
      List<Review> reviews,
      @Nullable Series series,
      @Nullable Told report,
      boolean unreported,
      String reportDue,
      boolean reportOverdue,
      String endField,
      String kind,
      String attendant,
      String leaving,
      boolean two,
      String first,
      List<String> actions) {
    public GrantRow {
      reviews = List.copyOf(reviews);
      actions = List.copyOf(actions);
    }

    /** Whether there is a permit to print. */
    public boolean signed() {
      return !UNSIGNED.contains(state);
    }

    /** Whether the person may do {@code action} now. */
    public boolean may(String action) {
      return actions.contains(action);
    }
  }
}
