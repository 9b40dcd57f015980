package jp.sekisho.policy.number;

/**
 * The check digits (検査用数字) of 個人番号 (平成26年総務省令第85号 第5条) and 法人番号.
 *
 * <p>Both take the digits as characters {@code 0} to {@code 9}; anything else makes them invalid.
 */
public final class CheckDigit {
  private static final int INDIVIDUAL_LENGTH = 12;
  private static final int CORPORATE_LENGTH = 13;

  private CheckDigit() {}

  /**
   * Whether twelve digits end in the right check digit; twelve equal digits are refused, although
   * zeros would pass.
   */
  public static boolean isIndividual(CharSequence digits) {
    if (!areDigits(digits, INDIVIDUAL_LENGTH) || allEqual(digits)) {
      return false;
    }
    int sum = 0;
    for (int n = 1; n <= 11; n++) {
      // Pn: the n-th digit from the right, the check digit not counted.
      sum += digit(digits, INDIVIDUAL_LENGTH - 1 - n) * (n <= 6 ? n + 1 : n - 5);
    }
    int remainder = sum % 11;
    return digit(digits, 11) == (remainder <= 1 ? 0 : 11 - remainder);
  }

  /** Whether thirteen digits begin with the right check digit, which is never 0. */
  public static boolean isCorporate(CharSequence digits) {
    if (!areDigits(digits, CORPORATE_LENGTH)) {
      return false;
    }
    int sum = 0;
    for (int n = 1; n <= 12; n++) {
      sum += digit(digits, CORPORATE_LENGTH - n) * (n % 2 == 1 ? 1 : 2);
    }
    return digit(digits, 0) == 9 - sum % 9;
  }

  private static boolean areDigits(CharSequence text, int length) {
    return text.length() == length && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean allEqual(CharSequence text) {
    return text.chars().allMatch(c -> c == text.charAt(0));
  }

  private static int digit(CharSequence digits, int index) {
    return digits.charAt(index) - '0';
  }
}
