package jp.sekisho.server.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.server.storage.TamperedException;

/**
 * The newest checkpoint that a log's key signed: that of the database may have been put back, so
 * the one kept beside it counts when it is newer. The same bytes are verified once, for every
 * heartbeat asks. Thread-safe.
 */
final class NewestCheckpoints {
  /** What was verified of one log. */
  @SuppressWarnings("ArrayRecordComponent") // compared by content below, never handed out
  private record Verified(String published, byte[] last, SignedCheckpoint newest) {}

  private final ConcurrentHashMap<String, Verified> verified = new ConcurrentHashMap<>();

  /**
   * The newest of both.
   *
   * @throws TamperedException when the checkpoint in the database is none of this log's
   * @throws LogIntegrityException when the one beside it is none
   */
  SignedCheckpoint of(LogState state, LogFiles files, VerifierKey key) {
    byte[] last = files.lastBytes();
    Verified known = verified.get(state.log());
    if (known != null
        && known.published().equals(state.checkpoint())
        && Arrays.equals(known.last(), last)) {
      return known.newest();
    }
    SignedCheckpoint published = published(state, key);
    boolean same = Arrays.equals(last, state.checkpoint().getBytes(StandardCharsets.UTF_8));
    SignedCheckpoint kept = same ? published : SignedCheckpoint.of(files.parseLast(last, key));
    SignedCheckpoint newest = kept.size() > published.size() ? kept : published;
    verified.put(state.log(), new Verified(state.checkpoint(), last, newest));
    return newest;
  }

  /**
   * The checkpoint in the database: of a closed generation the newest one whose entries are there.
   *
   * @throws TamperedException when it is none of this log's
   */
  static SignedCheckpoint published(LogState state, VerifierKey key) {
    SignedNote note = state.note();
    if (new TrustedKeys(key, List.of()).open(note) instanceof CheckpointOpening.Refused) {
      throw new TamperedException("audit_log_state", state.log());
    }
    return SignedCheckpoint.of(note);
  }
}
