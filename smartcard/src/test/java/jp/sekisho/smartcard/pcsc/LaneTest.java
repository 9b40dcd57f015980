package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LaneTest {
  @Test
  void aCallThatThrowsIsAnswered() {
    Lane lane = new Lane();
    int code =
        lane.call(
            Duration.ofSeconds(60),
            () -> {
              throw new UnsatisfiedLinkError("no such function");
            },
            () -> {});
    assertEquals(ScardCode.UNEXPECTED, code);
    assertFalse(lane.isLeft());
  }

  @Test
  void aCallThatThrowsLateIsClearedAwayToo() throws Exception {
    Lane lane = new Lane();
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch cleared = new CountDownLatch(1);
    int code =
        lane.call(
            Duration.ofMillis(10),
            () -> {
              try {
                go.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw new IllegalStateException("late");
            },
            cleared::countDown);
    assertEquals(ScardCode.SHARING_VIOLATION, code);
    assertTrue(lane.isLeft());
    go.countDown();
    assertTrue(cleared.await(60, TimeUnit.SECONDS));
  }
}
