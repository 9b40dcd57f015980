package jp.sekisho.policy.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MediumFingerprintTest {
  /**
   * Computed by a Python script of ten lines over the bytes of the class comment, written by hand.
   */
  private static final String FIXTURE = "r6teZp8H3Hxde2Gm0tpxWJKEvRGnv0yZSY39J6qduWg";

  private static final byte[] STICK = Blobs.of("080650");

  @Test
  @DisplayName("the form is the documented one")
  void fixture() {
    assertEquals(FIXTURE, MediumFingerprint.of(STICK, "SanDisk", null, "4C53"));
    assertTrue(MediumFingerprint.isWellFormed(FIXTURE));
    assertFalse(MediumFingerprint.isWellFormed(FIXTURE + "A"));
    assertFalse(MediumFingerprint.isWellFormed("forged"));
  }

  @Test
  @DisplayName("no part can be moved into another")
  void lengths() {
    String one = MediumFingerprint.of(STICK, "ab", "c", "d");
    assertNotEquals(one, MediumFingerprint.of(STICK, "a", "bc", "d"));
    assertNotEquals(one, MediumFingerprint.of(STICK, "ab", "c", null));
    assertNotEquals(
        MediumFingerprint.of(STICK, null, "c", "d"), MediumFingerprint.of(STICK, "", "c", "d"));
    assertNotEquals(one, MediumFingerprint.of(Blobs.KEYBOARD, "ab", "c", "d"));
  }

  @Test
  @DisplayName("a serial number is seen nowhere but inside the hash")
  void serial() {
    UsbDevice device = new UsbDevice("3-1", STICK, "SanDisk", "Ultra", "SERIAL77");
    assertFalse(device.toString().contains("SERIAL77"));
    assertEquals(MediumFingerprint.of(STICK, "SanDisk", "Ultra", "SERIAL77"), device.fingerprint());
  }
}
