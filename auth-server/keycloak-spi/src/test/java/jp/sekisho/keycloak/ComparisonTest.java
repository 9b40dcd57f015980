package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingEventsMissing;
import jp.sekisho.protocol.RelyingRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.keycloak.events.Event;
import org.keycloak.events.EventQuery;
import org.keycloak.events.EventStoreProvider;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEventQuery;

/** Keycloak's event store read page by page against what the service holds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComparisonTest {
  private static final long NOW = Duration.ofDays(8).toMillis();
  private static final long THEN = NOW - Duration.ofHours(1).toMillis();

  @TempDir static Path directory;
  private FakeService service;
  private Spool spool;
  private Comparison comparison;
  private final List<Event> store = new ArrayList<>();
  private final Set<String> held = new HashSet<>();
  private final List<String> askedFor = new ArrayList<>();
  private int pages;

  @BeforeAll
  void serve() throws Exception {
    service = new FakeService();
  }

  @AfterAll
  void stop() {
    service.close();
  }

  @BeforeEach
  void open() throws Exception {
    store.clear();
    held.clear();
    askedFor.clear();
    pages = 0;
    service.on("events/held", this::missing);
    FakeKeycloak keycloak = new FakeKeycloak();
    keycloak.providers.put(
        EventStoreProvider.class,
        Fake.of(
            EventStoreProvider.class,
            Map.of(
                "createQuery", (Fake.Answer) asked -> query(0, Long.MAX_VALUE, 0),
                "createAdminQuery", (Fake.Answer) asked -> noChanges())));
    spool = new Spool(Files.createTempDirectory(directory, "spool"));
    comparison =
        new Comparison(
            keycloak.jobs(), service.client(), spool, new HeardRealms("city", "staffNumber"));
  }

  @AfterEach
  void close() throws Exception {
    spool.close();
  }

  private RelyingEventsMissing missing(JsonNode asked) {
    List<String> missing = new ArrayList<>();
    for (JsonNode id : asked.get("ids")) {
      askedFor.add(id.asText());
      if (!held.contains(id.asText())) {
        missing.add(id.asText());
      }
    }
    return new RelyingEventsMissing(missing);
  }

  /** As Keycloak's: both ends belong to it, oldest first. */
  private EventQuery query(long from, long to, int most) {
    return Fake.of(
        EventQuery.class,
        Map.of(
            "type", (Fake.Answer) asked -> query(from, to, most),
            "realm", (Fake.Answer) asked -> query(from, to, most),
            "orderByAscTime", (Fake.Answer) asked -> query(from, to, most),
            "fromDate", (Fake.Answer) asked -> query((Long) asked[0], to, most),
            "toDate", (Fake.Answer) asked -> query(from, (Long) asked[0], most),
            "maxResults", (Fake.Answer) asked -> query(from, to, (Integer) asked[0]),
            "getResultStream", (Fake.Answer) asked -> page(from, to, most)));
  }

  private Stream<Event> page(long from, long to, int most) {
    pages++;
    return store.stream()
        .filter(event -> event.getTime() >= from && event.getTime() <= to)
        .sorted(Comparator.comparingLong(Event::getTime))
        .limit(most);
  }

  private static AdminEventQuery noChanges() {
    return Fake.of(
        AdminEventQuery.class,
        Map.of(
            "realm", (Fake.Answer) asked -> noChanges(),
            "fromTime", (Fake.Answer) asked -> noChanges(),
            "toTime", (Fake.Answer) asked -> noChanges(),
            "orderByAscTime", (Fake.Answer) asked -> noChanges(),
            "maxResults", (Fake.Answer) asked -> noChanges(),
            "getResultStream", (Fake.Answer) asked -> Stream.empty()));
  }

  private void happened(int count, long at, long apart) {
    for (int i = 0; i < count; i++) {
      Event event = new Event();
      event.setId("event-" + store.size());
      event.setTime(at + i * apart);
      event.setRealmId("realm-id");
      event.setType(EventType.LOGIN);
      event.setUserId("u-1");
      store.add(event);
    }
  }

  private List<String> spooled() {
    List<String> ids = new ArrayList<>();
    for (String line : spool.unsent(Spool.MOST)) {
      try {
        RelyingRecord record = RelyingRecord.parse(line);
        assertTrue(record.recovered(), line);
        ids.add(record.id());
      } catch (MalformedException e) {
        throw new AssertionError(line, e);
      }
    }
    return ids;
  }

  private List<String> stored() {
    return store.stream().map(Event::getId).toList();
  }

  @Test
  void overManyPagesEachMissingEventIsFoundOnceAndInItsOrder() throws Exception {
    happened(1750, THEN, 3);
    held.addAll(stored().subList(100, 1200));
    List<String> expected = new ArrayList<>(stored());
    expected.removeAll(held);
    comparison.run(NOW);
    assertEquals(expected, spooled());
    assertEquals(1750, new HashSet<>(askedFor).size(), "asked of each");
    assertEquals(askedFor.size(), new HashSet<>(askedFor).size(), "and of each once");
    assertTrue(pages >= 4, pages + " pages");
  }

  @Test
  void aMillisecondWithMoreEventsThanAPageHasIsReadToItsEndAndWhatFollowsToo() throws Exception {
    happened(3, THEN, 1);
    happened(1234, THEN + 10, 0);
    happened(700, THEN + 20, 1);
    comparison.run(NOW);
    assertEquals(stored(), spooled());
  }

  @Test
  void aPageThatEndsWithinAMillisecondLosesNothingOfIt() throws Exception {
    happened(499, THEN, 1);
    happened(4, THEN + 499, 0);
    happened(2, THEN + 500, 1);
    comparison.run(NOW);
    assertEquals(stored(), spooled());
  }

  @Test
  void whereTheServiceCannotBeAskedItIsComparedAgainFromTheSameTimeOn() throws Exception {
    happened(600, THEN, 1);
    service.on("events/held", asked -> Refusal.STORAGE_FAILED);
    comparison.run(NOW);
    assertEquals(List.of(), spooled());
    service.on("events/held", this::missing);
    comparison.run(NOW + Duration.ofSeconds(15).toMillis());
    assertEquals(stored(), spooled());
  }

  @Test
  void afterTheFirstTimeOnlyWhatCameSinceIsReadAndADayLaterAllOfIt() throws Exception {
    happened(10, THEN, 1);
    comparison.run(NOW);
    held.addAll(stored());
    spool.acknowledge(spool.id(), 10);
    long soon = NOW + Duration.ofSeconds(15).toMillis();
    happened(1, NOW, 0);
    happened(1, soon, 0);
    askedFor.clear();
    comparison.run(soon);
    assertEquals(List.of("event-10"), askedFor, "not what is too young, and nothing twice");
    // Lost meanwhile, such as by a log that was put back: found again within the day.
    Event late = new Event();
    late.setId("late");
    late.setTime(THEN);
    late.setRealmId("realm-id");
    late.setType(EventType.LOGOUT);
    late.setUserId("u-1");
    store.add(late);
    comparison.run(soon + Duration.ofMinutes(1).toMillis());
    assertEquals(List.of("event-10", "event-11"), spooled());
    comparison.run(NOW + Duration.ofDays(1).toMillis());
    assertEquals(List.of("event-10", "event-11", "late"), spooled());
  }

  @Test
  void anEventThatWasCommittedTwoMinutesAfterItsTimeIsFoundTwoMinutesLaterAtTheLatest()
      throws Exception {
    comparison.run(NOW);
    long now = NOW;
    for (int i = 0; i < 8; i++) {
      now += Duration.ofSeconds(15).toMillis();
      comparison.run(now);
    }
    happened(1, now - Duration.ofMinutes(2).toMillis(), 0);
    long committed = now;
    while (spooled().isEmpty() && now - committed < Duration.ofMinutes(5).toMillis()) {
      now += Duration.ofSeconds(15).toMillis();
      comparison.run(now);
    }
    assertEquals(List.of("event-0"), spooled());
    assertTrue(now - committed <= Duration.ofMinutes(2).toMillis(), now - committed + " ms");
  }
}
