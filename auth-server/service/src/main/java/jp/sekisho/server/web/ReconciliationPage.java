package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of what does not fit between exceptions and the log (突合).
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record ReconciliationPage(
    Frame frame, String person, String terminal, @Nullable Content content) {
  /**
   * The part that only an active session gets.
   *
   * @param openings without an exception or outside its time, newest first
   * @param olderOpenings the address of older ones; null when there are none
   * @param uses that lack a return, an erasure or a report, or all of them where asked
   * @param unopened closed, and no terminal recorded an opening
   * @param olderUses the address of older ones of both; null when there are none
   * @param all whether uses that lack nothing are shown as well
   * @param missing what could not be looked at yet, in words; "" for nothing
   * @param edited what was not believed, in words; "" for nothing
   */
  public record Content(
      List<Opening> openings,
      @Nullable String olderOpenings,
      List<Use> uses,
      List<Use> unopened,
      @Nullable String olderUses,
      boolean all,
      String missing,
      String edited) {
    public Content {
      openings = List.copyOf(openings);
      uses = List.copyOf(uses);
      unopened = List.copyOf(unopened);
    }
  }

  /**
   * An opening, or a write; times in Japan Standard Time, "—" for what is not known.
   *
   * @param event what was recorded, in words
   * @param grant its id; null where it names none that can be shown
   * @param doubt stable word
   */
  public record Opening(
      long index,
      String event,
      String at,
      String terminal,
      String person,
      String medium,
      @Nullable String grant,
      String doubt,
      String doubtWords) {}

  /**
   * A use.
   *
   * @param lacks stable words
   * @param verdict what it lacks, or that everything fits, in words
   * @param terminals what terminals recorded: how often, from when to when
   * @param end its return or hand-over, with the receipt number
   */
  public record Use(
      String grant,
      String person,
      String terminal,
      String medium,
      String activated,
      String due,
      String terminals,
      String end,
      String erased,
      List<String> lacks,
      String verdict) {
    public Use {
      lacks = List.copyOf(lacks);
    }
  }
}
