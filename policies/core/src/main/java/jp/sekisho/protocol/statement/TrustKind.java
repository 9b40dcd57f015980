package jp.sekisho.protocol.statement;

import java.time.Duration;
import java.util.Locale;

/** The four signed files a terminal trusts, with their limits. */
public enum TrustKind {
  /** Who may sign what; signed by officers. */
  ROOT(64 << 10, Duration.ofDays(400)),
  /** The compiled policy; signed by officers. */
  POLICY(1 << 20, Duration.ofDays(400)),
  /** Staff numbers and card keys of one 機関; signed by the online key. */
  ROSTER(4 << 20, Duration.ofDays(10)),
  /** Which versions count now, and what is revoked; signed by the online key. */
  CURRENT(256 << 10, Duration.ofHours(24));

  private final int maxBody;
  private final Duration maxLife;

  TrustKind(int maxBody, Duration maxLife) {
    this.maxBody = maxBody;
    this.maxLife = maxLife;
  }

  /** The word in the first line and in file names: {@code root policy roster current}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Largest body in bytes. */
  public int maxBody() {
    return maxBody;
  }

  /** Longest from issue to expiry. */
  public Duration maxLife() {
    return maxLife;
  }
}
