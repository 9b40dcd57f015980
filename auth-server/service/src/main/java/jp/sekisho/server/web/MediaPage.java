package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The register of media (媒体台帳).
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record MediaPage(Frame frame, String person, String terminal, @Nullable Content content) {
  /**
   * The part that only an active session gets.
   *
   * @param rows by number
   * @param keeps whether the session's person registers, counts and disposes
   */
  public record Content(List<MediumRow> rows, boolean keeps) {
    public Content {
      rows = List.copyOf(rows);
    }
  }

  /**
   * One medium in the page's language; times in Japan Standard Time.
   *
   * @param place stable word
   * @param held who has it from the counter or got it handed over, and until when; "—" else
   * @param overdue whether they should have brought it back
   * @param disposal when and by which document it was lost or disposed of; "—" while it is in use
   */
  public record MediumRow(
      String medium,
      String fingerprint,
      String registered,
      String place,
      String placeWords,
      String held,
      boolean overdue,
      String disposal) {
    /** Whether it may be disposed of now. */
    public boolean lies() {
      return place.equals("in") || place.equals("lost") || place.equals("handed-over");
    }

    /** Whether it may be handed out now. */
    public boolean lendable() {
      return place.equals("in") || place.equals("needed");
    }

    /** Whether it may be taken back now. */
    public boolean lent() {
      return place.equals("lent") || place.equals("handed-over");
    }

    /** Whether it may be recorded as lost. */
    public boolean losable() {
      return !place.equals("lost") && !place.equals("disposed");
    }
  }
}
