package jp.sekisho.protocol.event;

import java.util.Map;
import jp.sekisho.protocol.Refusal;

/**
 * What a person did for another at the desk page (窓口): the entry's {@code person} is who did it,
 * {@code holder} for whom. What came of it has entries of its own about the holder, in the same
 * unit.
 */
public sealed interface DeskEvent extends AuditEvent {

  /**
   * Done, after card and PIN for exactly this.
   *
   * @param action {@code card-register}, {@code card-suspend} …
   */
  record Done(String action, String holder) implements DeskEvent {
    @Override
    public String type() {
      return "desk.done";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("action", action, "holder", holder);
    }
  }

  /**
   * A card's PIN was reset with the two halves of its PUK, as whoever was there says: the service
   * sees neither the halves nor the PIN.
   *
   * @param spki base64url SHA-256 of the card's key
   * @param first staff number of who typed one half
   * @param second of who typed the other
   */
  record PinReset(String holder, String spki, String first, String second) implements DeskEvent {
    @Override
    public String type() {
      return "desk.pin-reset";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("holder", holder, "spki", spki, "first", first, "second", second);
    }
  }

  /**
   * A page about others was shown; what stood there is not said.
   *
   * @param page {@code people}, {@code person}, {@code temporary}, {@code sessions}, {@code
   *     grants}, {@code grant}, {@code grants-register}, {@code deputies}, {@code emergencies},
   *     {@code measures}, {@code measure}, {@code media} or {@code reconciliation}
   * @param holder whom it is about; empty for a list
   * @param item id of the exception or measure; empty for a list or a person
   */
  record Viewed(String page, String holder, String item) implements DeskEvent {
    @Override
    public String type() {
      return "desk.viewed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("page", page, "holder", holder, "item", item);
    }
  }

  /** Refused; nothing changed. */
  record Refused(String action, String holder, Refusal reason) implements DeskEvent {
    @Override
    public String type() {
      return "desk.refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("action", action, "holder", holder);
    }
  }
}
