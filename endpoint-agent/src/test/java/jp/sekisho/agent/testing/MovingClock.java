package jp.sekisho.agent.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until a test moves it. Thread-safe. */
public final class MovingClock implements InstantSource {
  private volatile Instant now;

  public MovingClock(Instant now) {
    this.now = now;
  }

  /** Stands at some fixed time of day, whole milliseconds. */
  public static MovingClock standing() {
    return new MovingClock(Instant.parse("2026-11-21T01:02:03.456Z"));
  }

  @Override
  public Instant instant() {
    return now;
  }

  public synchronized void advance(Duration by) {
    now = now.plus(by);
  }
}
