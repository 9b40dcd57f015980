package jp.sekisho.agent.ipc;

import java.time.Duration;

/**
 * The heartbeat between service and session processes.
 *
 * @param ping how often the service asks
 * @param silence how long a seat may owe an answer before it is lost, the HELLO included
 */
public record SeatTimes(Duration ping, Duration silence) {
  /** What the protocol says. */
  public static final SeatTimes PROTOCOL =
      new SeatTimes(Duration.ofSeconds(1), Duration.ofSeconds(5));

  public SeatTimes {
    if (ping.isNegative() || ping.isZero() || silence.compareTo(ping) <= 0) {
      throw new IllegalArgumentException("silence must outlast a ping");
    }
  }
}
