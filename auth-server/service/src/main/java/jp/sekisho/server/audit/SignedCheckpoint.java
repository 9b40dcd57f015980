package jp.sekisho.server.audit;

import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;

/** A checkpoint whose signature was found good, and the note it stands in. */
record SignedCheckpoint(Checkpoint checkpoint, SignedNote note) {
  /** Reads a note whose signature was found good. */
  static SignedCheckpoint of(SignedNote note) {
    try {
      return new SignedCheckpoint(Checkpoint.parse(note.text()), note);
    } catch (FormatException e) {
      throw new LogIntegrityException("a signed checkpoint is damaged", e);
    }
  }

  /** How many entries it covers. */
  long size() {
    return checkpoint.size();
  }
}
