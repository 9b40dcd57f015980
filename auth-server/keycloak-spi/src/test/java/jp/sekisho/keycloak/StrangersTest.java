package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.RelyingRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whoever reaches a login page must not be able to fill the log. */
class StrangersTest {
  private static final String SPOOL = "AAECAwQFBgcICQoLDA0ODw";
  private static final long MINUTE = 29_000_000;

  private final Strangers strangers = new Strangers();
  private final List<RelyingRecord> kept = new ArrayList<>();

  private void happens(int count, @Nullable String user, @Nullable String error, long minute) {
    for (int i = 0; i < count; i++) {
      kept.addAll(
          strangers.take(
              new RelyingRecord(
                  "",
                  0,
                  "",
                  "event-" + kept.size() + "-" + i,
                  minute * 60_000 + i,
                  "city",
                  error == null ? "LOGIN" : "LOGIN_ERROR",
                  false,
                  user,
                  null,
                  null,
                  null,
                  null,
                  null,
                  error)));
    }
  }

  @Test
  void ofAFloodTheFirstOfEachMinuteAreKeptAndTheNumberOfTheOthers() throws MalformedException {
    happens(300, null, "client_not_found", MINUTE);
    assertEquals(Strangers.EACH, kept.size());
    happens(1, "u-1", null, MINUTE + 1);
    assertEquals(Strangers.EACH + 2, kept.size());
    RelyingRecord more = kept.get(Strangers.EACH);
    assertEquals("and-290-more", more.what());
    assertEquals("LOGIN_ERROR", more.kind());
    assertEquals("client_not_found", more.error());
    RelyingRecord unused = RelyingRecord.parse(more.in(SPOOL, 1, RelyingRecord.GENESIS).text());
    happens(300, null, "client_not_found", MINUTE + 1);
    assertEquals(2 * Strangers.EACH + 2, kept.size(), "each minute");
  }

  @Test
  void whatIsSomebodysIsKeptAndEachKindForItself() {
    happens(300, "u-1", "invalid_user_credentials", MINUTE);
    happens(300, null, null, MINUTE);
    assertEquals(600, kept.size());
    happens(300, null, "client_not_found", MINUTE);
    happens(300, null, "card_refused", MINUTE);
    assertEquals(600 + 2 * Strangers.EACH, kept.size());
  }

  @Test
  void aClockSetBackBeginsAnewAndALateEventDoesNot() {
    happens(Strangers.EACH, null, "card_refused", MINUTE);
    assertFalse(keeps(MINUTE), "over");
    assertFalse(keeps(MINUTE - 1), "late, and counted with those after it");
    assertTrue(keeps(MINUTE - 60));
  }

  private boolean keeps(long minute) {
    return strangers.keeps(null, "city", "LOGIN_ERROR", "card_refused", minute * 60_000);
  }
}
