package jp.sekisho.audit.note;

/** The rule for names of keys: not empty, no Unicode space, no control character, no plus sign. */
final class KeyName {
  private static final int MAX_LENGTH = 255;

  private KeyName() {}

  static boolean isValid(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_LENGTH
        && name.codePoints().noneMatch(KeyName::isForbidden);
  }

  private static boolean isForbidden(int c) {
    return c == '+'
        || Character.isSpaceChar(c)
        || Character.isISOControl(c)
        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
