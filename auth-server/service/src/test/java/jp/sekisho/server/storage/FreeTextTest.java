package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What people type, and the ids of rows. */
final class FreeTextTest {
  @Test
  @DisplayName("typed text has one form: NFC, line feeds, nothing blank at its ends")
  void normal() {
    assertEquals("が\n次", FreeText.normal(" か\u3099\r\n次\u3000\n"));
    assertEquals("が", FreeText.optional(" が "));
    assertNull(FreeText.optional(null));
    assertNull(FreeText.optional(" \n"));
  }

  @Test
  @DisplayName("R28: a 個人番号 is named as such only where the form is right")
  void fault() {
    assertTrue(FreeText.holdsNumber("１２３４５６７８９０１８"));
    assertFalse(FreeText.holdsNumber(null));
    assertNull(FreeText.fault("税第77号", true, Refusal.GRANT_INCOMPLETE));
    assertEquals(
        Refusal.GRANT_CONTENT, FreeText.fault("123456789018", true, Refusal.GRANT_INCOMPLETE));
    assertEquals(
        Refusal.GRANT_INCOMPLETE, FreeText.fault("123456789018", false, Refusal.GRANT_INCOMPLETE));
  }

  @Test
  @DisplayName("an id is 16 bytes in base64url, and nothing else is looked up or named in the log")
  void ids() {
    String id = Ids.next();
    assertTrue(Ids.isId(id));
    assertNotEquals(id, Ids.next());
    for (String other :
        List.of(
            "", id.substring(1), id + "A", "A".repeat(21) + "B", id.replace(id.charAt(0), '+'))) {
      assertFalse(Ids.isId(other), other);
    }
  }
}
