package jp.sekisho.server.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Refusal;

/**
 * What people proved anew within their sessions, for one action each: counts for five minutes and
 * once.
 *
 * <p>In memory: each proof is an entry of the log before it stands here, and a restart of the
 * service asks for it again. Thread-safe.
 */
public final class StepUps {
  /** How old a proof may be. */
  public static final Duration LIFE = Duration.ofMinutes(5);

  /** What a person must prove before a passkey of theirs is registered. */
  public static final String REGISTER_PASSKEY = "passkey-register";

  /** As {@link #REGISTER_PASSKEY}, before one is removed; its id follows. */
  public static final String REMOVE_PASSKEY = "passkey-remove:";

  /** Before a personnel file is taken; base64url SHA-256 of the file follows. */
  public static final String APPLY_ORDER = "order-apply:";

  /** Before a personnel order is undone; its id follows. */
  public static final String UNDO_ORDER = "order-undo:";

  /** Before the first policy is taken in; base64url SHA-256 of the request's body follows. */
  public static final String IMPORT_POLICY = "setup-policy:";

  /** Before the first start is finished. */
  public static final String FINISH_SETUP = "setup-finish";

  /** Before another person's session is ended; its name follows. */
  public static final String END_SESSION = "session-end:";

  /** Before a medium is registered; its number and fingerprint follow. */
  public static final String REGISTER_MEDIUM = "medium-register:";

  /** Before a medium is recorded as disposed of; its number follows. */
  public static final String DISPOSE_MEDIUM = "medium-dispose:";

  /** Before a medium is recorded as lost; its number follows. */
  public static final String LOSE_MEDIUM = "medium-lose:";

  /** Before somebody opens one more case of 漏えい等 than are usual in a day. */
  public static final String OPEN_BREACH = "breach-open";

  /** Before a case of 漏えい等 is written anew; its id follows. */
  public static final String AMEND_BREACH = "breach-amend:";

  /** Before a report of such a case is written down; its id follows. */
  public static final String REPORT_BREACH = "breach-report:";

  /** Before such a case is closed; its id follows. */
  public static final String CLOSE_BREACH = "breach-close:";

  /** Before something is done with a card at the desk: the request's action, person and card. */
  private static final String DESK =
      "(?:card-suspend:PERSON"
          + "|(?:card-register|card-resume|card-revoke|card-pin-reset|temporary-hand"
          + "|card-confirm|card-decline):PERSON:HASH"
          + "|(?:temporary-stock|temporary-return|temporary-retire):HASH)";

  /** As {@link jp.sekisho.protocol.Names#isPerson}: twelve digits are no staff number. */
  private static final String PERSON = "(?!(?:-*[0-9]){12}-*(?::|$))[0-9A-Za-z][0-9A-Za-z-]{0,31}";

  private static final String MEDIUM = "M-[0-9A-Z]{1,16}";

  private static final String HASH = "[A-Za-z0-9_-]{43}";

  private static final Pattern ACTION =
      Pattern.compile(
          REGISTER_PASSKEY
              + "|"
              + FINISH_SETUP
              + "|"
              + OPEN_BREACH
              + "|(?:"
              + IMPORT_POLICY
              + "|"
              + REMOVE_PASSKEY
              + "|"
              + APPLY_ORDER
              + ")"
              + HASH
              + "|"
              + UNDO_ORDER
              + "O-[0-9]{4,9}|"
              + END_SESSION
              + "[A-Za-z0-9_-]{16}|"
              + REGISTER_MEDIUM
              + MEDIUM
              + ":"
              + HASH
              + "|"
              + DISPOSE_MEDIUM
              + MEDIUM
              + "|"
              + LOSE_MEDIUM
              + MEDIUM
              + "|(?:"
              + AMEND_BREACH
              + "|"
              + REPORT_BREACH
              + "|"
              + CLOSE_BREACH
              + ")[A-Za-z0-9_-]{22}|"
              + DESK.replace("PERSON", PERSON).replace("HASH", HASH));

  private final InstantSource clock;
  private final Map<Key, StepUp> proved = new HashMap<>(); // guarded by this

  private record Key(String session, String action) {}

  /**
   * A proof.
   *
   * @param at when the answer was judged
   * @param card whether it was given by a card of the person's own and PIN, not by passkey or
   *     temporary card
   * @param low whether that authenticator is 低保証
   */
  public record StepUp(Instant at, boolean card, boolean low) {}

  public StepUps(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether there is such an action. */
  public static boolean isAction(String action) {
    return ACTION.matcher(action).matches();
  }

  /**
   * What to say of one that {@link #isAction} does not know; a person may have typed part of it.
   */
  public static Refusal malformed(String action) {
    return action.startsWith(REGISTER_MEDIUM)
            || action.startsWith(DISPOSE_MEDIUM)
            || action.startsWith(LOSE_MEDIUM)
        ? Refusal.MEDIUM_FORM
        : Refusal.INPUT_MALFORMED;
  }

  /**
   * Keeps a proof whose entry is durable.
   *
   * @param session name of the session
   */
  public synchronized void add(String session, String action, boolean card, boolean low) {
    Instant now = clock.instant();
    proved.values().removeIf(old -> isOver(old, now));
    proved.put(new Key(session, action), new StepUp(now, card, low));
  }

  /** The proof for this action, if it is not older than it may be. */
  public synchronized Optional<StepUp> find(String session, String action) {
    StepUp found = proved.get(new Key(session, action));
    return found == null || isOver(found, clock.instant()) ? Optional.empty() : Optional.of(found);
  }

  /** As {@link #find}; from here on it is used up. */
  public synchronized Optional<StepUp> take(String session, String action) {
    Optional<StepUp> found = find(session, action);
    proved.remove(new Key(session, action));
    return found;
  }

  private static boolean isOver(StepUp proof, Instant now) {
    return !now.isBefore(proof.at().plus(LIFE));
  }
}
