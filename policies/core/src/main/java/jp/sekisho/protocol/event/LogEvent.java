package jp.sekisho.protocol.event;

import java.util.Map;
import java.util.TreeMap;
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

  /**
   * Entries were looked for.
   *
   * @param scope {@code own} for one's own entries, or the log's organ
   * @param asked the conditions by name, canonical JSON texts and integers only
   * @param from lowest index shown, −1 when nothing was found
   * @param to highest index shown, −1 when nothing was found
   */
  record Searched(String scope, Map<String, Object> asked, long found, long from, long to)
      implements LogEvent {
    public Searched {
      asked = Map.copyOf(asked);
    }

    @Override
    public String type() {
      return "log.searched";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "asked", asked, "found", found, "from", from, "to", to);
    }
  }

  /**
   * Entries were drawn by lot; seed, size and number give the same ones again.
   *
   * @param seed 32 hexadecimal digits
   * @param size how many entries the lot was drawn from
   * @param count how many were drawn
   */
  record Sampled(String scope, String seed, long size, long count) implements LogEvent {
    @Override
    public String type() {
      return "log.sampled";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "seed", seed, "size", size, "count", count);
    }
  }

  /**
   * The root sheet (ルート証明シート) of the first {@code size} entries was made for printing.
   *
   * @param root base64 of the root hash
   */
  record SheetMade(String scope, long size, String root) implements LogEvent {
    @Override
    public String type() {
      return "log.sheet-made";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "size", size, "root", root);
    }
  }

  /**
   * Entries were taken away: the bundle for offline verification, or a table.
   *
   * @param size how many entries the log had
   * @param asked the conditions of a table of a part, as in {@link Searched}; empty for the whole
   */
  record Exported(String scope, long size, String by, Map<String, Object> asked)
      implements LogEvent {
    public Exported {
      asked = Map.copyOf(asked);
    }

    /** The whole log was taken away. */
    public Exported(String scope, long size, String by) {
      this(scope, size, by, Map.of());
    }

    @Override
    public String type() {
      return "log.exported";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>(Map.of("scope", scope, "size", size, "by", by));
      if (!asked.isEmpty()) {
        data.put("asked", asked);
      }
      return data;
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
