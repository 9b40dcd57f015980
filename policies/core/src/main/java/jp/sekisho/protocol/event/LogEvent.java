package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;

/** Looking at the log is itself logged; the entry's {@code person} looked. */
public sealed interface LogEvent extends AuditEvent {

  /**
   * A page of the log was shown.
   *
   * @param scope {@code own} for one's own entries, or the log's organ; {@code organ@1} of a closed
   *     generation
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
   * @param scope {@code own} for one's own entries, or the log's organ; {@code organ@1} of a closed
   *     generation
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
   * @param names how many people the bundle's sealed table names; 0 without one
   */
  record Exported(String scope, long size, String by, Map<String, Object> asked, long names)
      implements LogEvent {
    public Exported {
      asked = Map.copyOf(asked);
    }

    /** The whole log was taken away. */
    public Exported(String scope, long size, String by) {
      this(scope, size, by, Map.of(), 0);
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
      if (names > 0) {
        data.put("names", names);
      }
      return data;
    }
  }

  /**
   * Entry 0 of a generation: what the one before it is known to have signed, and what of it was
   * still there. Nobody signs for the earlier generation any more.
   *
   * @param previous its origin
   * @param known entries under the last checkpoint of it that is known
   * @param checkpoint that signed note, base64url
   * @param held of those, how many this installation still has and can prove; −1 when its key
   *     signed other entries in their place, which somebody with that checkpoint showed
   * @param carried entries it had committed and not yet signed; they follow this one
   * @param foreign rows found behind {@code held} that this service never wrote; not taken along
   * @param lost numbers of the generations before {@code previous} of which this installation has
   *     nothing any more; all others are there, and whoever takes one away later is found out
   */
  record GenerationOpened(
      String previous,
      long known,
      String checkpoint,
      long held,
      long carried,
      long foreign,
      List<Long> lost)
      implements LogEvent {
    public GenerationOpened {
      lost = List.copyOf(lost);
    }

    @Override
    public String type() {
      return "log.generation-opened";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "previous",
          previous,
          "known",
          known,
          "checkpoint",
          checkpoint,
          "held",
          held,
          "carried",
          carried,
          "foreign",
          foreign,
          "lost",
          lost);
    }
  }

  /**
   * A witness outside did not cosign: it holds another past of this log, or does not know it.
   *
   * @param witness its key's name
   * @param size entries of the checkpoint it was asked about
   * @param held entries of the one it holds; −1 when it did not say
   * @param status as HTTP names it (C2SP tlog-witness): 409 another past, 404 log unknown
   */
  record WitnessRefused(String witness, long size, long held, int status) implements LogEvent {
    @Override
    public String type() {
      return "log.witness-refused";
    }

    @Override
    public Refusal reason() {
      return status == 409 ? Refusal.LOG_FORK : Refusal.ACT_FAILED;
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("witness", witness, "size", size, "held", held, "status", status);
    }
  }

  /**
   * How long a log's entries are kept was set.
   *
   * @param years from now on
   * @param before until now; 0 where it was not known any more
   * @param reference the document that ordered it, such as a 文書番号
   */
  record RetentionSet(String scope, long years, long before, String reference) implements LogEvent {
    @Override
    public String type() {
      return "log.retention-set";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "years", years, "before", before, "reference", reference);
    }
  }

  /**
   * Nothing of a log is deleted from now on (法的保全), whatever its term.
   *
   * @param hold its id
   * @param reference the document that ordered it, such as a 文書番号
   */
  record HoldSet(String scope, String hold, String reference) implements LogEvent {
    @Override
    public String type() {
      return "log.hold-set";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "hold", hold, "reference", reference);
    }
  }

  /** A hold is over; the parts are as in {@link HoldSet}. */
  record HoldLifted(String scope, String hold, String reference) implements LogEvent {
    @Override
    public String type() {
      return "log.hold-lifted";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "hold", hold, "reference", reference);
    }
  }

  /**
   * Entries are deleted because their term is over; their hashes stay.
   *
   * @param generation of the log
   * @param from the first of them
   * @param to the first that stays
   * @param before all of them were written before this time, ISO 8601 UTC
   * @param years the term
   */
  record Pruned(String scope, long generation, long from, long to, String before, long years)
      implements LogEvent {
    @Override
    public String type() {
      return "log.pruned";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "scope",
          scope,
          "generation",
          generation,
          "from",
          from,
          "to",
          to,
          "before",
          before,
          "years",
          years);
    }
  }

  /**
   * An alarm: nothing of a log is deleted, though entries of it may be due.
   *
   * @param cause {@code clock}: the service's clock says more than the logs and the witnesses bear
   *     out; {@code retention-missing}: nobody knows the term and the holds any more; {@code
   *     hold-missing}: the log has a legal hold that is not kept
   */
  record PruneRefused(String scope, String cause) implements LogEvent {
    @Override
    public String type() {
      return "log.prune-refused";
    }

    @Override
    public Refusal reason() {
      return cause.equals("clock") ? Refusal.CLOCK_DOUBTFUL : Refusal.STATE_TAMPERED;
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "cause", cause);
    }
  }

  /**
   * A third party time-stamped a checkpoint (RFC 3161).
   *
   * @param size entries below it
   * @param root base64 of its root hash
   * @param at the time of the stamp, ISO 8601 UTC
   */
  record Stamped(String scope, long size, String root, String at) implements LogEvent {
    @Override
    public String type() {
      return "log.stamped";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "size", size, "root", root, "at", at);
    }
  }

  /**
   * The time-stamping authority did not stamp a checkpoint.
   *
   * @param size entries below it
   */
  record StampRefused(String scope, long size) implements LogEvent {
    @Override
    public String type() {
      return "log.stamp-refused";
    }

    @Override
    public Refusal reason() {
      return Refusal.ACT_FAILED;
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("scope", scope, "size", size);
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
