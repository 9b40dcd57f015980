package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a spreadsheet could take for a formula is text. */
final class LogCsvTest {
  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-5cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1", "－1"})
  void aFormulaBeginsWithAnApostrophe(String text) {
    assertEquals("'" + text, LogCsv.cell(text));
  }

  @Test
  void otherTextStaysAsItIs() {
    for (String text : new String[] {"", "S-1024", "{\"a\":1}", "{=1}", "2026-11-21", "税第1号"}) {
      assertEquals(text, LogCsv.cell(text));
    }
    assertEquals("", LogCsv.cell(null));
  }
}
