package jp.sekisho.protocol.event;

import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What became of an 緊急時の例外措置 at the service: it stays 事後報告未了 until somebody reported and another
 * person confirmed it. What a report says is never in the log, its hash {@code detail} is; {@code
 * grant} names the case.
 */
public sealed interface EmergencyCaseEvent extends AuditEvent {

  /**
   * A terminal's record of an opened medium arrived, and a case stands open from now on.
   *
   * @param user staff number of who could read it
   * @param at the terminal
   * @param due ISO-8601 UTC, until when it is to be reported
   */
  record CaseOpened(String grant, String user, String at, String due)
      implements EmergencyCaseEvent {
    @Override
    public String type() {
      return "emergency.case-opened";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "user", user, "at", at, "due", due);
    }
  }

  /**
   * The entry's person wrote the report.
   *
   * @param detail base64url SHA-256 of what it says
   */
  record Reported(String grant, String detail) implements EmergencyCaseEvent {
    @Override
    public String type() {
      return "emergency.reported";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "detail", detail);
    }
  }

  /**
   * The entry's person read another's report and confirmed it; the case is closed.
   *
   * @param detail of the report that was shown
   * @param reporter staff number of who wrote it
   */
  record Confirmed(String grant, String detail, String reporter) implements EmergencyCaseEvent {
    @Override
    public String type() {
      return "emergency.confirmed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "detail", detail, "reporter", reporter);
    }
  }

  /**
   * Not reported and confirmed when it was due.
   *
   * @param due ISO-8601 UTC
   */
  record Overdue(String grant, String due) implements EmergencyCaseEvent {
    @Override
    public String type() {
      return "emergency.overdue";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "due", due);
    }
  }

  /**
   * A step was refused and nothing was changed.
   *
   * @param step {@code report confirm}
   * @param grant null when its form is wrong
   */
  record StepRefused(String step, @Nullable String grant, Refusal reason)
      implements EmergencyCaseEvent {
    @Override
    public String type() {
      return "emergency.step-refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("step", step);
      if (grant != null) {
        data.put("grant", grant);
      }
      return data;
    }
  }
}
