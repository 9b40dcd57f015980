package jp.sekisho.server.session;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Names;

/**
 * A session that another system keeps, such as a municipality's single sign-on.
 *
 * @param service the system's registered name
 * @param realm its realm
 * @param session its own id for the session: 1 to 128 characters without a space
 */
public record Relying(String service, String realm, String session) {
  private static final Pattern ID = Pattern.compile("[!-~]{1,128}");
  private static final Pattern TEXT = Pattern.compile("([^ ]+) ([^ ]+) ([^ ]+)");

  /**
   * @throws IllegalArgumentException when a part is not of its form
   */
  public Relying {
    if (!Names.isService(service) || !Names.isRealm(realm) || !isId(session)) {
      throw new IllegalArgumentException("not a relying service's session");
    }
  }

  /** Whether {@code text} can be a relying service's id of a session. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** What stands in the row. */
  String text() {
    return service + " " + realm + " " + session;
  }

  static Relying parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not a relying service's session");
    }
    return new Relying(parts.group(1), parts.group(2), parts.group(3));
  }
}
