package jp.sekisho.policy.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HidUsagesTest {
  private static final HidUsages KEYBOARD = new HidUsages(true, false);
  private static final HidUsages POINTER = new HidUsages(false, true);

  private static HidUsages of(String hex) {
    return HidUsages.of(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @Test
  @DisplayName("HID 1.11 appendix B and E: the boot keyboard and the mouse are told apart")
  void known() {
    assertEquals(
        KEYBOARD,
        of(
            "05 01 09 06 a1 01 05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02 95 01 75 08 81 01"
                + "95 05 75 01 05 08 19 01 29 05 91 02 95 01 75 03 91 01 95 06 75 08 15 00 25 65"
                + "05 07 19 00 29 65 81 00 c0"));
    assertEquals(
        POINTER,
        of(
            "05 01 09 02 a1 01 09 01 a1 00 05 09 19 01 29 03 15 00 25 01 95 03 75 01 81 02 95 01"
                + "75 05 81 01 05 01 09 30 09 31 15 81 25 7f 75 08 95 02 81 06 c0 c0"));
  }

  @Test
  @DisplayName("a FIDO key and nothing at all do neither")
  void neither() {
    assertEquals(
        HidUsages.NONE, of("06 d0 f1 09 01 a1 01 09 20 15 00 26 ff 00 75 08 95 40 81 02 c0"));
    assertEquals(HidUsages.NONE, of(""));
  }

  @Test
  @DisplayName("keys are seen wherever they hide: keypad, four-byte usage, another application")
  void hidden() {
    assertEquals(KEYBOARD, of("05 01 09 07 a1 01 c0"));
    assertEquals(KEYBOARD, of("0b 06 00 01 00 a1 01 c0"));
    assertEquals(KEYBOARD, of("0b 04 00 07 00 81 02"));
    assertEquals(KEYBOARD, of("05 0c 09 01 a1 01 05 07 19 04 29 1d 81 02 c0"));
    assertEquals(KEYBOARD, of("05 01 a4 05 0c b4 09 06 a1 01 c0"));
    assertEquals(KEYBOARD, of("fe 02 10 aa bb 05 01 09 06"));
    assertEquals(new HidUsages(true, true), of("05 01 09 02 a1 01 05 07 19 04 81 02 c0"));
  }

  @Test
  @DisplayName("what is not whole counts as a keyboard, and nothing is thrown")
  void broken() {
    assertEquals(KEYBOARD, of("05"));
    assertEquals(KEYBOARD, of("fe"));
    assertEquals(KEYBOARD, of("fe 09 10"));
    assertEquals(KEYBOARD, HidUsages.of(new byte[HidUsages.MAX_BYTES + 1]));
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] any = new byte[random.nextInt(24)];
      random.nextBytes(any);
      assertEquals(HidUsages.of(any), HidUsages.of(any.clone()));
    }
  }
}
