package jp.sekisho.audit.entry;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.audit.entry.TopLevel.Value;

/**
 * An entry about how long a log's entries are kept: a legal hold that was set or lifted, or a term.
 *
 * @param scope organ of the log
 * @param hold the hold's id; empty for a term
 * @param years the term; 0 for a hold
 */
public record KeepEntry(Kind kind, String scope, String hold, long years) {
  private static final byte[] HOLD = "\"type\":\"log.hold-".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TERM =
      "\"type\":\"log.retention-set\"".getBytes(StandardCharsets.US_ASCII);

  /** What such an entry says. */
  public enum Kind {
    HOLD_SET,
    HOLD_LIFTED,
    TERM_SET
  }

  /** Reads an entry; empty when it is of another kind or not what such an entry is. */
  public static Optional<KeepEntry> read(byte[] entry) {
    boolean hold = PruneEntry.contains(entry, HOLD);
    if (!hold && !PruneEntry.contains(entry, TERM)) {
      return Optional.empty();
    }
    try {
      Map<String, Value> fields = PruneEntry.ownMembers(entry);
      Value raw = fields.get("data");
      Map<String, Value> data = PruneEntry.members(raw == null ? "" : raw.text());
      String scope = PruneEntry.text(data, "scope");
      return switch (PruneEntry.text(fields, "type")) {
        case "log.hold-set" ->
            Optional.of(new KeepEntry(Kind.HOLD_SET, scope, PruneEntry.text(data, "hold"), 0));
        case "log.hold-lifted" ->
            Optional.of(new KeepEntry(Kind.HOLD_LIFTED, scope, PruneEntry.text(data, "hold"), 0));
        case "log.retention-set" ->
            Optional.of(new KeepEntry(Kind.TERM_SET, scope, "", PruneEntry.years(data)));
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }
}
