package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jp.sekisho.server.web.GrantsPage.Amount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Amounts of data in the words of pages and papers, and in a form's fields. */
final class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1 バイト",
    "1023, '1,023 バイト'",
    "1024, '1 KiB（1,024 バイト）'",
    "524288, '512 KiB（524,288 バイト）'",
    "1000000, '976.6 KiB（1,000,000 バイト）'",
    "734003200, '700 MiB（734,003,200 バイト）'",
    "1099511627776, '1024 GiB（1,099,511,627,776 バイト）'"
  })
  void amountsAreRoundedAndExact(long bytes, String expected) {
    assertEquals(expected, Sizes.text(bytes, Words.JA));
  }

  @Test
  void englishPagesSayTheSame() {
    assertEquals("1.5 MiB (1,572,864 bytes)", Sizes.text(1_572_864, Words.EN));
  }

  @ParameterizedTest
  @CsvSource({
    "524288, 512, KiB",
    "1048576, 1, MiB",
    "1572864, 1.5, MiB",
    "1073741824, 1, GiB",
    "65536, 64, KiB",
    "1, 0.0009765625, KiB",
    "1000, 0.9765625, KiB"
  })
  void aFieldHoldsExactlyWhatWasAskedFor(long bytes, String number, String unit) {
    assertEquals(new Amount(number, unit), Sizes.field(bytes));
  }
}
