package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jp.sekisho.server.authn.SettableClock;
import org.junit.jupiter.api.Test;

/** Once a day by the service's clock. */
class RetentionKeeperTest {
  private final List<String> pruned = new ArrayList<>();
  private boolean failing;

  private long prune(String log) {
    pruned.add(log);
    if (failing) {
      throw new IllegalStateException("the disk is full");
    }
    return 1;
  }

  @Test
  void looksOnceADayFromThreeInTheMorningInJapanAndAgainAfterAFailure() {
    SettableClock clock = new SettableClock(Instant.parse("2026-11-21T10:00:00Z"));
    try (RetentionKeeper keeper = new RetentionKeeper(this::prune, Set.of("mayor"), clock)) {
      keeper.look();
      keeper.look();
      assertEquals(1, pruned.size());
      clock.advance(
          Duration.between(
              clock.instant(), Instant.parse("2026-11-21T17:59:59Z"))); // 02:59:59 of the next day
      keeper.look();
      assertEquals(1, pruned.size());
      clock.advance(Duration.ofSeconds(1));
      failing = true;
      keeper.look();
      keeper.look();
      assertEquals(3, pruned.size());
      failing = false;
      keeper.look();
      keeper.look();
      assertEquals(4, pruned.size());
    }
  }
}
