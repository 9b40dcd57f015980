package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RefusalBookTest {
  private static final Refusal WHY = Refusal.GRANT_OTHER_CARD;

  private final RefusalBook book = new RefusalBook();

  @Test
  @DisplayName("each line is new once; the newest about a medium is what people are told")
  void once() {
    assertNull(book.newest());
    assertTrue(book.first("g", null, Refusal.POLICY_MISSING));
    assertNull(book.newest(), "about no medium");
    assertTrue(book.first("g", "f", WHY));
    assertFalse(book.first("g", "f", WHY));
    assertTrue(book.first("g", "f", Refusal.GRANT_OVER));
    assertEquals(Refusal.GRANT_OVER, book.newest());
  }

  @Test
  @DisplayName("what was said of a medium is said again once it came or went, and of no other")
  void medium() {
    book.first("g", "f", WHY);
    book.first("g", "other", WHY);
    book.forgetMedium("f");
    assertEquals(WHY, book.newest(), "the other's");
    assertTrue(book.first("g", "f", WHY));
    assertFalse(book.first("g", "other", WHY));
    book.forgetMedium("other");
    assertNull(book.newest());
  }

  @Test
  @DisplayName("what was said of a grant and a medium is said again once it opened, and no more")
  void grant() {
    book.first("g", null, WHY);
    book.first("g", "f", WHY);
    book.first("other", "f", WHY);
    book.forgetGrant("g");
    assertEquals(WHY, book.newest(), "the other's");
    assertFalse(book.first("other", "f", WHY));
    assertTrue(book.first("g", "f", WHY));
    assertFalse(book.first("g", null, WHY), "of the grant itself");
    book.forgetGrant("g");
    assertNull(book.newest());
  }

  @Test
  @DisplayName("when somebody comes, what was said of media is said again, and nothing else")
  void media() {
    book.first("g", null, WHY);
    book.first("g", "f", WHY);
    book.first("g", "other", WHY);
    book.forgetMedia();
    assertNull(book.newest());
    assertTrue(book.first("g", "f", WHY));
    assertTrue(book.first("g", "other", WHY));
    assertFalse(book.first("g", null, WHY));
  }

  @Test
  @DisplayName("after a thousand lines the book is begun anew")
  void full() {
    for (int i = 0; i < 999; i++) {
      assertTrue(book.first("g" + i, null, WHY));
    }
    assertFalse(book.first("g0", null, WHY));
    assertTrue(book.first("g999", null, WHY));
    assertTrue(book.first("g0", null, WHY), "of the book before");
  }
}
