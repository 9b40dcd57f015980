package jp.sekisho.server.card;

import java.time.Duration;
import java.time.Instant;
import jp.sekisho.protocol.Base64Url;

/**
 * A further card of somebody, asked for by an administrator alone: it counts for nothing until its
 * holder or the holder's 所属長 confirms it by their own card.
 *
 * @param spkiHash SHA-256 of the card's key
 * @param person staff number of the holder
 * @param organ the holder's 機関
 * @param certificate DER
 * @param askedBy staff number of the administrator
 */
@SuppressWarnings("ArrayRecordComponent") // never changed after reading; identity is not asked for
public record WaitingCard(
    byte[] spkiHash,
    String person,
    String organ,
    byte[] certificate,
    String askedBy,
    Instant asked) {
  /** How long a card waits. */
  public static final Duration LIFE = Duration.ofDays(7);

  /** The hash of its key as the log writes it. */
  public String spki() {
    return Base64Url.encode(spkiHash);
  }

  /** From when on it cannot be confirmed any more. */
  public Instant expires() {
    return asked.plus(LIFE);
  }
}
