package jp.sekisho.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
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

  @Test
  @DisplayName("a division code: ASCII letters, digits and ._-, 1 to 32, not the form of a 個人番号")
  void divisions() {
    for (String code : List.of("0101", "J01", "shimin", "k.01-2_x")) {
      assertTrue(Names.isDivision(code), code);
    }
    for (String code :
        List.of("", "市民課", "山田", "0101 x", "-1", "１", "123456789018", "1234-5678-9018")) {
      assertFalse(Names.isDivision(code), code);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"税第123号", "総第1号", "R8-12", "(2026)情/45.1", "12345678901"})
  @DisplayName("a reference: 1 to 40 letters, digits and ._/()-, 1 to 11 of them digits")
  void references(String text) {
    assertTrue(Names.isReference(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "山田花子",
        "税第号",
        "123456789018",
        "1234-5678-9018",
        "１２３４５６７８９０１８",
        "1a2b3c4d5e6f7g8h9i0j1k8",
        "1234567890189",
        "山田 花子1",
        "山田　花子1",
        "第1号\n第2号",
        "第1号\t山田",
        "=1+1",
        "第1号、山田花子",
        "12345678901234567890123456789012345678901号"
      })
  @DisplayName(
      "no reference: no digit, the digits of a 個人番号, a space, a line, another sign, too long")
  void notReferences(String text) {
    assertFalse(Names.isReference(text));
  }
}
