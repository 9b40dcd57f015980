package jp.sekisho.smartcard.issue;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whom a staff certificate names, and for how long.
 *
 * @param number staff number: 1 to 32 letters, digits, hyphens; never a name
 * @param upn user principal name of Windows' logon, {@code user@domain}
 * @param principal Kerberos principal of one component, {@code user@REALM}
 * @param sid security identifier of the account in Active Directory, {@code S-1-5-…}
 */
public record Holder(
    String number,
    Optional<String> upn,
    Optional<String> principal,
    Optional<String> sid,
    Instant notBefore,
    Instant notAfter) {
  private static final Pattern NUMBER = Pattern.compile("[0-9A-Za-z-]{1,32}");
  private static final Pattern AT = Pattern.compile("[!-?A-~]{1,64}@[0-9A-Za-z.-]{1,190}");
  // Slash and backslash would make components and escapes of it.
  private static final Pattern PRINCIPAL =
      Pattern.compile("[0-9A-Za-z._-]{1,64}@[0-9A-Za-z.-]{1,190}");
  private static final Pattern SID = Pattern.compile("S-1-[0-9]{1,14}(-[0-9]{1,10}){1,14}");

  public Holder {
    require(isNumber(number), "staff number: 1 to 32 letters, digits, hyphens");
    require(matches(upn, AT), "UPN: user@domain, ASCII");
    require(matches(principal, PRINCIPAL), "Kerberos principal: user@REALM");
    require(matches(sid, SID), "SID: S-1-5-21-…");
    require(notBefore.isBefore(notAfter), "validity ends before it begins");
  }

  /** Whether it has the form of a staff number. */
  public static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }

  private static boolean matches(Optional<String> value, Pattern form) {
    return value.isEmpty() || form.matcher(value.get()).matches();
  }

  private static void require(boolean fits, String rule) {
    if (!fits) {
      throw new IllegalArgumentException(rule);
    }
  }
}
