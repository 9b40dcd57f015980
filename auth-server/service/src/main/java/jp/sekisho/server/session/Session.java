package jp.sekisho.server.session;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.Entry;
import org.jspecify.annotations.Nullable;

/**
 * One login's session as its row says.
 *
 * @param tokenHash SHA-256 of its first cookie, 32 bytes: what tells it from all others for its
 *     life
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
 * @param secret the cookie that is valid now; null while that is still the first
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
    @Nullable Relying relying,
    @Nullable Secret secret) {

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

  /**
   * The secret that an unlock or a step-up put in the place of the one before.
   *
   * @param hash SHA-256 of the cookie that is valid now
   * @param replaced of the one before
   * @param since when
   */
  @SuppressWarnings("ArrayRecordComponent") // as in the session
  public record Secret(byte[] hash, byte[] replaced, Instant since) {}

  /** What a cookie of this session is. */
  enum Cookie {
    /** The one that is valid. */
    VALID,
    /** The one before. */
    REPLACED,
    /** An older one. */
    OLD
  }

  /** Which cookie of this session has this hash. */
  Cookie cookie(byte[] hash) {
    if (MessageDigest.isEqual(validHash(), hash)) {
      return Cookie.VALID;
    }
    return secret != null && MessageDigest.isEqual(secret.replaced(), hash)
        ? Cookie.REPLACED
        : Cookie.OLD;
  }

  private byte[] validHash() {
    return secret == null ? tokenHash : secret.hash();
  }

  /** How the log names a session: base64url of the first 12 bytes of its first cookie's hash. */
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
        relying,
        secret);
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
        relying,
        secret);
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
        relying,
        secret);
  }

  /** Whether this is the cookie that is valid now: not one that was replaced. */
  public boolean isHeldBy(Token token) {
    return cookie(token.hash()) == Cookie.VALID;
  }

  /** With another cookie in the place of the valid one. */
  Session renewed(byte[] hash, Instant at) {
    return renewed(hash, validHash(), at);
  }

  /**
   * With another cookie in the place of the valid one.
   *
   * @param shown hash of the cookie that the browser asked with: if it is the one before, the valid
   *     one never reached that browser, and the one before is what it has until it gets the new one
   */
  Session renewed(byte[] hash, byte[] shown, Instant at) {
    return new Session(
        tokenHash,
        person,
        organ,
        post,
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
        relying,
        new Secret(hash, cookie(shown) == Cookie.REPLACED ? shown : validHash(), at));
  }

  @Override
  public String toString() {
    return "Session[" + name() + ", " + state.text() + "]";
  }
}
