package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.RelyingSessionEnd;
import org.junit.jupiter.api.Test;

/** Two logins of one browser share an id; each end of it has to count. */
class SeenEndsTest {
  private final SeenEnds seen = new SeenEnds();
  private final List<Long> ended = new ArrayList<>();

  private static RelyingSessionEnd at(long minutes) {
    return new RelyingSessionEnd("a-session", minutes * 60_000, "card-removed");
  }

  private boolean there(RelyingSessionEnd over) {
    return ended.add(over.at() / 60_000);
  }

  private boolean absent(RelyingSessionEnd over) {
    there(over);
    return false;
  }

  @Test
  void anEndThatIsToldAgainIsDoneOnce() {
    seen.take(List.of(at(1)), this::there);
    seen.take(List.of(at(1)), this::there);
    assertEquals(List.of(1L), ended);
  }

  @Test
  void aSecondEndOfOneIdEndsTheLaterLoginToo() {
    seen.take(List.of(at(1)), this::there);
    seen.take(List.of(at(2)), this::there);
    seen.take(List.of(at(1)), this::there);
    assertEquals(List.of(1L, 2L), ended);
  }

  @Test
  void aSessionThatBeginsAfterItsEndIsTriedAgainUntilItIsLate() {
    seen.take(List.of(at(1)), this::absent);
    seen.take(List.of(at(2)), this::absent);
    seen.retry(3 * 60_000, Duration.ofMinutes(5), this::absent);
    assertEquals(List.of(1L, 2L, 2L), ended, "the newest end of the id only");
    seen.retry(8 * 60_000, Duration.ofMinutes(5), this::absent);
    seen.retry(8 * 60_000, Duration.ofMinutes(5), this::absent);
    assertEquals(List.of(1L, 2L, 2L, 2L), ended);
  }
}
