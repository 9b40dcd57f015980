package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of the log page that only an active session gets.
 *
 * @param filter what was asked for
 * @param rows at most 50, newest first
 * @param newer link back to the newest entries; null when they are shown
 * @param older link to the page of older entries; null on the last
 * @param record newest signed checkpoint; null unless the reader audits this log
 * @param choices events to choose from, in the page's language
 * @param missing how many of the newest entries cannot be found yet
 * @param drawn what makes the sample again; null when none is shown
 * @param forks terminals that said lately that the log contradicts their mark of it
 * @param kept how long the log is kept; null unless the reader audits it
 * @param code what a table of names would be sealed to, shown once; null where none can be had
 * @param tried refused logins that the person should know of; null where there are none
 * @param system whether this is the log of what belongs to no organ
 * @param generations which part of a log that was begun anew; null for one that never was
 */
public record LogContent(
    LogFilter filter,
    List<EntryRow> rows,
    @Nullable String newer,
    @Nullable String older,
    @Nullable SignedRecord record,
    List<Choice> choices,
    long missing,
    @Nullable Drawn drawn,
    List<String> forks,
    @Nullable Kept kept,
    @Nullable String code,
    @Nullable Tried tried,
    boolean system,
    @Nullable Generations generations) {
  public LogContent {
    rows = List.copyOf(rows);
    choices = List.copyOf(choices);
    forks = List.copyOf(forks);
  }

  /**
   * An entry of a list of choices.
   *
   * @param value as it stands in an address
   */
  public record Choice(String value, String words) {}

  /**
   * A sample.
   *
   * @param seed 32 hexadecimal digits
   * @param size how many entries it was drawn from
   */
  public record Drawn(String seed, String size, String count) {}

  /**
   * How long a log is kept, and whether this month's root sheet is missing.
   *
   * @param years the term; null while it is not known any more and nothing is deleted
   * @param holds legal holds
   * @param doubts why nothing was deleted lately, as {@code log.prune-refused} says
   * @param sheetDue whether no root sheet was made since the month began, in Japan
   */
  public record Kept(
      @Nullable String years, List<Hold> holds, List<String> doubts, boolean sheetDue) {
    public Kept {
      holds = List.copyOf(holds);
      doubts = List.copyOf(doubts);
    }
  }

  /**
   * A legal hold.
   *
   * @param reference the document that ordered it
   */
  public record Hold(String id, String reference) {}

  /**
   * Lately refused logins with the person's own card or passkey.
   *
   * @param time of the last one, in Japan Standard Time
   * @param terminal where that was
   */
  public record Tried(String count, String time, String terminal) {}

  /**
   * A log that went on in another generation after it had lost entries.
   *
   * @param shown whose entries these are
   * @param newest the one that goes on
   * @param all those of which entries are here, the first one first
   * @param border where the shown one ends, or where the newest begins; null when its entry is gone
   */
  public record Generations(int shown, int newest, List<Generation> all, @Nullable Border border) {
    public Generations {
      all = List.copyOf(all);
    }

    /** Whether the shown one takes no more entries. */
    public boolean isClosed() {
      return shown < newest;
    }

    /** The one before the shown one of which entries are here. */
    public @Nullable Generation earlier() {
      return all.reversed().stream().filter(one -> one.number() < shown).findFirst().orElse(null);
    }
  }

  /** A generation, and the same question about it. */
  public record Generation(int number, String link) {}

  /**
   * What entry 0 of a generation says of the one before.
   *
   * @param time when it was begun, Japan Standard Time
   * @param known how many entries of the one before are known to have been signed
   * @param held how many of those are still here
   */
  public record Border(String time, String known, String held) {}

  /** The address of a page of this log. */
  public String address(String parameters) {
    String generation = filter.generation() == 0 ? "" : "generation=" + filter.generation() + "&";
    return "/log?" + (system ? "log=system&" : "") + generation + parameters;
  }

  /** The address of this log's plain list. */
  public String plain() {
    return address("").replaceFirst("[?&]$", "");
  }

  /** The generation as the end of an address of an export of the whole. */
  public String part() {
    return filter.generation() == 0 ? "" : "&generation=" + filter.generation();
  }

  /** A link of the filter's, to this log. */
  public String at(String link) {
    return system ? link.replaceFirst("^/log(\\?|$)", "/log?log=system&") : link;
  }

  /** Whether the index is so far behind that more than the newest entries is missing here. */
  public boolean behind() {
    return missing > LogReader.MOST_WAITED_FOR;
  }

  /** The conditions as the end of an address of an export. */
  public String conditions() {
    return filter.parameters();
  }

  /** Whether this is not the plain list. */
  public boolean narrowed() {
    return !filter.isAll();
  }

  /** Whether only the whole log can be taken away, since a question is no condition. */
  public boolean isWhole() {
    return filter.isAll() || filter.preset() != null || filter.sample() != null;
  }

  /**
   * The newest signed checkpoint (確定記録) of a log.
   *
   * @param organ whose log
   * @param origin its name in signatures
   * @param size number of entries under the signature
   * @param root base64 of the tree's root hash
   */
  public record SignedRecord(String organ, String origin, String size, String root) {}
}
