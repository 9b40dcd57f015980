package jp.sekisho.audit.copy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Opened;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Witnessing;
import jp.sekisho.audit.checkpoint.TrustedKeys;

/**
 * An older checkpoint over everything that was deleted, and when somebody outside saw it: that old
 * the deleted entries are at least, whatever the log's own key says of them.
 *
 * @param at by the latest of those clocks
 */
record Aged(Checkpoint checkpoint, Instant at, String by) {
  /** The one that came with a copy; empty where there is none that a trusted witness cosigned. */
  static Optional<Aged> of(LogCopy copy, TrustedKeys keys) throws IOException, FormatException {
    Optional<byte[]> note = copy.aged();
    return note.isPresent() && keys.open(note.get()) instanceof Opened opened
        ? of(opened)
        : Optional.empty();
  }

  /** What an opened checkpoint shows; empty without a witness. */
  static Optional<Aged> of(Opened opened) {
    List<Witnessing> witnesses = opened.witnesses();
    Instant at = Deletion.latest(witnesses);
    String by = witnesses.stream().map(Witnessing::name).collect(Collectors.joining(", "));
    return at == null ? Optional.empty() : Optional.of(new Aged(opened.checkpoint(), at, by));
  }

  /** Whether it covers what was deleted, of a log that has this size now. */
  boolean covers(long minimum, long size) {
    return minimum <= checkpoint.size() && checkpoint.size() <= size;
  }

  Verification.Seen seen() {
    return new Verification.Seen(checkpoint.size(), at, by);
  }
}
