package jp.sekisho.audit.witness;

import jp.sekisho.audit.note.NoteSignature;

/** What a witness says to a checkpoint. */
public sealed interface WitnessAnswer {
  /** It continues what was held, and is held from now on; line is the cosignature. */
  record Cosigned(NoteSignature line) implements WitnessAnswer {}

  /**
   * It does not start from what is held.
   *
   * @param size of the checkpoint held
   * @param otherRoot whether the sizes are equal and the roots are not: the log forked
   */
  record Conflict(long size, boolean otherRoot) implements WitnessAnswer {}

  /** Not cosigned for a reason that says nothing of the log's past. */
  record Refused(Reason reason, String detail) implements WitnessAnswer {}

  /** Why a checkpoint is not cosigned, with the status of tlog-witness. */
  enum Reason {
    /** The request is not of the specified form, or its old size is above the checkpoint's. */
    MALFORMED(400),
    /** The log's key did not sign. */
    NOT_SIGNED_BY_LOG(403),
    /** The witness does not know this log. */
    ORIGIN_UNKNOWN(404),
    /** The hashes do not prove a continuation. */
    NOT_CONSISTENT(422);

    private final int status;

    Reason(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }
}
