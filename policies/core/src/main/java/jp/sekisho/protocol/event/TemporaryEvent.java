package jp.sekisho.protocol.event;

import java.util.Map;

/**
 * The life of temporary cards (仮カード); the entry's {@code person} is who carries the card, and a
 * {@code desk.done} beside it names who did it. {@code spki} is the base64url SHA-256 of the card's
 * public key, {@code label} what is printed on it.
 */
public sealed interface TemporaryEvent extends AuditEvent {
  /** As in the table and in the log. */
  String spki();

  /** What is printed on the card, and stands in its certificate. */
  String label();

  @Override
  default Map<String, Object> data() {
    return Map.of("spki", spki(), "label", label());
  }

  /** A card lies in the sealed stock, new or sealed again after its return. */
  record Stocked(String spki, String label) implements TemporaryEvent {
    @Override
    public String type() {
      return "temporary.stocked";
    }
  }

  /**
   * A card was handed out to a person whose identity a colleague attested.
   *
   * @param until when it stops to count, RFC 3339
   */
  record HandedOut(String spki, String label, String until) implements TemporaryEvent {
    @Override
    public String type() {
      return "temporary.handed-out";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki, "label", label, "until", until);
    }
  }

  /** A card stopped to count before its day was over; it is still out. */
  record Stopped(String spki, String label) implements TemporaryEvent {
    @Override
    public String type() {
      return "temporary.stopped";
    }
  }

  /** A card came back and counts for nobody. */
  record Returned(String spki, String label) implements TemporaryEvent {
    @Override
    public String type() {
      return "temporary.returned";
    }
  }

  /** A card is no longer of the stock: lost, or worn out. */
  record Retired(String spki, String label) implements TemporaryEvent {
    @Override
    public String type() {
      return "temporary.retired";
    }
  }
}
