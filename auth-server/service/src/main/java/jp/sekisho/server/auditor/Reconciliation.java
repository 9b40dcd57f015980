package jp.sekisho.server.auditor;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.server.audit.EntryHit;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.EntryIndex;
import jp.sekisho.server.audit.EntryIndex.Hits;
import jp.sekisho.server.audit.EntryQuery;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.grant.Dossier;
import jp.sekisho.server.grant.Grant;
import jp.sekisho.server.grant.UsedGrants;
import jp.sekisho.server.grant.UsedGrants.Known;
import jp.sekisho.server.grant.UsedGrants.Place;
import org.jspecify.annotations.Nullable;

/**
 * Holds what terminals recorded against the exceptions of a 機関 (突合): each opening, write, imported
 * file and copy over a boundary against the exception it names, each use against its return or the
 * receipt of who got the medium, and what passed against what could. Thread-safe.
 *
 * <p>What terminals did comes from the log, exceptions from their sealed rows. Neither side is
 * believed for the other: an opening or a write without an exception, and an exception closed
 * without an opening, are both shown. A page looks at a bounded number of each. What is about no
 * medium has none to open, to return or to erase.
 *
 * <p>Past 400 lines: what can be missing on either side is told in one place.
 */
public final class Reconciliation {
  /** What a page shows of each kind, about. */
  public static final int PAGE = 50;

  /** How many looks at {@link #PAGE} entries or rows a page takes at most. */
  private static final int LOOKS = 10;

  /** Entries of one type about one exception; more than these are not counted. */
  static final int MOST_OPENINGS = 20;

  /** What the clock of a terminal may differ from the service's without a word about it. */
  static final Duration SKEW = Duration.ofMinutes(5);

  /**
   * Writes, imported files or copies of one exception in a generation of the log; more than these
   * are not counted.
   */
  static final int MOST_WRITES = 500;

  private static final String OPENED = "export.opened";
  private static final String WRITTEN = "export.written";
  private static final String RELEASED = "import.released";
  private static final String CROSSED = "clipboard.crossed";
  private static final String IMPORTING = "import.opened";
  private static final String COPYING = "clipboard.opened";
  private static final String ACTIVATED = "grant.activated";

  private final EntryIndex index;
  private final UsedGrants grants;

  public Reconciliation(EntryIndex index, UsedGrants grants) {
    this.index = index;
    this.grants = grants;
  }

  /** What passes under an exception, each with the word of the log for it. */
  private static final List<String> PASSING = List.of(WRITTEN, RELEASED, CROSSED);

  /** What is looked at without an exception, too. */
  private static final List<String> DONE = List.of(OPENED, WRITTEN, IMPORTING, RELEASED, CROSSED);

  /** A use begins at a terminal, and may begin again. */
  private static final List<String> OPENINGS = List.of(OPENED, IMPORTING, COPYING);

  private static final List<String> CLOSINGS = List.of("export.closed", "clipboard.closed");

  /** What the policy lets over a boundary without any exception, marked. */
  private static final List<String> LET = List.of("audit", "warn");

  /** Why something does not fit the exception it names. */
  public enum Doubt {
    /** It names none, one that is not this 機関's, or one that was never activated. */
    NO_GRANT,
    /** The exception is for another terminal. */
    OTHER_TERMINAL,
    /** Before the exception was activated. */
    EARLY,
    /** After the use was over, by its deadline, its return or its revocation. */
    LATE,
    /** The exception's row was edited. */
    EDITED,
    /** Something was written under an exception by which nothing leaves. */
    READ_ONLY,
    /** It was written to another medium. */
    OTHER_MEDIUM,
    /** The exception is for another kind of use. */
    OTHER_KIND
  }

  /** What a use still lacks. */
  public enum Lack {
    /** The medium neither came back when it was due nor was handed over. */
    RETURN,
    /** It came back, and nobody confirmed that it is erased. */
    ERASURE,
    /** Nobody reported the use of an occurrence (事後報告未了). */
    REPORT,
    /** It is closed, and no terminal recorded that it opened the medium. */
    OPENING,
    /** Something was written, the use is over, and nobody has the medium back or its receipt. */
    HAND_OVER,
    /** It was handed over, and no terminal recorded that it wrote anything. */
    WRITING,
    /** More files or more data passed than the text says. */
    EXCESS
  }

  /** An opening, a write, an imported file or a copy that does not fit. */
  public record Opening(long index, Entry entry, Doubt doubt) {}

  /**
   * Such of them, newest first.
   *
   * @param broken how many entries among them are not as they were integrated
   * @param next from where older ones are found; null when there are none
   */
  public record Openings(List<Opening> found, int broken, @Nullable Position next) {
    public Openings {
      found = List.copyOf(found);
    }
  }

  /**
   * A use.
   *
   * @param openings how often terminals recorded that they opened the medium or let copies over a
   *     boundary from then on, at most {@value #MOST_OPENINGS} a generation of the log
   * @param opened the first of these; null for none
   * @param closed when it was last recorded as closed; null for never
   * @param files how many files were written or imported; of more than {@value #MOST_WRITES} a
   *     generation of the log, the first of them; 0 of the clipboard
   * @param bytes of their content together, of the same, or of what went over a boundary
   * @param lacks nothing for a use that is still going on, or is matched
   */
  public record Line(
      Dossier dossier,
      int openings,
      @Nullable Instant opened,
      @Nullable Instant closed,
      int files,
      long bytes,
      Set<Lack> lacks) {
    public Line {
      lacks = lacks.isEmpty() ? Set.of() : Set.copyOf(lacks);
    }
  }

  /**
   * Uses, newest first.
   *
   * @param edited how many rows among them are not believed
   */
  public record Uses(List<Line> found, int edited, @Nullable Place next) {
    public Uses {
      found = List.copyOf(found);
    }
  }

  /** What the newest generation of the organ's log has of all this that fits no exception. */
  public Openings openings(String organ, Position before) {
    List<Opening> found = new ArrayList<>();
    List<EntryQuery> queries = DONE.stream().map(EntryQuery.ALL::withEvent).toList();
    int broken = 0;
    Position at = before;
    for (int look = 0; look < LOOKS && at != null && found.size() < PAGE; look++) {
      Hits hits = index.find(organ, queries, hit -> hit.index() >= 0, at, PAGE);
      for (LogRow row : index.entries(organ, hits.hits(), EntryQuery.ALL)) {
        switch (row) {
          case LogRow.Tampered _ -> broken++;
          case LogRow.Intact(long number, Entry entry) -> {
            Doubt doubt = doubt(organ, number, entry);
            if (doubt != null) {
              found.add(new Opening(number, entry, doubt));
            }
          }
        }
      }
      at = hits.next();
    }
    return new Openings(found, broken, at);
  }

  /** When it was, by the clock of the terminal that recorded it. */
  public static Instant at(Entry entry) {
    try {
      return entry.device().get("time") instanceof String time ? Instant.parse(time) : entry.time();
    } catch (DateTimeException e) {
      return entry.time();
    }
  }

  private @Nullable Doubt doubt(String organ, long number, Entry entry) {
    if (!DONE.contains(entry.type())) {
      return null; // as the log says it; the index found it by another word
    }
    if (entry.type().equals(CROSSED)
        && !entry.data().containsKey("grant")
        && LET.contains(entry.data().get("effect"))) {
      return null; // the policy let it, and no exception was asked
    }
    EntryHit hit = EntryHit.of(number, entry);
    String id = hit.grant();
    return id == null
        ? Doubt.NO_GRANT
        : switch (grants.find(organ, id)) {
          case Known.None _ -> Doubt.NO_GRANT;
          case Known.Edited _ -> Doubt.EDITED;
          case Known.Sound(Dossier dossier) -> {
            Doubt doubt = doubt(dossier.grant(), hit.terminal(), at(entry));
            yield doubt == null ? doubt(dossier, entry) : doubt;
          }
        };
  }

  /** What there is against something that a use of its exception was the time for. */
  private static @Nullable Doubt doubt(Dossier dossier, Entry done) {
    ExportGrant text = dossier.text();
    boolean its =
        switch (text.capability()) {
          case USB_READ -> done.type().equals(OPENED);
          case USB_EXPORT_ENCRYPTED, EXPORT_PLAIN ->
              done.type().equals(OPENED) || done.type().equals(WRITTEN);
          case MEDIA_IMPORT -> done.type().equals(IMPORTING) || done.type().equals(RELEASED);
          case CLIPBOARD -> done.type().equals(CROSSED);
        };
    if (!its) {
      boolean written = done.type().equals(WRITTEN) && text.capability() == Capability.USB_READ;
      return written ? Doubt.READ_ONLY : Doubt.OTHER_KIND;
    }
    return !done.type().equals(WRITTEN) || Objects.equals(text.medium(), done.data().get("medium"))
        ? null
        : Doubt.OTHER_MEDIUM;
  }

  private static @Nullable Doubt doubt(
      @Nullable Grant grant, @Nullable String terminal, Instant openedAt) {
    if (grant == null || grant.use() == null) {
      return Doubt.NO_GRANT;
    }
    if (!grant.terminal().equals(terminal)) {
      return Doubt.OTHER_TERMINAL;
    }
    if (openedAt.isBefore(grant.use().at().minus(SKEW))) {
      return Doubt.EARLY;
    }
    Instant deadline = grant.use().deadline();
    Instant ended = grant.ended();
    Instant last = ended != null && ended.isBefore(deadline) ? ended : deadline;
    return openedAt.isAfter(last.plus(SKEW)) ? Doubt.LATE : null;
  }

  /**
   * Uses.
   *
   * @param all those that lack nothing as well
   */
  public Uses uses(String organ, Place before, boolean all) {
    List<Line> found = new ArrayList<>();
    int edited = 0;
    Place at = before;
    for (int look = 0; look < LOOKS && at != null && found.size() < PAGE; look++) {
      UsedGrants.Page page = grants.before(organ, at, PAGE);
      edited += page.edited();
      for (Dossier dossier : page.sound()) {
        Line line = line(organ, dossier);
        if (all || !line.lacks().isEmpty()) {
          found.add(line);
        }
      }
      at = page.next();
    }
    return new Uses(found, edited, at);
  }

  private Line line(String organ, Dossier dossier) {
    int openings = 0;
    Instant opened = null;
    Instant closed = null;
    boolean kept = false;
    for (String log : index.generations(organ)) {
      List<EntryHit> hits =
          index.about(
              log,
              dossier.id(),
              Stream.of(List.of(ACTIVATED), OPENINGS, CLOSINGS).flatMap(List::stream).toList(),
              MOST_OPENINGS);
      // As the log says it, not as the index does: a row of the index is sealed by nobody.
      for (LogRow row : index.entries(log, hits, EntryQuery.ALL)) {
        if (row instanceof LogRow.Intact(long _, Entry entry)
            && dossier.id().equals(entry.data().get("grant"))) {
          if (OPENINGS.contains(entry.type())) {
            openings++;
            opened = opened == null ? at(entry) : opened;
          } else if (CLOSINGS.contains(entry.type())) {
            closed = at(entry);
          } else {
            kept = true;
          }
        }
      }
    }
    // Of a use whose beginning the log has no more (or not yet), nothing says it was not opened.
    boolean opens = openings > 0 || !kept;
    Passed passed = passed(organ, dossier);
    Set<Lack> lacks = lacks(dossier, opens, grants.now());
    lacks.addAll(lacks(dossier, passed, kept, grants.now()));
    return new Line(dossier, openings, opened, closed, passed.files(), passed.bytes(), lacks);
  }

  /**
   * What terminals recorded that passed under an exception, whatever it was for.
   *
   * @param written the keyed hashes of the names of what was written, whose parts are one file
   * @param released how many files were imported
   * @param bytes of content, and of what went over a boundary
   */
  private record Passed(Set<Object> written, int released, long bytes) {
    int files() {
      return written.size() + released;
    }
  }

  private Passed passed(String organ, Dossier dossier) {
    Set<Object> written = new HashSet<>();
    int released = 0;
    long bytes = 0;
    for (String log : index.generations(organ)) {
      List<EntryHit> hits = index.about(log, dossier.id(), PASSING, MOST_WRITES);
      for (LogRow row : index.entries(log, hits, EntryQuery.ALL)) {
        if (row instanceof LogRow.Intact(long _, Entry entry)
            && PASSING.contains(entry.type())
            && dossier.id().equals(entry.data().get("grant"))) {
          if (entry.type().equals(WRITTEN) && entry.data().get("name") instanceof String name) {
            written.add(name);
          }
          released += entry.type().equals(RELEASED) ? 1 : 0;
          String size = entry.type().equals(WRITTEN) ? "content" : "bytes";
          bytes += entry.data().get(size) instanceof Long many ? Math.max(0, many) : 0;
        }
      }
    }
    return new Passed(written, released, bytes);
  }

  /**
   * @param kept whether the log still has the beginning of the use, and so all of it
   */
  private static Set<Lack> lacks(Dossier dossier, Passed passed, boolean kept, Instant now) {
    Set<Lack> lacks = EnumSet.noneOf(Lack.class);
    Grant grant = dossier.grant();
    if (grant == null || grant.use() == null) {
      return lacks;
    }
    boolean wrote = !passed.written().isEmpty();
    boolean over = grant.ended() != null || !now.isBefore(grant.use().deadline());
    if (wrote && over && dossier.isOut()) {
      lacks.add(Lack.HAND_OVER);
    }
    ExportGrant.Amount most = dossier.text().amount();
    if (most == null) {
      return lacks;
    }
    if (!wrote && kept && grant.receipt() != null) {
      lacks.add(Lack.WRITING);
    }
    if (passed.files() > most.files() || passed.bytes() > most.bytes()) {
      lacks.add(Lack.EXCESS);
    }
    return lacks;
  }

  private static Set<Lack> lacks(Dossier dossier, boolean opened, Instant now) {
    Set<Lack> lacks = EnumSet.noneOf(Lack.class);
    Grant grant = dossier.grant();
    if (grant == null || grant.use() == null) {
      return lacks;
    }
    if (dossier.isOut() && !now.isBefore(dossier.text().end())) {
      lacks.add(Lack.RETURN);
    }
    if (grant.isUnerased()) {
      lacks.add(Lack.ERASURE);
    }
    if (dossier.isUnreported()) {
      lacks.add(Lack.REPORT);
    }
    if (grant.returned() != null && !opened) {
      lacks.add(Lack.OPENING);
    }
    return lacks;
  }
}
