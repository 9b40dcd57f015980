package jp.sekisho.server.audit;

import java.nio.charset.StandardCharsets;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.Frontier;

/**
 * A row of {@code audit_log_state}: how far a log is integrated and published.
 *
 * @param size number of integrated entries
 * @param epoch rises with every integration, so that two that started alike cannot both commit
 * @param frontier of that size
 * @param checkpoint the published signed note
 */
record LogState(
    String log, String origin, long size, long epoch, Frontier frontier, String checkpoint) {

  static LogState of(
      String log, String origin, long size, long epoch, byte[] frontier, String checkpoint) {
    try {
      Frontier parsed = Frontier.parse(frontier);
      if (parsed.size() != size) {
        throw new LogIntegrityException("log " + log + ": size and frontier of its state differ");
      }
      return new LogState(log, origin, size, epoch, parsed, checkpoint);
    } catch (FormatException e) {
      throw new LogIntegrityException("log " + log + ": the frontier of its state is damaged", e);
    }
  }

  /** The published checkpoint; its signature is the reader's to check. */
  SignedNote note() {
    try {
      return SignedNote.parse(checkpoint.getBytes(StandardCharsets.UTF_8));
    } catch (FormatException e) {
      throw new LogIntegrityException("log " + log + ": the checkpoint of its state is damaged", e);
    }
  }

  /** How many entries the published checkpoint covers. */
  long publishedSize() {
    try {
      return Checkpoint.parse(note().text()).size();
    } catch (FormatException e) {
      throw new LogIntegrityException("log " + log + ": the checkpoint of its state is damaged", e);
    }
  }
}
