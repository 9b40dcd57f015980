/**
 * Finds 個人番号 (Individual Numbers) in text without ever holding one: counts, positions and scores go
 * out, digits do not.
 *
 * <p>For most uses: {@link jp.sekisho.policy.number.NumberDetector#scan}. The check digits are in
 * {@link jp.sekisho.policy.number.CheckDigit}.
 *
 * <p>Limits: twelve digits with a right check digit are found, nothing more can be known from the
 * text; of random twelve-digit numbers 10 % pass, which is why a bare one scores {@link
 * jp.sekisho.policy.number.Score#LOW}. Numbers written in kanji, cut over two lines inside a group,
 * or inside pictures and compressed files are not seen.
 */
@NullMarked
package jp.sekisho.policy.number;

import org.jspecify.annotations.NullMarked;
