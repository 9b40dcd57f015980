package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import org.junit.jupiter.api.Test;

/** What ends a round and must not end those after it. */
class RoundsTest {
  @Test
  void anErrorDoesNotReachTheScheduler() {
    Runnable round =
        Rounds.of(
            "a test",
            () -> {
              throw new StackOverflowError("for a reason of its own");
            });
    assertDoesNotThrow(round::run);
  }
}
