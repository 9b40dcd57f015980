package jp.sekisho.server.authn;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;

/**
 * Makes the holder of one authenticator wait at one terminal after failures there, longer each
 * time. Thread-safe.
 *
 * <p>A count belongs to (terminal, authenticator, and with it its person) and grows only by answers
 * over this very question that a terminal of ours signed: so nobody can make a colleague wait, nor
 * the same person at another terminal, nor anybody from outside. The PIN has its own counter, in
 * the card. In memory: a restart forgives, and the tries of the card do not come back by it. Of
 * more than {@value #MOST} counts the one that failed longest ago is forgotten.
 */
final class FailureDelays {
  /** Failures without a wait where no signed policy says a number. */
  static final int STANDARD = 5;

  /** The first wait; it doubles with each further failure. */
  static final Duration FIRST = Duration.ofSeconds(1);

  /** The longest wait. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  /** After so long without a failure the count begins anew. */
  static final Duration MEMORY = Duration.ofMinutes(30);

  static final int MOST = 10_000;

  /** What says something against the authenticator that answered; the rest is not its fault. */
  private static final Set<Refusal> COUNTED =
      Set.of(
          Refusal.CERT_EXPIRED,
          Refusal.CERT_UNTRUSTED,
          Refusal.CERT_USAGE,
          Refusal.CERT_REVOKED,
          Refusal.SIGNATURE_INVALID,
          Refusal.STATEMENT_INVALID,
          Refusal.NOT_ENROLLED,
          Refusal.AUTHENTICATOR_SUSPENDED,
          Refusal.PASSKEY_UNKNOWN,
          Refusal.PASSKEY_INVALID,
          Refusal.PASSKEY_COUNTER,
          Refusal.PASSKEY_MODEL);

  private final InstantSource clock;
  // The one that failed longest ago first; guarded by this.
  private final LinkedHashMap<Claim, Failures> failed = new LinkedHashMap<>();

  /** Who answers where, as far as it is claimed: the authenticator is not proved yet. */
  private record Claim(String terminal, String authenticator) {
    static Claim of(TerminalSpoke spoke) {
      byte[] shown =
          switch (spoke.answer()) {
            case Answer.Card card -> card.certificate();
            case Answer.Passkey passkey -> passkey.assertion().credentialId();
          };
      return new Claim(spoke.terminal().id(), Sha256.text(shown));
    }
  }

  private record Failures(int count, Instant last, Instant until) {}

  FailureDelays(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether this answer comes before the wait after the last failure is over. */
  synchronized boolean holdsUp(TerminalSpoke spoke) {
    if (failed.isEmpty()) {
      return false; // nearly always: nothing is hashed for a login that follows no failure
    }
    Failures failures = failed.get(Claim.of(spoke));
    return failures != null && clock.instant().isBefore(failures.until());
  }

  /**
   * Counts a refusal if it is the authenticator's.
   *
   * @param free failures that cost no wait
   */
  synchronized void refused(TerminalSpoke spoke, Refusal reason, int free) {
    if (!COUNTED.contains(reason)) {
      return;
    }
    Instant now = clock.instant();
    forget(now);
    Claim claim = Claim.of(spoke);
    Failures before = failed.remove(claim);
    int count = before == null ? 1 : before.count() + 1;
    failed.put(claim, new Failures(count, now, now.plus(wait(count, free))));
    if (failed.size() > MOST) {
      failed.pollFirstEntry();
    }
  }

  /** The authenticator answered well: what was before counts no more. */
  synchronized void passed(TerminalSpoke spoke) {
    if (!failed.isEmpty()) {
      failed.remove(Claim.of(spoke));
    }
  }

  private static Duration wait(int count, int free) {
    int over = count - free;
    if (over < 0) {
      return Duration.ZERO;
    }
    Duration doubled = FIRST.multipliedBy(1L << Math.min(over, 20));
    return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
  }

  private void forget(Instant now) {
    while (!failed.isEmpty()) {
      Map.Entry<Claim, Failures> oldest = failed.firstEntry();
      if (now.isBefore(oldest.getValue().last().plus(MEMORY))) {
        return;
      }
      failed.pollFirstEntry();
    }
  }
}
