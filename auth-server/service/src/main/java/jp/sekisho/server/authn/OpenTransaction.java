package jp.sekisho.server.authn;

import java.time.Duration;
import java.time.Instant;
import jp.sekisho.protocol.statement.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * The service's question to one browser, not yet answered.
 *
 * @param id base64url of 16 random bytes
 * @param nonce base64url of 32 random bytes; only the terminal that fetches learns it
 * @param purpose login, unlock, step-up or approve
 * @param origin of the page that asked
 * @param cookieHash SHA-256 of the pre-login cookie
 * @param source network address of the browser
 * @param created when the browser asked
 * @param terminal the terminal it is bound to: the first to fetch it, or from birth the terminal of
 *     the session it is about; null while nobody fetched a login
 * @param fetchedFrom network address of that terminal's fetch; null before it
 * @param session hash of the token of the session it unlocks or is asked in; null exactly for a
 *     login
 * @param shown hash of the cookie with which the browser asked to unlock it; null unless the
 *     purpose is unlock
 * @param matter what is approved; null unless the purpose is approve
 * @param action what a step-up is for; null unless the purpose is step-up
 * @param relying who asked in the browser's place, and for which session; null for our own pages
 */
@SuppressWarnings("ArrayRecordComponent") // never changed after creation; identity is not asked for
public record OpenTransaction(
    String id,
    String nonce,
    Purpose purpose,
    String origin,
    byte[] cookieHash,
    String source,
    Instant created,
    @Nullable String terminal,
    @Nullable String fetchedFrom,
    byte @Nullable [] session,
    byte @Nullable [] shown,
    @Nullable Matter matter,
    @Nullable String action,
    @Nullable RelyingLogin relying) {
  /** How long an answer is accepted. */
  public static final Duration LIFE = Duration.ofSeconds(90);

  /** The first instant at which an answer is too late. */
  public Instant expires() {
    return created.plus(LIFE);
  }

  /** This question, fetched by {@code fetcher} from {@code address}. */
  OpenTransaction fetchedBy(String fetcher, String address) {
    return new OpenTransaction(
        id,
        nonce,
        purpose,
        origin,
        cookieHash,
        source,
        created,
        fetcher,
        address,
        session,
        shown,
        matter,
        action,
        relying);
  }

  @Override
  public String toString() {
    return "OpenTransaction[" + id + ", " + purpose.text() + "]";
  }
}
