package jp.sekisho.policy.usb;

import com.code_intelligence.jazzer.junit.FuzzTest;
import jp.sekisho.protocol.MalformedException;

/** Descriptors of any device; replays its corpus without {@code JAZZER_FUZZ=1}. */
class UsbFuzzTest {
  @FuzzTest
  void descriptors(byte[] bytes) {
    boolean storage;
    try {
      storage = UsbDescriptors.parse(bytes).interfaces().stream().anyMatch(UsbInterface::isStorage);
    } catch (MalformedException e) {
      // The only other outcome allowed; such a device stays blocked.
      storage = true;
    }
    UsbDevice device = new UsbDevice("1-1", bytes, null, null, null);
    if (storage && UsbEvaluator.strictest().decide(device, UsbSurroundings.PLAIN).allowed()) {
      throw new AssertionError("released");
    }
  }
}
