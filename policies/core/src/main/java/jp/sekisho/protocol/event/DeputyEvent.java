package jp.sekisho.protocol.event;

import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;

/** Who decides in whose place (代決), in the entry's 機関. */
public sealed interface DeputyEvent extends AuditEvent {

  /**
   * A person got a place in the order of deputies of a post; who ordered it stands in the document.
   *
   * @param deputy id of the place, base64url of 16 bytes
   * @param division whose approvers are represented
   * @param user staff number of the deputy
   * @param rank 1 is asked first
   * @param from first day, as {@code 2026-04-01}
   * @param until last day
   * @param reference the document that orders it
   */
  record Named(
      String deputy,
      String division,
      String user,
      int rank,
      String from,
      String until,
      String reference)
      implements DeputyEvent {
    @Override
    public String type() {
      return "deputy.named";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("deputy", deputy);
      data.put("division", division);
      data.put("user", user);
      data.put("rank", rank);
      data.put("from", from);
      data.put("until", until);
      data.put("reference", reference);
      return data;
    }
  }

  /** A place was taken out of its order. */
  record Removed(String deputy, String reference) implements DeputyEvent {
    @Override
    public String type() {
      return "deputy.removed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("deputy", deputy, "reference", reference);
    }
  }

  /**
   * An approver is absent (不在) for a time, in which deputies decide.
   *
   * @param absence its id, base64url of 16 bytes
   * @param user staff number of who is absent; the entry's {@code person} said so
   * @param from ISO-8601 UTC
   * @param until ISO-8601 UTC
   */
  record Absent(String absence, String user, String from, String until) implements DeputyEvent {
    @Override
    public String type() {
      return "deputy.absent";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("absence", absence, "user", user, "from", from, "until", until);
    }
  }

  /** An absence was ended before its time. */
  record Back(String absence, String user) implements DeputyEvent {
    @Override
    public String type() {
      return "deputy.back";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("absence", absence, "user", user);
    }
  }

  /**
   * Something about deputies or absences was refused, nothing changed.
   *
   * @param act {@code name remove absent back}
   */
  record Refused(String act, Refusal reason) implements DeputyEvent {
    @Override
    public String type() {
      return "deputy.refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("act", act);
    }
  }
}
