package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.RelyingSessionEnd;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.keycloak.models.UserSessionModel;

/** Two logins of one browser share an id; each end of it has to count. */
class SeenEndsTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final SeenEnds seen = new SeenEnds();
  private final List<Long> ended = new ArrayList<>();

  private static RelyingSessionEnd at(long minutes) {
    return new RelyingSessionEnd("a-session", minutes * 60_000, "card-removed");
  }

  private boolean there(RelyingSessionEnd over) {
    return ended.add(over.at() / 60_000);
  }

  private static boolean fails(RelyingSessionEnd over) {
    throw new IllegalStateException("the database is away");
  }

  private boolean absent(RelyingSessionEnd over) {
    there(over);
    return false;
  }

  @Test
  void anEndThatIsToldAgainIsDoneOnce() {
    seen.take(List.of(at(1)), 1 * 60_000, this::there);
    seen.take(List.of(at(1)), 1 * 60_000, this::there);
    assertEquals(List.of(1L), ended);
  }

  @Test
  void aSecondEndOfOneIdEndsTheLaterLoginToo() {
    seen.take(List.of(at(1)), 1 * 60_000, this::there);
    seen.take(List.of(at(2)), 2 * 60_000, this::there);
    seen.take(List.of(at(1)), 1 * 60_000, this::there);
    assertEquals(List.of(1L, 2L), ended);
  }

  @Test
  void anEndWithoutASessionIsTriedAgainEachTimeItIsTwiceAsOldForADay() {
    seen.take(List.of(at(1)), 60_000, this::absent);
    seen.take(List.of(at(2)), 2 * 60_000, this::absent);
    assertEquals(2, ended.size());
    for (int second = 120; second <= 24 * 3600; second += 10) {
      seen.retry(second * 1000L, DAY, this::absent);
    }
    assertTrue(ended.size() > 8 && ended.size() < 20, "not each ten seconds: " + ended);
    assertEquals(2L, ended.get(ended.size() - 1), "the newest end of the id only");
    int soFar = ended.size();
    assertTrue(seen.awaits("a-session"));
    seen.again("a-session", this::there);
    assertEquals(soFar + 1, ended.size(), "at once when there is such a session");
    assertTrue(seen.awaits("a-session"), "a call in that moment may have written it again");
    seen.again("a-session", this::there);
    assertEquals(soFar + 2, ended.size());
  }

  @Test
  void anEndThatNobodyNeedsIsForgottenAfterADay() {
    seen.take(List.of(at(1)), 60_000, this::absent);
    seen.retry(60_000 + DAY.toMillis(), DAY, this::absent);
    assertTrue(seen.awaits("a-session"));
    seen.retry(60_001 + DAY.toMillis(), DAY, this::absent);
    assertFalse(seen.awaits("a-session"));
  }

  @Test
  void anEndThatCouldNotBeDoneIsTriedEachTenSecondsUntilItCan() {
    seen.take(List.of(at(1)), 60_000, SeenEndsTest::fails);
    for (int second = 70; second < 120; second += 10) {
      seen.retry(second * 1000L, DAY, SeenEndsTest::fails);
    }
    seen.retry(120_000, DAY, this::there);
    assertEquals(List.of(1L), ended);
    seen.retry(130_000, DAY, this::there);
    assertEquals(List.of(1L, 1L), ended, "and looked after once more");
  }

  @Test
  void onlyTheEndOfTheProofThatASessionRestsOnEndsIt() {
    assertTrue(concerned("t", "59999"), "proved before that end");
    assertFalse(concerned("t", "60000"), "proved with it: that is the end of the proof before");
    assertFalse(concerned("t", "60001"), "proved since");
    assertFalse(concerned(null, null), "by password");
    assertTrue(concerned("t", null), "of a provider that noted no time");
    assertFalse(EndedSessions.concerns(at(1), null));
  }

  private static boolean concerned(@Nullable String transaction, @Nullable String time) {
    UserSessionModel session =
        (UserSessionModel)
            Proxy.newProxyInstance(
                SeenEndsTest.class.getClassLoader(),
                new Class<?>[] {UserSessionModel.class},
                (proxy, method, arguments) ->
                    arguments[0].equals(StepAuthenticator.PROVED) ? transaction : time);
    return EndedSessions.concerns(at(1), session);
  }
}
