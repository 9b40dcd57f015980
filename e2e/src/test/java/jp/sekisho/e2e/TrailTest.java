package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import jp.sekisho.e2e.Trail.Mark;
import org.junit.jupiter.api.Test;

class TrailTest {
  private static final Trail TRAIL =
      new Trail(List.of(line("a", "1"), line("b", "1"), line("c", "2"), line("a", "2")));

  private static String line(String type, String grant) {
    return "{\"data\":{\"grant\":\"" + grant + "\"},\"type\":\"" + type + "\"}";
  }

  private static Mark mark(String type, String grant) {
    return Mark.of(type, Trail.field("grant", grant));
  }

  @Test
  void groupsStandInOrderAndWithinOneTheOrderIsFree() {
    assertEquals(
        List.of("a", "c", "b", "a"),
        TRAIL.inOrder(
            List.of(
                List.of(mark("a", "1")),
                List.of(mark("c", "2"), mark("b", "1")),
                List.of(mark("a", "2")))));
  }

  @Test
  void whatIsMissingOutOfOrderOrOfAnotherGrantIsNamed() {
    for (List<List<Mark>> wanted :
        List.of(
            List.of(List.of(mark("c", "2")), List.of(mark("b", "1"))),
            List.of(List.of(mark("b", "2"))),
            List.of(List.of(mark("a", "2")), List.of(mark("a", "2"))))) {
      Mark last = wanted.get(wanted.size() - 1).get(0);
      String said =
          String.valueOf(
              assertThrows(AssertionError.class, () -> TRAIL.inOrder(wanted)).getMessage());
      assertTrue(said.startsWith(last.toString()), said);
    }
  }
}
