package jp.sekisho.server.card;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.LoginScene;
import jp.sekisho.server.card.StaffTrust.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustAlarmsTest {
  @TempDir Path directory;
  private LoginScene scene;
  private TrustAlarms alarms;

  @BeforeEach
  void open() throws IOException {
    scene = new LoginScene(directory);
    alarms = new TrustAlarms(scene.storage.transactions, scene.clock);
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private void assertNewest(String source, String notice) {
    alarms.write();
    Entry entry = scene.newest("system");
    assertEquals("service.trust-unusable", entry.type());
    assertEquals(source, entry.data().get("source"));
    assertEquals(notice, entry.data().get("notice"));
  }

  @Test
  void whatAFileIsCalledCannotSpoilTheEntry() {
    alarms.tell(Source.ANCHORS, "a\u0000\n\u202e\ud800か\u3099.crt: broken");
    assertNewest("anchors", "a????が.crt: broken");
    alarms.tell(Source.LISTS, "x".repeat(1000));
    assertNewest("lists", "x".repeat(300));
  }

  @Test
  void anAddressOutOfReachIsToldOnceADay() {
    alarms.tell(Source.ADDRESS, "first");
    alarms.tell(Source.ADDRESS, "again");
    assertNewest("address", "first");
    scene.clock.advance(Duration.ofHours(25));
    alarms.tell(Source.ADDRESS, "next day");
    assertNewest("address", "next day");
  }

  private long entries() {
    alarms.write();
    return scene.entries("system").stream()
        .filter(entry -> entry.type().equals("service.trust-unusable"))
        .count();
  }

  @Test
  void anAddressOutOfReachHidesNoRefusedAnswer() {
    alarms.tell(Source.ADDRESS, "no whole answer");
    alarms.tell(Source.ANSWER, "none of our CAs signed the list");
    assertNewest("address", "none of our CAs signed the list");
    alarms.tell(Source.ANSWER, "list number 4 came after 5");
    assertNewest("address", "list number 4 came after 5");
    assertEquals(3, entries());
    alarms.tell(Source.ANSWER, "none of our CAs signed the list");
    alarms.tell(Source.ADDRESS, "connection refused");
    assertEquals(3, entries(), "each was told");
    scene.clock.advance(Duration.ofHours(25));
    alarms.tell(Source.ANSWER, "none of our CAs signed the list");
    assertEquals(4, entries());
  }

  @Test
  void whoeverAnswersCannotFillTheLog() {
    for (int i = 0; i < 250; i++) {
      alarms.tell(Source.ANSWER, "text " + i);
      alarms.write();
    }
    assertEquals(100, entries());
  }
}
