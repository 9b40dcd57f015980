package jp.sekisho.server.session;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.Entry;
import org.jspecify.annotations.Nullable;

/**
 * One login's session as its row says.
 *
 * @param tokenHash SHA-256 of the cookie, 32 bytes
 * @param person staff number
 * @param organ the person's 機関
 * @param post id of the acting post; null when the person has none of its own, {@link #UNDECIDED}
 *     until the person chose
 * @param terminal where the card was
 * @param boot the terminal's boot, base64url of 16 bytes
 * @param transaction the login, unlock or approval for which its card answered last: the name under
 *     which the terminal reports that card's removal
 * @param assurance {@code normal} or {@code low}, the authenticator's
 * @param cause why it is not active; null while it is
 * @param resumed when it became active last
 * @param changed when it got its state
 * @param absoluteEnd no call succeeds from here on
 * @param source name of the address that it may be used from ({@link Sources}); null for any
 * @param authenticator which one opened or resumed it last: base64url of the SHA-256 of its key;
 *     null in rows of the first versions
 * @param relying where it is kept when not in a cookie of ours; null for our own
 */
@SuppressWarnings("ArrayRecordComponent") // never changed after reading; identity is not asked for
public record Session(
    byte[] tokenHash,
    String person,
    String organ,
    @Nullable String post,
    String terminal,
    String boot,
    String transaction,
    String assurance,
    State state,
    @Nullable Cause cause,
    Instant created,
    Instant resumed,
    Instant changed,
    Instant absoluteEnd,
    @Nullable String source,
    @Nullable String authenticator,
    @Nullable Relying relying) {

  /** The post of a session whose person has several and must choose before anything else. */
  public static final String UNDECIDED = "?";

  /** {@link #assurance} of a 低保証 authenticator. */
  public static final String LOW = "low";

  /** The three states; nothing leads out of {@link #ENDED}. */
  public enum State {
    ACTIVE,
    SUSPENDED,
    ENDED;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static State parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /** How the log names a session: base64url of the first 12 bytes of the hash. */
  public static String nameOf(byte[] tokenHash) {
    return Base64Url.encode(Arrays.copyOf(tokenHash, 12));
  }

  /** As {@link #nameOf}. */
  public String name() {
    return nameOf(tokenHash);
  }

  /** Whom the log's entries about this session are about. */
  public Entry.Subject subject() {
    return new Entry.Subject(organ, person, isUndecided() ? null : post, terminal, name());
  }

  /** Whether the person must choose a post before anything else. */
  public boolean isUndecided() {
    return UNDECIDED.equals(post);
  }

  Session acting(String chosen) {
    return new Session(
        tokenHash,
        person,
        organ,
        chosen,
        terminal,
        boot,
        transaction,
        assurance,
        state,
        cause,
        created,
        resumed,
        changed,
        absoluteEnd,
        source,
        authenticator,
        relying);
  }

  Session in(State next, @Nullable Cause why, Instant at) {
    return new Session(
        tokenHash,
        person,
        organ,
        post,
        terminal,
        boot,
        transaction,
        assurance,
        next,
        why,
        created,
        resumed,
        at,
        absoluteEnd,
        source,
        authenticator,
        relying);
  }

  /**
   * @param proved the assurance of what resumed it; a session is as good as the weaker one
   * @param by the authenticator that did
   */
  Session resumedBy(String unlock, String bootNow, String proved, String by, Instant at) {
    return new Session(
        tokenHash,
        person,
        organ,
        post,
        terminal,
        bootNow,
        unlock,
        assurance.equals(LOW) ? LOW : proved,
        State.ACTIVE,
        null,
        created,
        at,
        at,
        absoluteEnd,
        source,
        by,
        relying);
  }

  @Override
  public String toString() {
    return "Session[" + name() + ", " + state.text() + "]";
  }
}
