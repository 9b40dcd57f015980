package jp.sekisho.server.auditor;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import jp.sekisho.policy.audit.AuditPreset;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.EntryHit;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.EntryIndex;
import jp.sekisho.server.audit.EntryIndex.Hits;
import jp.sekisho.server.audit.EntryQuery;
import jp.sekisho.server.audit.LogRow;
import org.jspecify.annotations.Nullable;

/**
 * Answers the questions of an auditor about one log, newest entries first. Thread-safe.
 *
 * <p>Every answer comes from {@link EntryIndex} and is as complete as that; the questions about
 * exceptions look at all entries about them, the others at the time asked for. Shown are entries of
 * one generation of the log, which {@code mayor@1} names; what became of an exception is looked for
 * in all of them.
 */
public final class Inspection {
  /** Failures in a row that are told. */
  static final int IN_A_ROW = 5;

  /** Time in which they come. */
  static final Duration ROW = Duration.ofMinutes(10);

  /** Age from which an open exception is old, where nobody says another. */
  public static final int OLD_DAYS = 30;

  private static final int MOST_FAILURES = 20_000;
  private static final int MOST_DAYS = 366;

  /** What ends an exception for good. */
  private static final Set<String> CLOSING =
      Set.of(
          "grant.rejected",
          "grant.withdrawn",
          "grant.revoked",
          "grant.expired",
          "grant.returned",
          "grant.handed-over",
          "grant.series-ended");

  /**
   * What lets a medium be used: an approval, or the time of an occurrence of an approved series.
   */
  private static final List<String> ALLOWING = List.of("grant.approved", "grant.occurrence");

  /** What stands open until it is closed: that, and a series as a whole. */
  private static final List<String> STANDING =
      List.of("grant.approved", "grant.occurrence", "grant.series-approved");

  /**
   * What administrators cause, by the page or at the console, whose entries name no person of that
   * office. Of {@code authenticator} a holder causes some, of {@code grant.revoked} an approver.
   */
  static final List<String> ADMINISTRATIVE =
      List.of(
          "person",
          "authenticator",
          "desk",
          "temporary",
          "medium",
          "measure",
          "breach",
          "setup",
          "deputy.named",
          "deputy.removed",
          "passkey.removed",
          "passkey.resumed",
          "relying.certified",
          "relying.revoked",
          "log.retention-set",
          "log.generation-opened",
          "policy.imported",
          "policy.import-refused",
          "service.initialised",
          "service.act-failed",
          "terminal.ticketed",
          "terminal.confirmed",
          "terminal.placed",
          "terminal.revoked",
          "grant.revoked");

  private final EntryIndex index;

  public Inspection(EntryIndex index) {
    this.index = index;
  }

  /**
   * What the answer depends on beside the log.
   *
   * @param now for ages
   * @param hours for what is outside them
   * @param overseen staff numbers of administrators and of contractors' employees
   * @param oldDays age in days from which an open exception is old
   */
  public record Setting(Instant now, OpeningHours hours, List<String> overseen, int oldDays) {
    public Setting {
      overseen = List.copyOf(overseen);
    }
  }

  /** Entries for which the query holds. */
  public Hits find(String log, EntryQuery query, Position before, int limit) {
    return index.find(log, List.of(query), Inspection::any, before, limit);
  }

  /** Entries that answer a ready-made question and for which the query holds as well. */
  public Hits find(
      String log,
      AuditPreset preset,
      EntryQuery query,
      Setting setting,
      Position before,
      int limit) {
    return switch (preset) {
      case OFF_HOURS -> offHours(log, query, setting, before, limit);
      case REPEATED_FAILURES -> repeatedFailures(log, query, before, limit);
      case DENIED_PLUG_INS ->
          index.find(
              log,
              each(query, List.of("usb.blocked", "export.refused", "emergency.refused")),
              Inspection::any,
              before,
              limit);
      case LOG_VIEWING ->
          index.find(log, each(query, List.of("log")), Inspection::any, before, limit);
      case OVERDUE_MEASURES ->
          index.find(
              log,
              each(query, List.of("measure.overdue", "breach.overdue")),
              Inspection::any,
              before,
              limit);
      case OFFLINE_LOGINS ->
          index.find(
              log,
              each(query, List.of("offline", "login.offline-disputed")),
              Inspection::any,
              before,
              limit);
      case ADMINISTRATION -> {
        List<EntryQuery> any = new ArrayList<>(each(query, ADMINISTRATIVE));
        setting.overseen().stream()
            .filter(person -> query.person() == null || query.person().equals(person))
            .forEach(person -> any.add(query.withPerson(person)));
        yield index.find(log, any, Inspection::any, before, limit);
      }
      case OLD_GRANTS -> page(oldGrants(log, setting), query, before, limit);
      case EXPORT_WITHOUT_GRANT -> exportsWithoutGrant(log, query, before, limit);
      case UNREPORTED_EMERGENCIES -> page(unreported(log), query, before, limit);
      case GRANT_WITHOUT_EXPORT -> page(grantsWithoutExport(log), query, before, limit);
    };
  }

  private static boolean any(EntryHit hit) {
    return hit.index() >= 0;
  }

  /** One query per type, as far as the query asks for that type. */
  private static List<EntryQuery> each(EntryQuery query, List<String> events) {
    String asked = query.event();
    Stream<String> wanted =
        asked == null
            ? events.stream()
            : events.stream()
                .flatMap(event ->
                    event.equals(asked) || event.startsWith(asked + ".")
                        ? Stream.of(event)
                        : asked.startsWith(event + ".") ? Stream.of(asked) : Stream.empty());
    return wanted.map(query::withEvent).toList();
  }

  private Hits offHours(String log, EntryQuery query, Setting setting, Position before, int limit) {
    Instant asked = query.until();
    Instant newest = asked == null ? setting.now().plus(Duration.ofDays(1)) : asked;
    if (before.time() < newest.toEpochMilli()) {
      newest = Instant.ofEpochMilli(before.time() + 1);
    }
    Instant from = query.from();
    List<EntryHit> hits = new ArrayList<>();
    LocalDate day = newest.atZone(OpeningHours.JAPAN).toLocalDate();
    for (int i = 0; i < MOST_DAYS; i++, day = day.minusDays(1)) {
      for (OpeningHours.Stretch closed : setting.hours().closed(day)) {
        if (from != null && !closed.until().isAfter(from)) {
          return new Hits(hits, null);
        }
        Instant begin = from != null && from.isAfter(closed.from()) ? from : closed.from();
        Instant end = newest.isBefore(closed.until()) ? newest : closed.until();
        if (begin.isBefore(end)) {
          Hits found =
              index.find(
                  log,
                  List.of(query.within(begin, end)),
                  Inspection::isSomebodysDoing,
                  before,
                  limit - hits.size());
          hits.addAll(found.hits());
          if (found.next() != null) {
            return new Hits(hits, found.next());
          }
        }
      }
    }
    return new Hits(
        hits,
        new Position(
            day.plusDays(1).atStartOfDay(OpeningHours.JAPAN).toInstant().toEpochMilli(), 0));
  }

  /** The service and the terminals work at night as well; that alone says nothing. */
  private static boolean isSomebodysDoing(EntryHit hit) {
    return hit.person() != null
        || Set.of("usb", "export", "grant", "login", "medium", "emergency", "offline")
            .contains(hit.feature())
        || hit.type().equals("agent.login-refused");
  }

  /**
   * Failures in a row, sought among at most {@link #MOST_FAILURES} failures at once. Where more are
   * left, the next page begins a row's length above the cut, so that a row across it is found; what
   * lies between may be shown on both pages.
   */
  private Hits repeatedFailures(String log, EntryQuery query, Position before, int limit) {
    Position from =
        before.equals(Position.NEWEST)
            ? before
            : new Position(before.time() + ROW.toMillis(), Long.MAX_VALUE);
    List<EntryHit> failures = new ArrayList<>();
    EntryQuery failed = query.withSuccess(false);
    Position at = from;
    while (at != null && failures.size() < MOST_FAILURES) {
      Hits hits = index.find(log, List.of(failed), Inspection::any, at, 2_000);
      failures.addAll(hits.hits());
      at = hits.next();
    }
    Hits page = page(inARow(failures), query, before, limit);
    if (at == null || page.next() != null || failures.isEmpty()) {
      return page;
    }
    EntryHit oldest = failures.getLast();
    Position reached = new Position(oldest.time() + ROW.toMillis(), 0);
    return new Hits(page.hits(), reached.time() < before.time() ? reached : oldest.position());
  }

  /** Those that stand in a row of one person, else of one terminal, else of nobody known. */
  static List<EntryHit> inARow(List<EntryHit> newestFirst) {
    Map<String, List<EntryHit>> byWhom = new HashMap<>();
    for (EntryHit hit : newestFirst) {
      String whom =
          hit.person() != null
              ? "person " + hit.person()
              : hit.terminal() != null ? "terminal " + hit.terminal() : "";
      byWhom.computeIfAbsent(whom, _ -> new ArrayList<>()).add(hit);
    }
    Set<EntryHit> found = new HashSet<>();
    for (List<EntryHit> hits : byWhom.values()) {
      for (int i = 0; i + IN_A_ROW <= hits.size(); i++) {
        List<EntryHit> row = hits.subList(i, i + IN_A_ROW);
        if (row.getFirst().time() - row.getLast().time() <= ROW.toMillis()) {
          found.addAll(row);
        }
      }
    }
    return newestFirst.stream().filter(found::contains).toList();
  }

  /**
   * What the log says of each exception.
   *
   * @param before by the generations before the one that is asked
   * @param here by that one
   * @param after by those that followed
   */
  private record Told(
      List<Map<String, List<EntryHit>>> before,
      Map<String, List<EntryHit>> here,
      List<Map<String, List<EntryHit>>> after) {

    /** Whether any generation has an entry of one of these types. */
    boolean has(String grant, Set<String> types) {
      return Stream.of(before, List.of(here), after)
          .flatMap(List::stream)
          .anyMatch(part ->
              part.getOrDefault(grant, List.of()).stream()
                  .anyMatch(hit -> types.contains(hit.type())));
    }

    /** Whether there is an entry of that type before this one of the generation asked. */
    boolean hasBefore(String grant, String type, EntryHit hit) {
      EntryHit first = first(here.getOrDefault(grant, List.of()), type);
      return (first != null && first.index() < hit.index())
          || before.stream()
              .anyMatch(part -> first(part.getOrDefault(grant, List.of()), type) != null);
    }
  }

  /** An exception outlives the generation of the log in which it was approved. */
  private Told told(String log) {
    List<String> all = index.generations(log.split("@", 2)[0]);
    int asked = log.indexOf('@') < 0 ? all.size() - 1 : all.indexOf(log);
    List<Map<String, List<EntryHit>>> parts = all.stream().map(index::grants).toList();
    return new Told(
        parts.subList(0, asked), parts.get(asked), parts.subList(asked + 1, parts.size()));
  }

  /** The approvals of exceptions that are older than asked and not closed. */
  private List<EntryHit> oldGrants(String log, Setting setting) {
    long latest = setting.now().minus(Duration.ofDays(setting.oldDays())).toEpochMilli();
    List<EntryHit> old = new ArrayList<>();
    Told told = told(log);
    told.here()
        .forEach((grant, entries) -> {
          EntryHit approved = first(entries, STANDING);
          if (approved != null
              && approved.time() <= latest
              && !told.has(grant, CLOSING)
              && !isOverWithoutMedium(log, grant, told)) {
            old.add(approved);
          }
        });
    return old;
  }

  /** Whether its use is over and no medium has to come back, as its activation says. */
  private boolean isOverWithoutMedium(String log, String grant, Told told) {
    return told.has(grant, Set.of("grant.ended"))
        && index.generations(log.split("@", 2)[0]).stream()
            .flatMap(part ->
                index
                    .entries(
                        part,
                        index.about(part, grant, List.of("grant.activated"), 1),
                        EntryQuery.ALL)
                    .stream())
            .anyMatch(row ->
                row instanceof LogRow.Intact(long _, Entry entry)
                    && grant.equals(entry.data().get("grant"))
                    && !entry.data().containsKey("medium"));
  }

  /**
   * What a terminal opened, imported or let over a boundary under an exception that was not
   * approved and activated before, or that names none.
   */
  private Hits exportsWithoutGrant(String log, EntryQuery query, Position before, int limit) {
    Told told = told(log);
    return index.find(
        log, each(query, EntryIndex.USES), hit -> !isCovered(hit, told), before, limit);
  }

  private static boolean isCovered(EntryHit hit, Told told) {
    String grant = hit.grant();
    if (grant == null && hit.type().equals("clipboard.crossed")) {
      return true; // The policy lets copies over a boundary without an exception, too, and marks
      // them.
    }
    return grant != null
        && ALLOWING.stream().anyMatch(type -> told.hasBefore(grant, type, hit))
        && told.hasBefore(grant, "grant.activated", hit);
  }

  /** The cases of 緊急時の例外措置 that no generation of the log knows as confirmed. */
  private List<EntryHit> unreported(String log) {
    Set<@Nullable String> confirmed = new HashSet<>();
    for (String generation : index.generations(log.split("@", 2)[0])) {
      all(generation, "emergency.confirmed").forEach(hit -> confirmed.add(hit.grant()));
    }
    return all(log, "emergency.case-opened").stream()
        .filter(hit -> !confirmed.contains(hit.grant()))
        .toList();
  }

  private List<EntryHit> all(String log, String event) {
    List<EntryHit> all = new ArrayList<>();
    Position at = Position.NEWEST;
    while (at != null) {
      Hits hits =
          index.find(log, List.of(EntryQuery.ALL.withEvent(event)), Inspection::any, at, 2_000);
      all.addAll(hits.hits());
      at = hits.next();
    }
    return all;
  }

  private List<EntryHit> grantsWithoutExport(String log) {
    List<EntryHit> unused = new ArrayList<>();
    Set<String> used = new HashSet<>();
    index
        .generations(log.split("@", 2)[0])
        .forEach(generation -> used.addAll(index.used(log, generation)));
    index
        .grants(log)
        .forEach((grant, entries) -> {
          EntryHit approved = first(entries, ALLOWING);
          if (approved != null && !used.contains(grant)) {
            unused.add(approved);
          }
        });
    return unused;
  }

  private static @Nullable EntryHit first(List<EntryHit> grant, List<String> types) {
    return grant.stream().filter(hit -> types.contains(hit.type())).findFirst().orElse(null);
  }

  private static @Nullable EntryHit first(List<EntryHit> grant, String type) {
    return grant.stream().filter(hit -> hit.type().equals(type)).findFirst().orElse(null);
  }

  /** A page of entries that were all found at once. */
  private static Hits page(List<EntryHit> all, EntryQuery query, Position before, int limit) {
    TreeMap<EntryHit, EntryHit> sorted = new TreeMap<>(EntryHit.NEWEST_FIRST);
    all.stream()
        .filter(hit -> query.accepts(hit) && before.isBefore(hit))
        .forEach(hit -> sorted.put(hit, hit));
    List<EntryHit> hits = sorted.keySet().stream().limit(limit).toList();
    return new Hits(hits, sorted.size() > limit ? hits.getLast().position() : null);
  }
}
