package jp.sekisho.protocol.event;

import java.util.Map;
import jp.sekisho.protocol.Refusal;

/** Looking at the log is itself logged; the entry's {@code person} looked. */
public sealed interface LogEvent extends AuditEvent {

  /**
   * A page of the log was shown.
   *
   * @param scope {@code own} for one's own entries, or the log's organ
   */
  record Viewed(String scope, long from, long to) implements LogEvent {
    @Override
    public String type() {
      return "log.viewed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "from", from, "to", to);
    }
  }

  /** A bundle was taken away for offline verification. */
  record Exported(String scope, long size, String by) implements LogEvent {
    @Override
    public String type() {
      return "log.exported";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "size", size, "by", by);
    }
  }

  /** Somebody without the role asked. */
  record Refused(String scope, Refusal reason) implements LogEvent {
    @Override
    public String type() {
      return "log.refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope);
    }
  }
}
