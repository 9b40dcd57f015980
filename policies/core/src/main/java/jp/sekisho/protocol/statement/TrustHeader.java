package jp.sekisho.protocol.statement;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The signed text in front of a root, policy, roster or current file: what the body is, how long it
 * counts, who signed, and its hash. The signature covers exactly these bytes.
 *
 * <pre>
 * sekisho/root/v1 | sekisho/policy/v1 | sekisho/roster/v1 | sekisho/current/v1
 * organ (id of the 機関 it is for), or - for all
 * version (1 to 2⁵³)
 * issued 2026-11-21T05:00:00Z
 * expires 2027-11-21T05:00:00Z
 * use trial | production
 * signers (base64url SHA-256 of a key's SubjectPublicKeyInfo DER; ascending, one space between)
 * body (base64url SHA-256 of the body) (its length in bytes)
 * </pre>
 *
 * At most {@value #MAX_BYTES} bytes; the body follows the last LF at once.
 *
 * @param kind which of the four
 * @param organ id of a 機関; null ("-") for all
 * @param version rises with every new file of its kind; Unix seconds where the online key signs
 * @param issued whole seconds
 * @param expires whole seconds, after {@code issued}, within the kind's life
 * @param trial whether it belongs to a trial, which shows a banner everywhere
 * @param signers key ids, 1 to {@value #MAX_SIGNERS}, strictly ascending
 * @param bodyHash base64url of 32 bytes
 * @param bodyLength 0 to the kind's limit
 */
public record TrustHeader(
    TrustKind kind,
    @Nullable String organ,
    long version,
    Instant issued,
    Instant expires,
    boolean trial,
    List<String> signers,
    String bodyHash,
    int bodyLength) {
  /** Largest header. */
  public static final int MAX_BYTES = 4 * 1024;

  /** Most signers of one file. */
  public static final int MAX_SIGNERS = 16;

  private static final long MAX_VERSION = 1L << 53;
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,15}");
  private static final Pattern SPACE = Pattern.compile(" ");

  /** Checks every field by the rules of its line. */
  public TrustHeader {
    signers = List.copyOf(signers);
    if (organ != null && !Names.isOrgan(organ)) {
      throw new IllegalArgumentException("organ is none");
    }
    if (version < 1 || version > MAX_VERSION) {
      throw new IllegalArgumentException("version is not 1 to 2^53");
    }
    if (!issued.equals(issued.truncatedTo(ChronoUnit.SECONDS))
        || !expires.equals(expires.truncatedTo(ChronoUnit.SECONDS))) {
      throw new IllegalArgumentException("issued or expires is not whole seconds");
    }
    Duration life = Duration.between(issued, expires);
    if (life.isNegative() || life.isZero() || life.compareTo(kind.maxLife()) > 0) {
      throw new IllegalArgumentException("expires is not after issued or too late");
    }
    if (signers.isEmpty() || signers.size() > MAX_SIGNERS) {
      throw new IllegalArgumentException("signers are not 1 to " + MAX_SIGNERS);
    }
    for (int i = 0; i < signers.size(); i++) {
      Fields.base64Url("signer", signers.get(i), 32);
      if (i > 0 && signers.get(i - 1).compareTo(signers.get(i)) >= 0) {
        throw new IllegalArgumentException("signers are not in ascending order");
      }
    }
    Fields.base64Url("body", bodyHash, 32);
    if (bodyLength < 0 || bodyLength > kind.maxBody()) {
      throw new IllegalArgumentException("body is over " + kind.maxBody() + " bytes");
    }
  }

  /** The header of {@code body}. */
  public static TrustHeader of(
      TrustKind kind,
      @Nullable String organ,
      long version,
      Instant issued,
      Instant expires,
      boolean trial,
      List<String> signers,
      byte[] body) {
    List<String> sorted = signers.stream().sorted().toList();
    return new TrustHeader(
        kind, organ, version, issued, expires, trial, sorted, Sha256.text(body), body.length);
  }

  /** The bytes to sign. */
  public byte[] bytes() {
    return StatementLines.write(kind.text())
        .line("organ", organ == null ? "-" : organ)
        .line("version", Long.toString(version))
        .line("issued", issued.toString())
        .line("expires", expires.toString())
        .line("use", trial ? "trial" : "production")
        .line("signers", String.join(" ", signers))
        .line("body", bodyHash + " " + bodyLength)
        .bytes();
  }

  /** The header of a {@code kind} whose bytes are exactly {@code bytes}. */
  public static TrustHeader parse(TrustKind kind, byte[] bytes) throws MalformedException {
    if (bytes.length > MAX_BYTES) {
      throw new MalformedException("header over " + MAX_BYTES + " bytes");
    }
    StatementLines lines = StatementLines.read(bytes, kind.text());
    String organ = lines.value("organ");
    long version = number(lines.value("version"));
    Instant issued = time(lines.value("issued"));
    Instant expires = time(lines.value("expires"));
    String use = lines.value("use");
    List<String> signers = List.of(SPACE.split(lines.value("signers"), -1));
    String[] body = SPACE.split(lines.value("body"), -1);
    lines.end();
    if (body.length != 2) {
      throw new MalformedException("body is not a hash and a length");
    }
    long length = number(body[1]);
    if (length > kind.maxBody()) {
      throw new MalformedException("body over " + kind.maxBody() + " bytes");
    }
    return Fields.sameBytes(
        bytes,
        () ->
            new TrustHeader(
                kind,
                organ.equals("-") ? null : organ,
                version,
                issued,
                expires,
                use.equals("trial"),
                signers,
                body[0],
                (int) length),
        TrustHeader::bytes);
  }

  private static long number(String text) throws MalformedException {
    if (!NUMBER.matcher(text).matches()) {
      throw new MalformedException("not a number");
    }
    return Long.parseLong(text);
  }

  private static Instant time(String text) throws MalformedException {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new MalformedException("not a time");
    }
  }
}
