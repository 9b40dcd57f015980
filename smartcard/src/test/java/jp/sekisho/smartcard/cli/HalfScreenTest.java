package jp.sekisho.smartcard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.smartcard.issue.PukHalf;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HalfScreenTest {
  private static final String CLEAR = "\u001b[H\u001b[2J\u001b[3J";

  /** What is on the screen at each Enter: whatever was written since it was cleared. */
  private final List<String> seen = new ArrayList<>();

  private final StringWriter screen = new StringWriter();

  private static PukHalf half(String text) {
    return PukHalf.parse(text.toCharArray()).orElseThrow();
  }

  private String visible() {
    String all = screen.toString();
    return all.substring(all.lastIndexOf(CLEAR) + 1);
  }

  private HalfScreen screen(int enters) {
    return new HalfScreen(
        screen,
        () -> {
          seen.add(visible());
          return seen.size() <= enters;
        },
        (key, values) -> key + List.of(values) + "\n");
  }

  private static final String ONE = "1-3F9A-02C7-46";
  private static final String TWO = "2-7BBE-1252-7E";

  @Test
  @DisplayName("each role sees its own half alone, and nothing stays")
  void neverBoth() throws Exception {
    screen(4).give("100042", "yubikey-1", half(ONE), half(TWO));
    assertEquals(4, seen.size());
    assertFalse(seen.get(0).contains(ONE), "not before the role says it is alone");
    assertTrue(seen.get(1).contains(ONE) && !seen.get(1).contains(TWO));
    assertFalse(seen.get(2).contains(ONE) || seen.get(2).contains(TWO));
    assertTrue(seen.get(3).contains(TWO) && !seen.get(3).contains(ONE));
    assertTrue(screen.toString().endsWith(CLEAR));
  }

  @Test
  @DisplayName("a terminal that ends is cleared first, and the card gets no PUK")
  void terminalEnds() {
    IOException e =
        assertThrows(
            IOException.class, () -> screen(1).give("100042", "yubikey-1", half(ONE), half(TWO)));
    assertTrue(String.valueOf(e.getMessage()).startsWith("HALVES_NOT_SEEN"));
    assertTrue(screen.toString().endsWith(CLEAR));
    assertFalse(screen.toString().contains(TWO));
  }
}
