package jp.sekisho.policy.number;

/**
 * Where one possible 個人番号 stands; it cannot say which.
 *
 * @param start index of its first digit in the text that was scanned, in UTF-16 code units
 * @param end index after its last digit
 * @param score how sure
 */
public record Finding(int start, int end, Score score) {}
