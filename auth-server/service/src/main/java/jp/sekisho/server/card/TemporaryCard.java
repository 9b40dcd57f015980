package jp.sekisho.server.card;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import jp.sekisho.protocol.Base64Url;
import org.jspecify.annotations.Nullable;

/**
 * A temporary card (仮カード) as its row says: a staff card whose certificate names a label in place of
 * a staff number, so that it opens nothing but for whom and on the day on which it was handed out.
 *
 * @param spkiHash SHA-256 of the public key's SubjectPublicKeyInfo, 32 bytes
 * @param label printed on it, and the number in its certificate
 * @param organ the 機関 in whose sealed stock it belongs
 * @param person staff number of who carries it, or carried it last; null before the first time
 * @param attested staff number of who handed it out
 * @param handed when; null before the first time
 * @param expires when it stops to count: 00:00 in Japan of the day after
 * @param own hashes of the person's cards that were suspended for it
 */
@SuppressWarnings("ArrayRecordComponent") // never changed after reading; identity is not asked for
public record TemporaryCard(
    byte[] spkiHash,
    String label,
    String organ,
    State state,
    @Nullable String person,
    @Nullable String attested,
    @Nullable Instant handed,
    @Nullable Instant expires,
    List<String> own) {
  public TemporaryCard {
    own = List.copyOf(own);
  }

  /** Where it is. */
  public enum State {
    /** In the stock, its PIN in a sealed envelope with it. */
    STOCK,
    /** With somebody; counts until it expires. */
    OUT,
    /** With somebody, and counts for nothing. */
    STOPPED,
    /** Back, with an opened envelope: it needs a new PIN before it is sealed again. */
    RETURNED,
    /** Gone for good. */
    RETIRED;

    /** As in the database: {@code out}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the log names it: base64url of the key's hash. */
  public String spki() {
    return Base64Url.encode(spkiHash);
  }

  /** Whether somebody has it and should not any more. */
  public boolean isOverdue(Instant now) {
    return isAway() && (state == State.STOPPED || expires == null || !now.isBefore(expires));
  }

  /** Whether somebody has it. */
  public boolean isAway() {
    return state == State.OUT || state == State.STOPPED;
  }

  TemporaryCard in(State next) {
    return new TemporaryCard(
        spkiHash, label, organ, next, person, attested, handed, expires, List.of());
  }

  TemporaryCard handedTo(
      String holder, String by, Instant at, Instant end, List<String> suspended) {
    return new TemporaryCard(spkiHash, label, organ, State.OUT, holder, by, at, end, suspended);
  }

  @Override
  public String toString() {
    return "TemporaryCard[" + label + ", " + state.text() + "]";
  }
}
