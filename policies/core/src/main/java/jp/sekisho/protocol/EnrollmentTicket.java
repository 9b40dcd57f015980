package jp.sekisho.protocol;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one string an administrator carries to a new terminal: {@code
 * sekisho-ticket1~URL~TOKEN~ROOT~SERVERCA}.
 *
 * @param url {@code https://host:port} of the agents' listener
 * @param token base64url of 16 bytes; a secret until used
 * @param rootHash base64url of the SHA-256 of the trust root file; null ("-") while the
 *     installation has no officers yet
 * @param serverCaHash base64url of the SHA-256 of the server CA certificate's DER: the only CA the
 *     terminal will believe
 */
public record EnrollmentTicket(
    URI url, String token, @Nullable String rootHash, String serverCaHash) {
  private static final Pattern FORM =
      Pattern.compile(
          "sekisho-ticket1~(https://[a-z0-9.-]{1,253}:[1-9][0-9]{0,4})~([A-Za-z0-9_-]{22})~(-|[A-Za-z0-9_-]{43})~([A-Za-z0-9_-]{43})");

  /** Checks every part by its rule, so that whatever exists can also be read. */
  public EnrollmentTicket {
    if (url.getPort() < 1 || url.getPort() > 65_535) {
      throw new IllegalArgumentException("url has no port from 1 to 65535");
    }
    if (!FORM.matcher(text(url, token, rootHash, serverCaHash)).matches()) {
      throw new IllegalArgumentException("not the parts of an enrolment ticket");
    }
    try {
      Base64Url.decode(token, 16);
      if (rootHash != null) {
        Base64Url.decode(rootHash, 32);
      }
      Base64Url.decode(serverCaHash, 32);
    } catch (MalformedException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Reads a ticket; surrounding white space, which copying adds, is ignored. */
  public static EnrollmentTicket parse(String text) throws MalformedException {
    Matcher m = FORM.matcher(text.strip());
    if (!m.matches()) {
      throw new MalformedException("not an enrolment ticket");
    }
    String root = m.group(3);
    try {
      return new EnrollmentTicket(
          URI.create(m.group(1)), m.group(2), root.equals("-") ? null : root, m.group(4));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("not an enrolment ticket");
    }
  }

  /** The string to carry. */
  public String text() {
    return text(url, token, rootHash, serverCaHash);
  }

  private static String text(
      URI url, String token, @Nullable String rootHash, String serverCaHash) {
    String root = rootHash == null ? "-" : rootHash;
    return String.join("~", "sekisho-ticket1", url.toString(), token, root, serverCaHash);
  }

  @Override
  public String toString() {
    return "EnrollmentTicket[url=" + url + ", token=***]";
  }
}
