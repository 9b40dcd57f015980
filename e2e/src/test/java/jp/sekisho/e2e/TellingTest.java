package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import jp.sekisho.e2e.vm.MachineLacks;
import org.junit.jupiter.api.Test;

class TellingTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Telling telling = new Telling(new PrintStream(said, true, StandardCharsets.UTF_8));

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void stepsAreSaidBeforeTheyRunAndCountedWhenTheyHold() {
    telling.tell(() -> {
      telling.step(
          "a stick is plugged in",
          () -> {
            assertTrue(said().contains("a stick is plugged in"), said());
            return "no block device";
          });
      assertEquals(7, telling.step("a number", () -> 7, number -> "it is " + number));
    });
    assertEquals("2 steps shown, 0 failed", telling.summary());
    assertEquals(0, telling.exitCode());
    assertTrue(said().contains("no block device") && said().contains("it is 7"), said());
  }

  @Test
  void aStepThatFailsEndsTheRest() {
    telling.tell(() -> {
      telling.step("one", () -> "held");
      telling.step(
          "two",
          () -> {
            throw new AssertionError("a block device appeared");
          });
      telling.step("three", () -> "must not be told");
    });
    assertEquals("1 steps shown, 1 failed", telling.summary());
    assertEquals(1, telling.exitCode());
    assertTrue(said().contains("a block device appeared"), said());
    assertTrue(!said().contains("three"), said());
  }

  @Test
  void aFaultBeforeTheFirstStepOrBetweenTwoIsCountedAndNamesWhatWasDone() {
    telling.tell(() -> {
      telling.waiting("starting the service");
      throw new IllegalStateException("no room on the disk");
    });
    assertEquals("0 steps shown, 1 failed", telling.summary());
    assertEquals(1, telling.exitCode());
    String[] lines = said().split("\n", -1);
    assertTrue(lines[1].contains("FAILED starting the service"), said());
    assertTrue(lines[2].contains("no room on the disk"), said());
  }

  @Test
  void whatTheMachineLacksEndsWithThree() {
    telling.tell(() -> {
      throw new MachineLacks("xz is missing: apt-get install xz-utils");
    });
    assertEquals("0 steps shown, 1 failed", telling.summary());
    assertEquals(3, telling.exitCode());
    assertTrue(said().contains("apt-get install xz-utils"), said());
  }
}
