package jp.sekisho.server.auditor;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.ExportGrant;
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
 * Holds what terminals recorded of media against the exceptions of a 機関 (突合): each opening and each
 * write against the exception it names, each use against its return or the receipt of who got the
 * medium, and what was written against what could leave. Thread-safe.
 *
 * <p>Openings and writes come from the log, exceptions from their sealed rows. Neither side is
 * believed for the other: an opening or a write without an exception, and an exception closed
 * without an opening, are both shown. A page looks at a bounded number of each.
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

  /** Writes of one exception in a generation of the log; more than these are not counted. */
  static final int MOST_WRITES = 500;

  private static final String OPENED = "export.opened";
  private static final String WRITTEN = "export.written";
  private static final String CLOSED = "export.closed";
  private static final String ACTIVATED = "grant.activated";

  private final EntryIndex index;
  private final UsedGrants grants;

  public Reconciliation(EntryIndex index, UsedGrants grants) {
    this.index = index;
    this.grants = grants;
  }

  /** Why an opening or a write does not fit the exception it names. */
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
    OTHER_MEDIUM
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
    /** More files or more data were written than could leave. */
    EXCESS
  }

  /** An opening or a write that does not fit. */
  public record Opening(long index, Entry entry, Doubt doubt) {}

  /**
   * Such openings, newest first.
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
   * @param openings how often terminals recorded that they opened the medium, at most {@value
   *     #MOST_OPENINGS} a generation of the log
   * @param opened the first of these; null for none
   * @param closed when it was last recorded as closed; null for never
   * @param files how many files were written; of more than {@value #MOST_WRITES} writes a
   *     generation of the log, the first of them
   * @param bytes of their content together, of the same writes
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

  /** Openings and writes of the newest generation of the organ's log that fit no exception. */
  public Openings openings(String organ, Position before) {
    List<Opening> found = new ArrayList<>();
    List<EntryQuery> queries =
        List.of(EntryQuery.ALL.withEvent(OPENED), EntryQuery.ALL.withEvent(WRITTEN));
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
    boolean written = entry.type().equals(WRITTEN);
    if (!written && !entry.type().equals(OPENED)) {
      return null; // as the log says it; the index found it by another word
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
            yield doubt != null || !written ? doubt : doubt(dossier, entry);
          }
        };
  }

  /** What there is against a write that a use of its exception was the time for. */
  private static @Nullable Doubt doubt(Dossier dossier, Entry written) {
    if (dossier.text().export() == null) {
      return Doubt.READ_ONLY;
    }
    return dossier.text().medium().equals(written.data().get("medium")) ? null : Doubt.OTHER_MEDIUM;
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
          index.about(log, dossier.id(), List.of(ACTIVATED, OPENED, CLOSED), MOST_OPENINGS);
      // As the log says it, not as the index does: a row of the index is sealed by nobody.
      for (LogRow row : index.entries(log, hits, EntryQuery.ALL)) {
        if (row instanceof LogRow.Intact(long _, Entry entry)
            && dossier.id().equals(entry.data().get("grant"))) {
          switch (entry.type()) {
            case OPENED -> {
              openings++;
              opened = opened == null ? at(entry) : opened;
            }
            case CLOSED -> closed = at(entry);
            default -> kept = true;
          }
        }
      }
    }
    // Of a use whose beginning the log has no more (or not yet), nothing says it was not opened.
    boolean opens = openings > 0 || !kept;
    Written written = written(organ, dossier);
    Set<Lack> lacks = lacks(dossier, opens, grants.now());
    lacks.addAll(lacks(dossier, written, kept, grants.now()));
    return new Line(
        dossier, openings, opened, closed, written.files().size(), written.bytes(), lacks);
  }

  /**
   * What terminals recorded that they wrote under an exception.
   *
   * @param files the keyed hashes of their names
   * @param bytes of content
   */
  private record Written(Set<Object> files, long bytes) {}

  private Written written(String organ, Dossier dossier) {
    Set<Object> files = new HashSet<>();
    long bytes = 0;
    for (String log : index.generations(organ)) {
      List<EntryHit> hits = index.about(log, dossier.id(), List.of(WRITTEN), MOST_WRITES);
      for (LogRow row : index.entries(log, hits, EntryQuery.ALL)) {
        if (row instanceof LogRow.Intact(long _, Entry entry)
            && entry.type().equals(WRITTEN)
            && dossier.id().equals(entry.data().get("grant"))
            && entry.data().get("name") instanceof String name
            && entry.data().get("content") instanceof Long content) {
          files.add(name);
          bytes += Math.max(0, content);
        }
      }
    }
    return new Written(files, bytes);
  }

  /**
   * @param kept whether the log still has the beginning of the use, and so all of it
   */
  private static Set<Lack> lacks(Dossier dossier, Written written, boolean kept, Instant now) {
    Set<Lack> lacks = EnumSet.noneOf(Lack.class);
    Grant grant = dossier.grant();
    if (grant == null || grant.use() == null) {
      return lacks;
    }
    boolean wrote = !written.files().isEmpty();
    boolean over = grant.ended() != null || !now.isBefore(grant.use().deadline());
    if (wrote && over && grant.isOut()) {
      lacks.add(Lack.HAND_OVER);
    }
    ExportGrant.Export export = dossier.text().export();
    if (export == null) {
      return lacks;
    }
    if (!wrote && kept && grant.receipt() != null) {
      lacks.add(Lack.WRITING);
    }
    if (written.files().size() > export.files() || written.bytes() > export.bytes()) {
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
    if (grant.isOut() && !now.isBefore(dossier.text().end())) {
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
