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
  void memoryIsBoundedAndExpiredQuestionsMakeRoom() {
    OpenTransactions open = new OpenTransactions(clock, new Limits(100, 2));
    Asked first = LoginScene.passed(open.ask(ORIGIN, "a", null));
    assertInstanceOf(Verdict.Passed.class, open.ask(ORIGIN, "b", null));
    assertEquals(Verdict.<Asked>refused(Refusal.TOO_MANY), open.ask(ORIGIN, "c", null));
    clock.advance(OpenTransaction.LIFE.plus(OpenTransactions.MEMORY));
    assertInstanceOf(Verdict.Passed.class, open.ask(ORIGIN, "c", null));
    assertEquals(
        Verdict.<OpenTransaction>refused(Refusal.TRANSACTION_UNKNOWN),
        open.take(first.transaction().id(), first.cookie()));
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
