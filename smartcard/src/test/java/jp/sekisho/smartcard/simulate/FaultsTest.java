package jp.sekisho.smartcard.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {
  private final Faults faults = new Faults();

  @Test
  void eachHappensOnceAtItsCommandCountedFromTheOrder() {
    assertTrue(faults.next().isEmpty());
    faults.plan("tear 1");
    faults.plan("garbage 3 00");
    assertEquals(List.of("tear 1", "garbage 3"), faults.lines());
    assertInstanceOf(Faults.Fault.Tear.class, faults.next().orElseThrow());
    assertTrue(faults.next().isEmpty());
    assertEquals(List.of("garbage 1"), faults.lines());
    assertEquals(
        1,
        assertInstanceOf(Faults.Fault.Garbage.class, faults.next().orElseThrow()).answer().length);
    assertTrue(faults.next().isEmpty());
  }

  @Test
  void theDelayStaysUntilItIsCleared() {
    faults.plan("slow 250");
    faults.plan("remove 9");
    assertEquals(Duration.ofMillis(250), faults.delay());
    assertEquals(List.of("slow 250", "remove 9"), faults.lines());
    faults.plan("clear");
    assertEquals(Duration.ZERO, faults.delay());
    assertEquals(List.of(), faults.lines());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "remove",
        "remove 0",
        "remove -1",
        "remove x",
        "remove 1 2",
        "slow",
        "slow 9999999",
        "garbage 1 0",
        "garbage 1 zz",
        "explode 1",
        "clear 1"
      })
  void whatIsNoFaultIsRefused(String order) {
    assertThrows(IllegalArgumentException.class, () -> faults.plan(order));
  }
}
