package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;

/** Changes of the directory; the entry's {@code person} is the one changed. */
public sealed interface PersonEvent extends AuditEvent {

  /**
   * A person was added or changed by a CSV row.
   *
   * @param change {@code added} or {@code updated}
   * @param division code of the 課
   * @param from first day of the post, ISO-8601
   * @param until last day of the post, ISO-8601
   * @param roles names of the roles given
   */
  record Imported(String change, String division, String from, String until, List<String> roles)
      implements PersonEvent {
    public Imported {
      roles = List.copyOf(roles);
    }

    @Override
    public String type() {
      return "person.imported";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "change", change, "division", division, "from", from, "until", until, "roles", roles);
    }
  }
}
