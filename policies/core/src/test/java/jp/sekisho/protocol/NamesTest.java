package jp.sekisho.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"1024", "S-1024", "a", "12345678901", "1234567890123", "12345678901A"})
  @DisplayName("a staff number: ASCII letters, digits and hyphens, 1 to 32")
  void persons(String text) {
    assertTrue(Names.isPerson(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "123456789018",
        "1234-5678-9018",
        "123456-789018",
        "123456789018-",
        "１２３４",
        "山田",
        "-1",
        "S 1",
        "S_1",
        "S-1\n",
        "",
        "123456789012345678901234567890123"
      })
  @DisplayName("nothing else is one, above all not twelve digits: the form of a 個人番号")
  void notPersons(String text) {
    assertFalse(Names.isPerson(text));
  }

  @Test
  @DisplayName("terminal and organ ids have their forms")
  void terminalsAndOrgans() {
    assertTrue(Names.isTerminal("T-0042"));
    assertTrue(Names.isTerminal("T-ZEIMU-1"));
    assertFalse(Names.isTerminal("T-zeimu"));
    assertFalse(Names.isTerminal("T-1-2-3"));
    assertFalse(Names.isTerminal("T-1\n"));
    assertTrue(Names.isOrgan("mayor"));
    assertTrue(Names.isOrgan("system"));
    assertFalse(Names.isOrgan("Mayor"));
    assertFalse(Names.isOrgan("../mayor"));
    assertFalse(Names.isOrgan("a".repeat(33)));
    assertEquals("urn:sekisho:terminal:T-0042", Names.terminalUri("T-0042"));
  }
}
