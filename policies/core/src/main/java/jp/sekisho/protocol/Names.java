package jp.sekisho.protocol;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.regex.Pattern;

/** The forms of the short names that appear in signed texts, certificates, URLs and the log. */
public final class Names {
  private static final Pattern TERMINAL = Pattern.compile("T-[0-9A-Z]{1,16}(-[0-9A-Z]{1,16})?");
  private static final Pattern ORGAN = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Pattern MEDIUM = Pattern.compile("M-[0-9A-Z]{1,16}");
  private static final Pattern PERSON = Pattern.compile("[0-9A-Za-z][0-9A-Za-z-]{0,31}");

  private static final Pattern DIVISION = Pattern.compile("[0-9A-Za-z][0-9A-Za-z._-]{0,31}");

  private static final Pattern MEASURE = Pattern.compile("E-[0-9]{4,9}");
  private static final Pattern RULE = Pattern.compile("[a-z][a-z0-9]*([.-][a-z0-9]+)*");
  private static final int LONGEST_RULE = 64;

  private static final Pattern SERVICE = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Pattern REALM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /** Ids of those to whom files may go (提供先), as policies have them. */
  public static final Pattern RECIPIENT = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  private static final int LONGEST_RECIPIENT = 64;

  /** Longest name of a file, in characters. */
  private static final int LONGEST_FILE = 100;

  /** Longest name of a file in UTF-8, as most file systems have it. */
  private static final int MOST_FILE_BYTES = 255;

  /** What no name of a file on FAT, exFAT or NTFS may hold; the rest is in the line rules. */
  private static final Pattern NO_FILE =
      Pattern.compile("[.-].*|.*[. ]| .*|.*[/\\\\:*?\"<>|].*", Pattern.DOTALL);

  private static final Pattern REFERENCE = Pattern.compile("[\\p{L}\\p{Nd}._/()-]{1,40}");
  private static final int MOST_DIGITS = 11;

  private Names() {}

  /** Whether {@code text} is a terminal id such as {@code T-0042}. */
  public static boolean isTerminal(String text) {
    return TERMINAL.matcher(text).matches();
  }

  /** Whether {@code text} is the id of a 機関 (or the log {@code system}), such as {@code mayor}. */
  public static boolean isOrgan(String text) {
    return ORGAN.matcher(text).matches();
  }

  /**
   * Whether {@code text} can be a staff number; twelve digits are refused, hyphens or not, since
   * that is the form of a 個人番号.
   */
  public static boolean isPerson(String text) {
    return PERSON.matcher(text).matches() && !text.replace("-", "").matches("[0-9]{12}");
  }

  /**
   * Whether {@code text} can be the code of a division (課コード): it goes into the log, so it is no
   * word of a language that could be a name in it, and no twelve digits.
   */
  public static boolean isDivision(String text) {
    return DIVISION.matcher(text).matches() && !text.replaceAll("[._-]", "").matches("[0-9]{12}");
  }

  /** Whether {@code text} is the id of a registered medium (登録媒体) such as {@code M-0007}. */
  public static boolean isMedium(String text) {
    return MEDIUM.matcher(text).matches();
  }

  /** Whether {@code text} is the number of an exceptional measure (例外措置) such as {@code E-0007}. */
  public static boolean isMeasure(String text) {
    return MEASURE.matcher(text).matches();
  }

  /**
   * Whether {@code text} can be the id of a rule: lower-case words joined by {@code .} or {@code
   * -}, at most {@value #LONGEST_RULE} characters.
   */
  public static boolean isRule(String text) {
    return text.length() <= LONGEST_RULE && RULE.matcher(text).matches();
  }

  /**
   * Whether a text can name a document (文書番号), such as {@code 税第123号}: 1 to 40 letters, digits and
   * {@code ._/()-}, with 1 to 11 digits among them. References go into the log, so refused are
   *
   * <ul>
   *   <li>a text without a digit: a name alone, or a word of what a document is about;
   *   <li>twelve digits and more, of any script and however they are spread or separated: a 個人番号,
   *       also beside other characters;
   *   <li>spaces, line breaks and every other sign: a sentence, a cell or line of a table, a name
   *       written in two words, a formula of a spreadsheet;
   *   <li>more than 40 characters: pasted text.
   * </ul>
   *
   * <p>It does not know what letters mean: a name with a digit beside it passes, and so do eleven
   * digits of a number.
   */
  public static boolean isReference(String text) {
    long digits = text.codePoints().filter(Character::isDigit).count();
    return REFERENCE.matcher(text).matches() && digits >= 1 && digits <= MOST_DIGITS;
  }

  /**
   * Whether {@code text} can be the id of a recipient (提供先) in a grant: the form of the policies,
   * at most {@value #LONGEST_RECIPIENT} characters.
   */
  public static boolean isRecipient(String text) {
    return text.length() <= LONGEST_RECIPIENT && RECIPIENT.matcher(text).matches();
  }

  /**
   * Whether {@code text} can name a file that leaves: one path component that every usual file
   * system takes, neither hidden nor like an option, at most {@value #LONGEST_FILE} characters.
   */
  public static boolean isFile(String text) {
    return !text.isEmpty()
        && text.codePointCount(0, text.length()) <= LONGEST_FILE
        && text.getBytes(StandardCharsets.UTF_8).length <= MOST_FILE_BYTES
        && Normalizer.isNormalized(text, Normalizer.Form.NFC)
        && text.codePoints().noneMatch(Character::isISOControl)
        && !NO_FILE.matcher(text).matches();
  }

  /** The subject alternative name of a terminal's certificate. */
  public static String terminalUri(String terminal) {
    return "urn:sekisho:terminal:" + terminal;
  }

  /** Whether {@code text} names a relying service such as {@code keycloak}. */
  public static boolean isService(String text) {
    return SERVICE.matcher(text).matches();
  }

  /** Whether {@code text} can be a realm (or client) of a relying service. */
  public static boolean isRealm(String text) {
    return REALM.matcher(text).matches();
  }

  /** The subject alternative name of a relying service's certificate. */
  public static String serviceUri(String service) {
    return "urn:sekisho:service:" + service;
  }
}
