package jp.sekisho.server.web;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import jp.sekisho.audit.sample.Lot;
import jp.sekisho.policy.audit.AuditPreset;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.EntryIndex;
import jp.sekisho.server.audit.EntryIndex.Hits;
import jp.sekisho.server.audit.EntryQuery;
import jp.sekisho.server.audit.LogIntegrityException;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.audit.Published;
import jp.sekisho.server.audit.Retention;
import jp.sekisho.server.auditor.Inspection;
import jp.sekisho.server.auditor.Keeping;
import jp.sekisho.server.auditor.OpeningHours;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Directory;
import jp.sekisho.server.person.PersonnelOrders;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.StorageException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pages of a log for a person's eyes: published entries, newest first. Thread-safe.
 *
 * <p>The plain list walks the log itself, so that a missing or edited entry shows; what is found by
 * conditions comes from the index and is read anew from the log.
 *
 * <p>Past 400 lines: both ways of reading end in the same rows.
 */
final class LogReader {
  private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);

  /** Entries on one page. */
  static final int PAGE = 50;

  /** Most entries of a sample. */
  static final int MAX_SAMPLE = AuditLogs.MAX_PAGE;

  /** Entries that a search takes into the index first, if there are that many new ones. */
  static final int MOST_WAITED_FOR = 2_000;

  /** How long the page goes on saying that a terminal found a fork. */
  private static final Duration FORKS_SHOWN = Duration.ofDays(30);

  /** How long a person is told of a refused login. */
  private static final Duration TRIED_SHOWN = Duration.ofDays(7);

  private static final Set<String> CAUSES =
      Set.of("clock", "retention-missing", "hold-missing", "term-short");
  private static final String NOTHING = "—";
  private static final String UNKNOWN = "?";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(LogFilter.JAPAN);

  private final Installation installation;
  private final AuditLogs logs;
  private final EntryIndex index;
  private final Inspection inspection;
  private final Roles roles;
  private final SecureRandom random = new SecureRandom();

  LogReader(Installation installation, EntryIndex index) {
    this.installation = installation;
    this.logs = installation.logs();
    this.index = index;
    this.inspection = new Inspection(index);
    this.roles = new Roles(installation.seal());
  }

  /**
   * What was found.
   *
   * @param older where older entries begin, as it stands in an address; null when there are none
   * @param missing how many of the newest entries cannot be found yet
   * @param drawn the sample; null for anything else
   */
  record Found(List<LogRow> rows, @Nullable String older, long missing, @Nullable Drawn drawn) {
    Found {
      rows = List.copyOf(rows);
    }

    /** Lowest index shown; −1 when none is. */
    long from() {
      return rows.stream().mapToLong(LogRow::index).min().orElse(-1);
    }

    /** Highest index shown; −1 when none is. */
    long to() {
      return rows.stream().mapToLong(LogRow::index).max().orElse(-1);
    }
  }

  /** A sample that was drawn. */
  record Drawn(String seed, long size, int count) {}

  /**
   * Looks for entries of the generation that the filter names, which {@link #has(String,
   * LogFilter)}.
   *
   * @param person only entries about this person; null for all
   * @throws IOException when the calendar cannot be read
   */
  Found find(String organ, @Nullable String person, LogFilter filter) throws IOException {
    String log = filter.scope(organ);
    LogFilter.Sample sample = filter.sample();
    if (person == null && sample != null) {
      return sample(log, sample);
    }
    if (filter.isAll()) {
      return plain(log, person, filter.beforeIndex());
    }
    long missing = followed(log);
    LogFilter asked = person == null ? filter : filter.about(person);
    Position place = asked.before();
    Position before = place == null ? Position.NEWEST : place;
    AuditPreset preset = asked.preset();
    Hits hits =
        preset == null
            ? inspection.find(log, asked.query(), before, PAGE)
            : inspection.find(log, preset, asked.query(), setting(organ, asked), before, PAGE);
    Position next = hits.next();
    return new Found(
        index.entries(log, hits.hits(), asked.query()),
        next == null ? null : LogFilter.place(next),
        missing,
        null);
  }

  /** A search does not depend on a write: what the index lacks is said beside what it finds. */
  long followed(String log) {
    try {
      return index.catchUp(log, MOST_WAITED_FOR);
    } catch (StorageException e) {
      LOG.warn("the index of log {} does not follow: {}", log, e.toString());
      return logs.size(log) - index.size(log);
    }
  }

  private Found plain(String log, @Nullable String person, long before) {
    List<LogRow> rows = logs.page(log, person, before, PAGE);
    boolean more = rows.size() == PAGE && rows.getLast().index() > 0;
    // The list lacks nothing; what else the page tells, such as alarms, comes from the index.
    long behind = person == null ? logs.size(log) - index.size(log) : 0;
    return new Found(
        rows,
        more ? Long.toString(rows.getLast().index()) : null,
        behind > MOST_WAITED_FOR ? behind : 0,
        null);
  }

  private Found sample(String log, LogFilter.Sample asked) {
    Published newest = logs.newest(log);
    long all = logs.size(log);
    Long of = asked.size();
    long size = of == null ? all : Math.min(of, all);
    String given = asked.seed();
    String seed = given == null ? seed() : given;
    List<Long> indexes = new Lot(newest.logOrigin(), size, seed).draw(asked.count());
    return new Found(logs.entries(log, indexes), null, 0, new Drawn(seed, size, asked.count()));
  }

  private String seed() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private Inspection.Setting setting(String log, LogFilter filter) throws IOException {
    return new Inspection.Setting(
        installation.clock().instant(),
        // One question needs the calendar: a broken one must not take the others away.
        filter.preset() == AuditPreset.OFF_HOURS
            ? OpeningHours.read(installation.directory().root())
            : OpeningHours.usual(),
        installation.transactions().read(handle -> overseen(handle, log)),
        filter.days());
  }

  /**
   * Everybody who ever was an administrator, also where an order for a past day says otherwise now,
   * and everybody whom a contractor sent.
   */
  private List<String> overseen(Handle handle, String log) {
    return Stream.of(
            roles.everHeld(handle, Role.ADMIN, log),
            new PersonnelOrders(installation.seal()).heldBefore(handle, Role.ADMIN, log),
            new Directory(installation.seal()).contractors(handle, log))
        .flatMap(List::stream)
        .distinct()
        .sorted()
        .toList();
  }

  /** A log of this installation; anything else that was typed becomes the session's own. */
  String known(String log, Session session) {
    return logs.names().contains(log) ? log : session.organ();
  }

  /**
   * The conditions as the log records them: what neither the directory nor the log knows was typed
   * and might be a name; it is recorded as a question mark.
   */
  Map<String, Object> asked(String organ, LogFilter filter) {
    String log = filter.scope(organ);
    Map<String, Object> asked = filter.asked();
    EntryQuery query = filter.query();
    String person = query.person();
    if (person != null
        && !has(log, EntryQuery.ALL.withPerson(person))
        && !installation
            .transactions()
            .read(handle -> new Persons(installation.seal()).isKnown(handle, person))) {
      asked.put("person", UNKNOWN);
    }
    String terminal = query.terminal();
    if (terminal != null && !has(log, new EntryQuery(null, terminal, null, null, null, null))) {
      asked.put("terminal", UNKNOWN);
    }
    String event = query.event();
    if (event != null
        && Words.EN.events().stream().noneMatch(t -> t.equals(event) || t.startsWith(event + "."))
        && !has(log, EntryQuery.ALL.withEvent(event))) {
      asked.put("event", UNKNOWN);
    }
    return asked;
  }

  private boolean has(String log, EntryQuery query) {
    return !inspection.find(log, query, Position.NEWEST, 1).hits().isEmpty();
  }

  /**
   * The event that says what was looked at.
   *
   * @param log the one that was searched; {@code whose} is how the event calls it
   */
  LogEvent seen(String whose, String log, LogFilter filter, Found found) {
    String scope = filter.scope(whose);
    Drawn drawn = found.drawn();
    if (drawn != null) {
      return new LogEvent.Sampled(scope, drawn.seed(), drawn.size(), drawn.count());
    }
    return filter.isAll()
        ? new LogEvent.Viewed(scope, found.from(), found.to())
        : new LogEvent.Searched(
            scope, asked(log, filter), found.rows().size(), found.from(), found.to());
  }

  /**
   * Terminals that said within the last {@link #FORKS_SHOWN} that the log does not continue what
   * they keep of it, sorted; at most those of the {@value AuditLogs#MAX_PAGE} newest alarms.
   */
  List<String> forks(String log) {
    Instant since = installation.clock().instant().minus(FORKS_SHOWN);
    EntryQuery alarms = EntryQuery.ALL.withEvent("agent.alarm").within(since, null);
    Hits hits = inspection.find(log, alarms, Position.NEWEST, AuditLogs.MAX_PAGE);
    Set<String> terminals = new TreeSet<>();
    for (LogRow row : index.entries(log, hits.hits(), alarms)) {
      if (row instanceof LogRow.Intact(long _, Entry entry)
          && Refusal.LOG_FORK.name().equals(entry.reason())) {
        terminals.add(orNothing(entry.subject().terminal()));
      }
    }
    return List.copyOf(terminals);
  }

  /** Empty when its file is gone or damaged: then nothing is deleted either. */
  private Optional<Retention> retention(String log) {
    try {
      return Keeping.of(installation).of(log);
    } catch (LogIntegrityException e) {
      LOG.error("{}", e.getMessage(), e);
      return Optional.empty();
    }
  }

  /** How long a log is kept, and whether this month's root sheet is missing. */
  LogContent.Kept kept(String log) {
    Optional<Retention> retention = retention(log);
    Instant month =
        installation
            .clock()
            .instant()
            .atZone(LogFilter.JAPAN)
            .toLocalDate()
            .withDayOfMonth(1)
            .atStartOfDay(LogFilter.JAPAN)
            .toInstant();
    EntryQuery sheets = EntryQuery.ALL.withEvent("log.sheet-made").within(month, null);
    return new LogContent.Kept(
        retention.map(kept -> Integer.toString(kept.years())).orElse(null),
        retention.map(Retention::holds).orElse(List.of()).stream()
            .map(hold -> new LogContent.Hold(hold.id(), hold.reference()))
            .toList(),
        doubts(log),
        inspection.find(log, sheets, Position.NEWEST, 1).hits().isEmpty());
  }

  /** Why nothing was deleted within the last {@link #FORKS_SHOWN}, where that is an alarm. */
  private List<String> doubts(String log) {
    Instant since = installation.clock().instant().minus(FORKS_SHOWN);
    EntryQuery alarms = EntryQuery.ALL.withEvent("log.prune-refused").within(since, null);
    Hits hits = inspection.find(log, alarms, Position.NEWEST, AuditLogs.MAX_PAGE);
    Set<String> causes = new TreeSet<>();
    for (LogRow row : index.entries(log, hits.hits(), alarms)) {
      if (row instanceof LogRow.Intact(long _, Entry entry)
          && entry.data().get("cause") instanceof String cause
          && CAUSES.contains(cause)) {
        causes.add(cause);
      }
    }
    return List.copyOf(causes);
  }

  /** What a person should know of refused logins among the newest of the own entries. */
  LogContent.@Nullable Tried tried(List<LogRow> own) {
    Instant since = installation.clock().instant().minus(TRIED_SHOWN);
    List<Entry> refused =
        own.stream()
            .filter(row -> row instanceof LogRow.Intact)
            .map(row -> ((LogRow.Intact) row).entry())
            .filter(entry -> entry.type().equals("login.refused") && entry.time().isAfter(since))
            .toList();
    return refused.isEmpty()
        ? null
        : new LogContent.Tried(
            Integer.toString(refused.size()),
            TIME.format(refused.getFirst().time()),
            orNothing(refused.getFirst().subject().terminal()));
  }

  /** Whether entries of the generation that is asked for are here. */
  boolean has(String log, LogFilter filter) {
    return filter.generation() == 0 || logs.has(filter.scope(log));
  }

  /**
   * Which generation is shown and which others there are; null for a log that never lost anything.
   */
  LogContent.@Nullable Generations generations(String log, LogFilter filter) {
    int newest = logs.generation(log);
    if (newest == 1) {
      return null;
    }
    int shown = shown(log, filter);
    List<LogContent.Generation> all =
        logs.generations(log).stream()
            .map(name -> Integer.parseInt(name.substring(name.indexOf('@') + 1)))
            .map(number ->
                new LogContent.Generation(
                    number, filter.in(number == newest ? 0 : number).link(null)))
            .toList();
    String next = log + "@" + Math.min(newest, shown + 1);
    LogRow first =
        logs.has(next) ? logs.entries(next, List.of(0L)).stream().findFirst().orElse(null) : null;
    return new LogContent.Generations(
        shown, newest, all, first instanceof LogRow.Intact(long _, Entry e) ? border(e) : null);
  }

  /** The number of the generation that the filter asks. */
  int shown(String log, LogFilter filter) {
    return filter.generation() == 0 ? logs.generation(log) : filter.generation();
  }

  private static LogContent.@Nullable Border border(Entry opened) {
    if (opened.data().get("known") instanceof Long known
        && opened.data().get("held") instanceof Long held) {
      return new LogContent.Border(
          TIME.format(opened.time()),
          Long.toString(known),
          held < 0 ? UNKNOWN : Long.toString(held)); // other entries stand in their place
    }
    return null;
  }

  /** Whether there is such a log. */
  boolean has(String log) {
    return logs.names().contains(log);
  }

  /** The newest signed checkpoint of a log. */
  LogContent.@Nullable SignedRecord newest(String organ, LogFilter filter) {
    String[] lines = logs.newest(filter.scope(organ)).checkpoint().split("\n", -1);
    return lines.length < 3
        ? null
        : new LogContent.SignedRecord(organ, lines[0], lines[1], lines[2]);
  }

  /** A row in the language of {@code words}. */
  static EntryRow row(LogRow found, Words words) {
    return switch (found) {
      case LogRow.Tampered(long index) ->
          new EntryRow(
              Long.toString(index),
              NOTHING,
              "service.state-tampered",
              words.event("service.state-tampered"),
              "failure",
              words.text("web.outcome.failure"),
              "STATE_TAMPERED",
              words.reason("STATE_TAMPERED"),
              NOTHING,
              NOTHING);
      case LogRow.Intact(long index, Entry entry) -> {
        String reason = entry.reason();
        String outcome = entry.success() ? "success" : "failure";
        yield new EntryRow(
            Long.toString(index),
            TIME.format(entry.time()),
            entry.type(),
            words.event(entry.type()),
            outcome,
            words.text("web.outcome." + outcome),
            reason,
            reason == null ? null : words.reason(reason),
            orNothing(entry.subject().person()),
            orNothing(entry.subject().terminal()));
      }
    };
  }

  private static String orNothing(@Nullable String value) {
    return value == null ? NOTHING : value;
  }
}
