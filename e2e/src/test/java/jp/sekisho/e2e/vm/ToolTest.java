package jp.sekisho.e2e.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToolTest {
  private static List<String> shell(String script) {
    return List.of("sh", "-c", script);
  }

  @Test
  void everyLineIsPassedOnAndReturned() {
    List<String> heard = new ArrayList<>();
    String said = Tool.run(shell("echo one; echo two >&2"), Map.of(), heard::add);
    assertEquals("one\ntwo", said);
    assertEquals(List.of("one", "two"), heard);
  }

  @Test
  void exitThreeIsWhatTheMachineLacksAndEveryOtherAFault() {
    MachineLacks lacks =
        assertThrows(
            MachineLacks.class,
            () -> Tool.run(shell("echo 'xz is missing: apt-get install xz-utils'; exit 3")));
    assertEquals("xz is missing: apt-get install xz-utils", lacks.getMessage());
    AssertionError fault =
        assertThrows(AssertionError.class, () -> Tool.run(shell("echo broken; exit 1")));
    assertFalse(fault instanceof MachineLacks);
    assertTrue(String.valueOf(fault.getMessage()).endsWith("ended with 1: broken"));
    assertThrows(MachineLacks.class, () -> Tool.find("no-such-program", "no-such-package"));
  }
}
