package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Refusal;

/** Changes of the directory, by personnel files (発令). */
public sealed interface PersonEvent extends AuditEvent {

  /**
   * What the entry's person is and may in the entry's 機関 from a day on; recorded in each 機関 that an
   * order, or undoing it, changes.
   *
   * @param order id of the order
   * @param change {@code added}, {@code updated} or {@code restored}
   * @param effective first day on which the order makes a difference, ISO-8601
   * @param posts division, kind, appointment, first and last day, and for contractors the last day
   *     of the contract (with {@code +} for a sub-contract)
   * @param roles name, first and last day, and {@code lent} for a lent person
   */
  record Imported(
      String order, String change, String effective, List<String> posts, List<String> roles)
      implements PersonEvent {
    public Imported {
      posts = List.copyOf(posts);
      roles = List.copyOf(roles);
    }

    @Override
    public String type() {
      return "person.imported";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "order", order, "change", change, "effective", effective, "posts", posts, "roles", roles);
    }
  }

  /**
   * A personnel file was applied; each person has an entry of its own.
   *
   * @param file base64url SHA-256 of the file
   */
  record OrderApplied(String order, String file, String effective, long persons)
      implements PersonEvent {
    @Override
    public String type() {
      return "person.order-applied";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("order", order, "file", file, "effective", effective, "persons", persons);
    }
  }

  /** An order was taken back before its effect began. */
  record OrderUndone(String order, long persons) implements PersonEvent {
    @Override
    public String type() {
      return "person.order-undone";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("order", order, "persons", persons);
    }
  }

  /**
   * A personnel file, or taking an order back, was refused; nothing changed.
   *
   * @param what the order's id, or the base64url SHA-256 of the file
   */
  record OrderRefused(String what, Refusal reason) implements PersonEvent {
    @Override
    public String type() {
      return "person.order-refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("what", what);
    }
  }
}
