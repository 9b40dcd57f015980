package jp.sekisho.protocol;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One event of a relying service for our log, as it stands in that service's spool: a link of a
 * chain. Never a name, an address or what somebody typed.
 *
 * @param spool id of the spool, base64url of 16 bytes
 * @param seq 1 and up, without a gap
 * @param prev hash of the record before; {@link #GENESIS} for the first
 * @param id the relying service's own id of the event, 1 to 64 visible ASCII characters; twelve
 *     digits, hyphens or not, are the form of a 個人番号 and of no id
 * @param at when, milliseconds UTC, by the relying service's clock
 * @param realm realm in which it happened
 * @param kind such as {@code LOGIN} or {@code ADMIN DELETE USER}
 * @param recovered whether it was found later in the relying service's own event store
 * @param user the relying service's id of the user concerned, or of the administrator who acted
 * @param person staff number of that user, where the relying service knows one
 * @param client the application
 * @param session the relying service's id of the session
 * @param transaction our transaction, of a login that we vouched for
 * @param what what was changed, as the relying service's path; or why it ended
 * @param error the relying service's word for a failure; null for a success
 */
public record RelyingRecord(
    String spool,
    long seq,
    String prev,
    String id,
    long at,
    String realm,
    String kind,
    boolean recovered,
    @Nullable String user,
    @Nullable String person,
    @Nullable String client,
    @Nullable String session,
    @Nullable String transaction,
    @Nullable String what,
    @Nullable String error) {
  /** Stands before the first record. */
  public static final String GENESIS = "genesis";

  /** Longest {@code user}, {@code client} and {@code session}. */
  public static final int MAX_NAME = 128;

  /** Longest {@code what}. */
  public static final int MAX_WHAT = 200;

  private static final Pattern HASH = Pattern.compile("genesis|[A-Za-z0-9_-]{43}");
  private static final Pattern ID = Pattern.compile("[!-~]{1,64}");
  private static final Pattern TWELVE = Pattern.compile("(-*[0-9]){12}-*");
  private static final Pattern KIND = Pattern.compile("[A-Za-z0-9_ -]{1,80}");
  private static final Pattern VISIBLE = Pattern.compile("[!-~]+");
  private static final Pattern ERROR = Pattern.compile("[a-z0-9_.-]{1,64}");

  /** The same event at another place of a chain. */
  public RelyingRecord in(String newSpool, long newSeq, String newPrev) {
    return new RelyingRecord(
        newSpool,
        newSeq,
        newPrev,
        id,
        at,
        realm,
        kind,
        recovered,
        user,
        person,
        client,
        session,
        transaction,
        what,
        error);
  }

  /** The line of the spool and of the wire. */
  public String text() {
    return new String(WireJson.write(this), StandardCharsets.UTF_8);
  }

  /** The record in a line, each part of its form. */
  public static RelyingRecord parse(String text) throws MalformedException {
    RelyingRecord record =
        WireJson.read(text.getBytes(StandardCharsets.UTF_8), RelyingRecord.class);
    Base64Url.decode(record.spool, 16);
    if (!(record.seq >= 1
        && record.at >= 0
        && record.at <= 1L << 53
        && record.seq <= 1L << 53
        && HASH.matcher(record.prev).matches()
        && ID.matcher(record.id).matches()
        && !TWELVE.matcher(record.id).matches()
        && Names.isRealm(record.realm)
        && KIND.matcher(record.kind).matches()
        && isVisible(record.user, MAX_NAME)
        && (record.person == null || Names.isPerson(record.person))
        && isVisible(record.client, MAX_NAME)
        && isVisible(record.session, MAX_NAME)
        && isVisible(record.transaction, MAX_NAME)
        && isVisible(record.what, MAX_WHAT)
        && (record.error == null || isError(record.error)))) {
      throw new MalformedException("not a record of a relying service");
    }
    return record;
  }

  private static boolean isVisible(@Nullable String text, int most) {
    return text == null || (text.length() <= most && VISIBLE.matcher(text).matches());
  }

  /** Whether {@code text} can stand in {@link #error}: a word, not a sentence. */
  public static boolean isError(String text) {
    return ERROR.matcher(text).matches();
  }

  /** What the next record's {@code prev} is: base64url SHA-256 of the line. */
  public static String hash(String text) {
    return Sha256.text(text.getBytes(StandardCharsets.UTF_8));
  }
}
