package jp.sekisho.server.webauthn;

import java.time.Duration;
import java.time.Instant;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.Authenticator.State;
import org.jspecify.annotations.Nullable;

/**
 * A registered passkey as its row says.
 *
 * @param credentialId the authenticator's id of it, 1 to 1023 bytes
 * @param person staff number of the holder
 * @param userHandle what the authenticator calls the holder, 32 random bytes, one per person
 * @param spki its public key, DER SubjectPublicKeyInfo
 * @param signCount the highest counter seen; 0 for authenticators that count nothing
 * @param aaguid the model, as a UUID
 * @param model the model's name when it was registered
 * @param state revoked = removed by its holder, for good
 * @param label what the holder calls it
 * @param lastUsed null before the first use
 * @param seen whether the holder confirmed to know of it, in a session opened after it came
 */
@SuppressWarnings("ArrayRecordComponent") // never changed after reading; identity is not asked for
public record Passkey(
    byte[] credentialId,
    String person,
    byte[] userHandle,
    byte[] spki,
    long signCount,
    String aaguid,
    String model,
    Assurance assurance,
    State state,
    String label,
    Instant registered,
    @Nullable Instant lastUsed,
    boolean seen) {

  /**
   * So long every login tells of it, confirmed or not: who registered it with a borrowed card could
   * confirm it too.
   */
  public static final Duration NEWS = Duration.ofDays(30);

  /** Counters have 32 bits. */
  private static final long NEVER = 1L << 32;

  /** Whether a login must tell of it. */
  public boolean isNews(Instant now) {
    return !seen || registered.isAfter(newsSince(now));
  }

  /** One that its holder confirmed and that was registered until then is news no more. */
  static Instant newsSince(Instant now) {
    return now.minus(NEWS);
  }

  /** How the log names it: base64url of the SHA-256 of its public key. */
  public String id() {
    return Sha256.text(spki);
  }

  /** This passkey after a use with this counter. */
  public Passkey usedWith(long count, Instant at) {
    return with(count, state, at, seen);
  }

  /**
   * This passkey after its counter went back: suspended, with a count that no authenticator
   * reaches, so that it is never taken for one that was merely suspended with its holder's cards.
   */
  public Passkey doubted() {
    return with(NEVER, State.SUSPENDED, lastUsed, seen);
  }

  /** Whether {@link #doubted} was said of it. */
  public boolean isDoubted() {
    return signCount >= NEVER;
  }

  /** This passkey in another state. */
  public Passkey in(State next) {
    return with(signCount, next, lastUsed, seen);
  }

  Passkey seenByHolder() {
    return with(signCount, state, lastUsed, true);
  }

  private Passkey with(long count, State next, @Nullable Instant used, boolean known) {
    return new Passkey(
        credentialId,
        person,
        userHandle,
        spki,
        count,
        aaguid,
        model,
        assurance,
        next,
        label,
        registered,
        used,
        known);
  }

  /** The row's key in base64url, as a tampered row is named. */
  String row() {
    return Base64Url.encode(credentialId);
  }

  @Override
  public String toString() {
    return "Passkey[" + id() + ", " + state + "]";
  }
}
