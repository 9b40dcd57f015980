package jp.sekisho.server.web;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import jp.sekisho.server.web.GrantsPage.Amount;

/**
 * Amounts of data as people read and write them: in units of 1,024, and exactly beside it. The one
 * place that words them.
 */
final class Sizes {
  /** What a form offers, the smallest first; each is 1,024 of the one before. */
  static final List<String> UNITS = List.of("KiB", "MiB", "GiB");

  private static final BigDecimal STEP = BigDecimal.valueOf(1_024);

  private Sizes() {}

  /** Such as 512 KiB（524,288 バイト）: rounded to a tenth, and exactly. */
  static String text(long bytes, Words words) {
    String exactly =
        words.text("web.size.bytes").replace("{n}", String.format(words.locale(), "%,d", bytes));
    if (bytes < 1_024) {
      return exactly;
    }
    BigDecimal number = BigDecimal.valueOf(bytes);
    int unit = -1;
    while (unit < UNITS.size() - 1 && number.compareTo(STEP) >= 0) {
      number = number.divide(STEP);
      unit++;
    }
    String rounded = number.setScale(1, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
    return words
        .text("web.size")
        .replace("{size}", rounded + " " + UNITS.get(unit))
        .replace("{bytes}", exactly);
  }

  /** Exactly, in the largest unit that leaves at most three decimals, else in the smallest. */
  static Amount field(long bytes) {
    BigDecimal number = BigDecimal.valueOf(bytes).divide(STEP);
    Amount field = new Amount(plain(number), UNITS.getFirst());
    for (String unit : UNITS.subList(1, UNITS.size())) {
      number = number.divide(STEP);
      if (number.stripTrailingZeros().scale() <= 3 && number.compareTo(BigDecimal.ONE) >= 0) {
        field = new Amount(plain(number), unit);
      }
    }
    return field;
  }

  private static String plain(BigDecimal number) {
    return number.stripTrailingZeros().toPlainString();
  }
}
