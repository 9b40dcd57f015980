package jp.sekisho.server.authn;

import java.time.Instant;
import java.util.Optional;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;

/** Step 5, by card or by passkey: whose authenticator answered is beyond doubt. */
sealed interface Identified permits Registered, PasskeyRegistered {
  /** What was proved before anything of the person. */
  OriginAndTerminal before();

  /** Staff number of the holder. */
  String person();

  /** The authenticator's, which becomes the session's. */
  Assurance assurance();

  /** Which one it is, as the log names it: base64url of the SHA-256 of its key. */
  String authenticator();

  /** When what answered stops to count by itself; a session by it ends no later. */
  default Optional<Instant> until() {
    return Optional.empty();
  }

  /** When its certificate ends; empty for what has none. */
  default Optional<Instant> certificateEnd() {
    return Optional.empty();
  }

  /** The entry of a success. */
  LoginEvent.Succeeded succeeded();

  /** Writes into the authenticator's row that it was used, where that is kept. */
  void used(Change change, EntryReceipt entry);

  /** The terminal that answered for. */
  default TerminalSpoke spoke() {
    return before().spoke();
  }
}
