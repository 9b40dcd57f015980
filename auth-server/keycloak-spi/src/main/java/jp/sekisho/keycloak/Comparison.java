package jp.sekisho.keycloak;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.protocol.RelyingRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Event;
import org.keycloak.events.EventStoreProvider;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Compares Keycloak's own event store with the log: what the service does not hold goes into the
 * spool, marked as recovered. Reads by keyset on the time, oldest first. For one thread.
 *
 * <p>Seven days at the start of Keycloak and each day, otherwise what came since the last time and
 * a little before, and every two minutes the two minutes before, for transactions that took long.
 */
final class Comparison {
  private static final Duration WHOLE = Duration.ofDays(7);
  private static final Duration WHOLE_EACH = Duration.ofDays(1);
  private static final Duration OVERLAP = Duration.ofSeconds(15);
  private static final Duration LONG = Duration.ofMinutes(2);

  /** Younger events may be on their way from transaction to spool. */
  static final Duration YOUNG = Duration.ofSeconds(10);

  private static final int PAGE = 500;

  /** In place of a time: there is no more. */
  private static final long END = -1;

  private static final Logger LOG = Logger.getLogger(Comparison.class);

  private final Jobs jobs;
  private final SekishoService service;
  private final Spool spool;
  private final HeardRealms realms;
  // The ids that the service was asked about last: it holds them now, or they are in the spool.
  private final Set<String> held = new LinkedHashSet<>();
  private long covered;
  private long whole;
  private long wide;

  Comparison(Jobs jobs, SekishoService service, Spool spool, HeardRealms realms) {
    this.jobs = jobs;
    this.service = service;
    this.spool = spool;
    this.realms = realms;
  }

  /**
   * Compares what is due; goes on next time where the service could not be asked.
   *
   * @param now milliseconds UTC
   * @return whether it could
   */
  boolean run(long now) throws IOException {
    boolean all = now - whole >= WHOLE_EACH.toMillis() || now < whole;
    boolean far = all || now - wide >= LONG.toMillis() || now < wide;
    Duration before = far ? LONG.multipliedBy(2) : OVERLAP;
    long from = all ? now - WHOLE.toMillis() : covered - before.toMillis();
    long to = now - YOUNG.toMillis();
    for (String realm : jobs.run(realms::ids)) {
      for (boolean admin : new boolean[] {false, true}) {
        if (!compare(realm, admin, from, to)) {
          return false;
        }
      }
    }
    covered = to;
    if (far) {
      wide = now;
    }
    if (all) {
      whole = now;
    }
    return true;
  }

  /**
   * Compares the events of a realm, or its changes by administrators; whether all of it could be.
   */
  private boolean compare(String realm, boolean admin, long from, long to) throws IOException {
    int most = PAGE;
    // From where a minute of strangers begins, so that the same ones of it are kept.
    long at = from - from % Strangers.SPAN;
    Strangers strangers = new Strangers();
    while (true) {
      long since = at;
      int limit = most;
      List<RelyingRecord> found = new ArrayList<>();
      long next =
          jobs.run(session -> read(session, realm, admin, since, to, limit, strangers, found));
      if (!settle(found)) {
        return false;
      }
      if (next == END) {
        return true;
      }
      // A page of one millisecond is asked for again, longer, for it may go on.
      most = next == since ? Math.multiplyExact(most, 2) : PAGE;
      at = next;
    }
  }

  /** Reads a page; the time of its last event, from which on there may be more, or {@link #END}. */
  private long read(
      KeycloakSession session,
      String id,
      boolean admin,
      long from,
      long to,
      int most,
      Strangers strangers,
      List<RelyingRecord> found) {
    RealmModel realm = session.realms().getRealm(id);
    EventStoreProvider store = session.getProvider(EventStoreProvider.class);
    if (realm == null || store == null) {
      return END;
    }
    session.getContext().setRealm(realm);
    if (admin) {
      List<AdminEvent> events;
      try (Stream<AdminEvent> stream =
          store
              .createAdminQuery()
              .realm(realm.getId())
              .fromTime(from)
              .toTime(to)
              .orderByAscTime()
              .maxResults(most)
              .getResultStream()) {
        events = stream.toList();
      }
      for (AdminEvent event : events) {
        if (isNew(event.getId())) {
          found.add(Occurrence.of(session, realm, realms.attribute(), event, true));
        }
      }
      return events.size() < most ? END : events.get(events.size() - 1).getTime();
    }
    List<Event> events;
    try (Stream<Event> stream =
        store
            .createQuery()
            .type(Occurrence.KINDS)
            .realm(realm.getId())
            .fromDate(from)
            .toDate(to)
            .orderByAscTime()
            .maxResults(most)
            .getResultStream()) {
      events = stream.toList();
    }
    for (Event event : events) {
      if (strangers.keeps(
              event.getUserId(),
              realm.getName(),
              event.getType().name(),
              Occurrence.error(event.getError()),
              event.getTime())
          && isNew(event.getId())) {
        found.add(Occurrence.of(session, realm, realms.attribute(), event, true));
      }
    }
    return events.size() < most ? END : events.get(events.size() - 1).getTime();
  }

  private boolean isNew(@Nullable String id) {
    return id != null && !held.contains(id) && !spool.knows(id);
  }

  /** Whether the service could be asked about all of them. */
  private boolean settle(List<RelyingRecord> events) throws IOException {
    for (int i = 0; i < events.size(); i += SekishoService.MOST) {
      List<RelyingRecord> part =
          events.subList(i, Math.min(events.size(), i + SekishoService.MOST));
      Set<String> missing =
          service
              .missing(part.stream().map(RelyingRecord::id).toList())
              .<@Nullable Set<String>>match(
                  said -> new HashSet<>(said.missing()), refused -> null, why -> null);
      if (missing == null) {
        return false;
      }
      int found = 0;
      for (RelyingRecord event : part) {
        if (missing.contains(event.id()) && spool.append(event)) {
          found++;
        }
        if (held.add(event.id()) && held.size() > Spool.MOST) {
          boolean unused = held.remove(held.iterator().next());
        }
      }
      if (found > 0) {
        LOG.warnf("%d events were missing in Sekisho's log, from %d on", found, part.get(0).at());
      }
    }
    return true;
  }
}
