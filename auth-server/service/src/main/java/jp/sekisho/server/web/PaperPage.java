package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A printed form: 電磁的記録媒体等使用許可申請書, the 許可書, the 持出簿 of a month, or the 申請書 and 許可書 of an
 * exceptional measure (例外措置).
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record PaperPage(Frame frame, String person, String terminal, @Nullable Content content) {
  /**
   * The part that only an active session gets; all words are in the page's language, days as 令和8年….
   *
   * @param kind {@code request permit register measure-request measure-permit breach}
   * @param title what the 機関 calls the form
   * @param date of printing
   * @param to whom it is addressed; "" for nobody
   * @param from who issues it; "" for nobody
   * @param rows what a single form says, in order
   * @param signatures of a permit
   * @param lines of a register
   * @param note what the 機関 has printed below; "" for nothing
   * @param back where the page leads back to
   */
  public record Content(
      String kind,
      String title,
      String date,
      String to,
      String from,
      List<Row> rows,
      List<Signed> signatures,
      List<Line> lines,
      String note,
      String back) {
    public Content {
      rows = List.copyOf(rows);
      signatures = List.copyOf(signatures);
      lines = List.copyOf(lines);
    }
  }

  /** One row of a form. */
  public record Row(String name, String value) {}

  /**
   * A card's signature.
   *
   * @param what approval, which of two, or extension
   * @param until until when, and how long
   * @param by who, with in whose place
   * @param signature short id
   */
  public record Signed(String what, String at, String by, String until, String signature) {}

  /**
   * One line of the register.
   *
   * @param kind what it was used for
   */
  public record Line(
      String medium,
      String kind,
      String user,
      String terminal,
      String out,
      String until,
      String returned,
      String returnedBy,
      String approver,
      String signature,
      String state) {}
}
