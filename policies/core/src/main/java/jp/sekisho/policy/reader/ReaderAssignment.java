package jp.sekisho.policy.reader;

/**
 * A role for the readers of a name.
 *
 * @param name the whole name of the reader as PC/SC gives it, 1 to {@value #MAX_CHARACTERS}
 *     characters without control characters; {@code *} stands for any characters, case counts
 * @param role whom they serve
 */
public record ReaderAssignment(String name, ReaderRole role) {
  /** Longest name. */
  public static final int MAX_CHARACTERS = 128;

  /** Checks the name. */
  public ReaderAssignment {
    if (name.isBlank()
        || name.length() > MAX_CHARACTERS
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("reader name is not 1 to 128 visible characters");
    }
  }

  /** Whether this assignment is about the reader called {@code reader}. */
  public boolean matches(String reader) {
    // Greedy matching with one point to come back to: linear in practice, no regular expression.
    int at = 0;
    int in = 0;
    int star = -1;
    int resume = 0;
    while (in < reader.length()) {
      if (at < name.length() && name.charAt(at) == '*') {
        star = at++;
        resume = in;
      } else if (at < name.length() && name.charAt(at) == reader.charAt(in)) {
        at++;
        in++;
      } else if (star >= 0) {
        at = star + 1;
        in = ++resume;
      } else {
        return false;
      }
    }
    while (at < name.length() && name.charAt(at) == '*') {
      at++;
    }
    return at == name.length();
  }
}
