package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingRecord;
import jp.sekisho.protocol.RelyingRecordsTaken;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the sender makes of what the service says to a batch. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventsSenderTest {
  @TempDir static Path directory;
  private FakeService service;
  private Spool spool;
  private EventsSender sender;
  private final List<JsonNode> batches = new ArrayList<>();
  private final Deque<Object> answers = new ArrayDeque<>();

  @BeforeAll
  void serve() throws Exception {
    service = new FakeService();
    service.on(
        "events",
        asked -> {
          batches.add(asked);
          Object next = answers.poll();
          return next == null ? new RelyingRecordsTaken(newest(asked)) : next;
        });
  }

  @AfterAll
  void stop() {
    service.close();
  }

  @BeforeEach
  void open() throws Exception {
    batches.clear();
    answers.clear();
    spool = new Spool(Files.createTempDirectory(directory, "spool"));
    SekishoService client = service.client();
    sender =
        new EventsSender(
            spool,
            client,
            new Comparison(
                new FakeKeycloak().jobs(), client, spool, new HeardRealms("city", "staffNumber")));
    for (String id : List.of("a", "b", "c")) {
      assertTrue(add(id));
    }
  }

  @AfterEach
  void close() throws Exception {
    sender.close();
    spool.close();
  }

  private boolean add(String id) throws Exception {
    return spool.append(
        new RelyingRecord(
            "", 0, "", id, 7, "city", "LOGIN", false, "u-1", null, null, null, null, null, null));
  }

  private static RelyingRecord parsed(JsonNode line) {
    try {
      return RelyingRecord.parse(line.asText());
    } catch (MalformedException e) {
      throw new AssertionError(line.asText(), e);
    }
  }

  private static long newest(JsonNode batch) {
    long newest = 0;
    for (JsonNode line : batch.get("records")) {
      newest = parsed(line).seq();
    }
    return newest;
  }

  private static List<String> ids(JsonNode batch) {
    List<String> ids = new ArrayList<>();
    batch.get("records").forEach(line -> ids.add(parsed(line).id()));
    return ids;
  }

  @Test
  void whatTheServiceHoldsIsNotSentAgain() throws Exception {
    answers.add(new RelyingRecordsTaken(2));
    assertFalse(sender.send(), "no more than fits into a batch");
    assertEquals(List.of("a", "b", "c"), ids(batches.get(0)));
    assertFalse(sender.send());
    assertEquals(List.of("c"), ids(batches.get(1)));
    assertFalse(sender.send());
    assertEquals(2, batches.size(), "nothing waits, and it is not yet time for a sign of life");
  }

  @ParameterizedTest
  @EnumSource(
      value = Refusal.class,
      names = {"EVENT_GAP", "EVENT_FORK"})
  void aChainThatIsRefusedBeginsAnewWithWhatWaitsAndNotTwiceInAMinute(Refusal refusal)
      throws Exception {
    String id = spool.id();
    answers.add(new RelyingRecordsTaken(1));
    answers.add(refusal);
    answers.add(refusal);
    assertFalse(sender.send());
    assertEquals(id, spool.id());
    assertFalse(sender.send());
    String second = spool.id();
    assertNotEquals(id, second);
    assertFalse(sender.send());
    assertEquals(second, spool.id(), "two with one certificate would take turns for ever");
    assertTrue(add("d"));
    assertFalse(sender.send());
    JsonNode taken = batches.get(batches.size() - 1);
    assertEquals(second, taken.get("spool").asText());
    assertEquals(List.of("b", "c", "d"), ids(taken));
    assertEquals(1, parsed(taken.get("records").get(0)).seq());
    assertEquals(RelyingRecord.GENESIS, parsed(taken.get("records").get(0)).prev());
    assertEquals(List.of(), spool.unsent(Spool.MOST));
  }

  @ParameterizedTest
  @EnumSource(
      value = Refusal.class,
      names = {"EVENT_INVALID", "STORAGE_FAILED", "SERVICE_REVOKED"})
  void anyOtherRefusalKeepsTheChainAndWhatWaits(Refusal refusal) throws Exception {
    String id = spool.id();
    answers.add(refusal);
    assertFalse(sender.send());
    assertEquals(id, spool.id());
    assertFalse(sender.send());
    assertEquals(List.of("a", "b", "c"), ids(batches.get(1)));
    assertEquals(List.of(), spool.unsent(Spool.MOST));
  }
}
