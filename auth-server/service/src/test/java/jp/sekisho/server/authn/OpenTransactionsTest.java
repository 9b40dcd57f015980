package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.time.Instant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.authn.OpenTransactions.Limits;
import org.junit.jupiter.api.Test;

final class OpenTransactionsTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));

  private static final String ORIGIN = "https://auth.city.example";

  @Test
  void oneSourceMayNotAskMoreThanItsLimitPerMinute() {
    OpenTransactions open = new OpenTransactions(clock, new Limits(2, 100));
    assertInstanceOf(Verdict.Passed.class, open.ask(ORIGIN, "a", null));
    assertInstanceOf(Verdict.Passed.class, open.ask(ORIGIN, "a", null));
    assertEquals(Verdict.<Asked>refused(Refusal.TOO_MANY), open.ask(ORIGIN, "a", null));
    assertInstanceOf(Verdict.Passed.class, open.ask(ORIGIN, "b", null));
    clock.advance(Duration.ofMinutes(1));
    assertInstanceOf(Verdict.Passed.class, open.ask(ORIGIN, "a", null));
  }

  @Test
  void questionsThatNobodyFetchedMakeRoomForNewOnes() {
    OpenTransactions open = new OpenTransactions(clock, new Limits(1_000, 2));
    Asked honest = LoginScene.passed(open.ask(ORIGIN, "a", null));
    LoginScene.passed(open.fetch(honest.transaction().id(), "T-0001", "a"));
    Asked first = LoginScene.passed(open.ask(ORIGIN, "b", null));
    for (int i = 0; i < 500; i++) {
      assertInstanceOf(Verdict.Passed.class, open.ask(ORIGIN, "b", null));
    }
    assertUnknown(open, first);
    assertInstanceOf(Verdict.Passed.class, open.take(honest.transaction().id(), honest.cookie()));
  }

  @Test
  void memoryIsBoundedByWhatTerminalsFetchedUntilThatIsForgotten() {
    OpenTransactions open = new OpenTransactions(clock, new Limits(100, 1));
    Asked first = LoginScene.passed(open.ask(ORIGIN, "a", null));
    LoginScene.passed(open.fetch(first.transaction().id(), "T-0001", "a"));
    assertEquals(Verdict.<Asked>refused(Refusal.TOO_MANY), open.ask(ORIGIN, "c", null));
    clock.advance(OpenTransaction.LIFE.plus(OpenTransactions.MEMORY));
    assertInstanceOf(Verdict.Passed.class, open.ask(ORIGIN, "c", null));
    assertUnknown(open, first);
  }

  /** Found by {@code ./dev bench login}: 50,000 logins within 6.5 minutes ended all logins. */
  @Test
  void aRushOfLoginsDoesNotEndItself() {
    OpenTransactions open = new OpenTransactions(clock, new Limits(1_000, 3));
    Asked pending = LoginScene.passed(open.ask(ORIGIN, "a", null));
    LoginScene.passed(open.fetch(pending.transaction().id(), "T-0001", "a"));
    for (int i = 0; i < 100; i++) {
      Asked asked = LoginScene.passed(open.ask(ORIGIN, "a", null));
      String id = asked.transaction().id();
      LoginScene.passed(open.fetch(id, "T-0001", "a"));
      LoginScene.passed(open.take(id, asked.cookie()));
      assertEquals(
          Verdict.refused(Refusal.TRANSACTION_USED), open.take(id, asked.cookie()), "once only");
      assertEquals(Verdict.refused(Refusal.TRANSACTION_USED), open.fetch(id, "T-0001", "a"));
    }
    assertInstanceOf(Verdict.Passed.class, open.take(pending.transaction().id(), pending.cookie()));
  }

  @Test
  void aQuestionThatNobodyFetchedIsForgottenWhenItExpires() {
    OpenTransactions open = new OpenTransactions(clock, Limits.DIRECT);
    Asked first = LoginScene.passed(open.ask(ORIGIN, "a", null));
    clock.advance(OpenTransaction.LIFE);
    assertInstanceOf(Verdict.Passed.class, open.ask(ORIGIN, "a", null));
    assertUnknown(open, first);
  }

  private static void assertUnknown(OpenTransactions open, Asked asked) {
    assertEquals(
        Verdict.<OpenTransaction>refused(Refusal.TRANSACTION_UNKNOWN),
        open.take(asked.transaction().id(), asked.cookie()));
  }

  @Test
  void theFirstTerminalToFetchKeepsTheQuestion() {
    OpenTransactions open = new OpenTransactions(clock, Limits.DIRECT);
    String id = LoginScene.passed(open.ask(ORIGIN, "a", null)).transaction().id();
    OpenTransaction bound = LoginScene.passed(open.fetch(id, "T-0001", "a"));
    OpenTransaction again = LoginScene.passed(open.fetch(id, "T-0001", "a"));
    assertEquals(bound.nonce(), again.nonce());
    assertEquals(
        Verdict.<OpenTransaction>refused(Refusal.TRANSACTION_BOUND), open.fetch(id, "T-0002", "a"));
    clock.advance(OpenTransaction.LIFE);
    assertEquals(
        Verdict.<OpenTransaction>refused(Refusal.TRANSACTION_EXPIRED),
        open.fetch(id, "T-0001", "a"));
  }
}
