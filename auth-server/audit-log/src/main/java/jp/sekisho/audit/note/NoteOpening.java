package jp.sekisho.audit.note;

import java.util.List;

/** What came of checking a note's signatures against the keys the reader trusts. */
public sealed interface NoteOpening {
  /** At least one known key signed, and every signature by a known key is good. */
  record Opened(String text, List<VerifiedSignature> signatures) implements NoteOpening {
    public Opened {
      signatures = List.copyOf(signatures);
    }
  }

  /** This known key's signature is wrong, so somebody changed the note; nothing in it counts. */
  record BadSignature(VerifierKey key) implements NoteOpening {}

  /** No signature is by a key the reader knows. */
  record NoKnownKey() implements NoteOpening {}
}
