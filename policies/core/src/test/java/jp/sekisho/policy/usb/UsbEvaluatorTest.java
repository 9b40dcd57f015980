package jp.sekisho.policy.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UsbEvaluatorTest {
  private static final UsbSurroundings SYSTEM_DISK = new UsbSurroundings(true, true, false);
  private static final UsbSurroundings OTHER_KEYBOARD = new UsbSurroundings(false, false, true);
  private static final UsbSurroundings IN_USE = new UsbSurroundings(false, true, true);

  private static UsbVerdict decide(UsbEvaluator evaluator, byte[] raw, UsbSurroundings around) {
    return evaluator.decide(new UsbDevice("3-1", raw, "Maker", "Thing", "SER1"), around);
  }

  private static UsbVerdict strictest(byte[] raw) {
    return decide(UsbEvaluator.strictest(), raw, UsbSurroundings.PLAIN);
  }

  private static UsbEvaluator enrolling(EnrolledPeripheral... peripherals) {
    Reason reason = new Reason("理由", "reason");
    return UsbEvaluator.by(
        new UsbRules(
            new Rule<>("t.storage", reason, StorageAccess.GRANT_ONLY),
            new Rule<>("t.unlisted", reason, UnlistedDevices.BLOCK),
            new Rule<>("t.enrolled", reason, List.of(peripherals))));
  }

  static Stream<Arguments> devices() {
    return Stream.of(
        Arguments.of("keyboard", Blobs.KEYBOARD, UsbEvaluator.KEYBOARD, null),
        Arguments.of("mouse", Blobs.of("030102"), UsbEvaluator.INPUT, null),
        Arguments.of("FIDO key", Blobs.of("030000"), UsbEvaluator.INPUT, null),
        Arguments.of(
            "hub",
            Blobs.device(9, Blobs.configuration(1, 1, Blobs.iface(0, 0, "090000"))),
            UsbEvaluator.HUB,
            null),
        Arguments.of("card reader", Blobs.of("0b0000"), UsbEvaluator.SMART_CARD, null),
        Arguments.of(
            "key with reader", Blobs.of("030000", "0b0000"), UsbEvaluator.SMART_CARD, null),
        Arguments.of("stick", Blobs.of("080650"), UsbEvaluator.STORAGE, Refusal.USB_STORAGE),
        Arguments.of(
            "keyboard with storage",
            Blobs.of("030101", "080650"),
            UsbEvaluator.STORAGE,
            Refusal.USB_STORAGE),
        Arguments.of(
            "storage in the second configuration",
            Blobs.device(
                0,
                Blobs.configuration(1, 1, Blobs.iface(0, 0, "030101")),
                Blobs.configuration(2, 1, Blobs.iface(0, 0, "080650"))),
            UsbEvaluator.STORAGE,
            Refusal.USB_STORAGE),
        Arguments.of(
            "storage in an alternate setting",
            Blobs.device(
                0,
                Blobs.configuration(
                    1, 1, Blobs.iface(0, 0, "030101"), Blobs.iface(0, 1, "080662"))),
            UsbEvaluator.STORAGE,
            Refusal.USB_STORAGE),
        Arguments.of("phone (MTP)", Blobs.of("060101"), UsbEvaluator.CLASS, Refusal.USB_CLASS),
        Arguments.of("vendor class", Blobs.of("ff0000"), UsbEvaluator.CLASS, Refusal.USB_CLASS),
        Arguments.of(
            "keyboard with debug port",
            Blobs.of("030101", "ff4201"),
            UsbEvaluator.CLASS,
            Refusal.USB_CLASS),
        Arguments.of(
            "tethering", Blobs.of("020600", "0a0000"), UsbEvaluator.CLASS, Refusal.USB_CLASS),
        Arguments.of("printer", Blobs.of("070102"), UsbEvaluator.CLASS, Refusal.USB_CLASS),
        Arguments.of(
            "vendor device class",
            Blobs.device(0xFF, Blobs.configuration(1, 1, Blobs.iface(0, 0, "030101"))),
            UsbEvaluator.CLASS,
            Refusal.USB_CLASS),
        Arguments.of(
            "truncated", Blobs.hex("12 01"), UsbEvaluator.MALFORMED, Refusal.USB_MALFORMED),
        Arguments.of("empty", new byte[0], UsbEvaluator.MALFORMED, Refusal.USB_MALFORMED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  @DisplayName("without a policy the strictest rules decide")
  void devices(String what, byte[] raw, String rule, @Nullable Refusal reason) {
    UsbVerdict verdict = strictest(raw);
    assertEquals(rule, verdict.rule());
    assertEquals(reason, verdict.reason());
    assertEquals(reason == null, verdict.allowed());
  }

  @Test
  @DisplayName("a further keyboard waits; one in use when the gate started stays")
  void keyboards() {
    UsbVerdict waits = decide(UsbEvaluator.strictest(), Blobs.KEYBOARD, OTHER_KEYBOARD);
    assertEquals(Refusal.USB_KEYBOARD_WAITS, waits.reason());
    assertTrue(decide(UsbEvaluator.strictest(), Blobs.KEYBOARD, IN_USE).allowed());
    assertTrue(decide(UsbEvaluator.strictest(), Blobs.of("030102"), OTHER_KEYBOARD).allowed());
  }

  @Test
  @DisplayName("the disk the system runs from is released, whatever it says")
  void systemDisk() {
    assertTrue(decide(UsbEvaluator.strictest(), Blobs.of("080650"), SYSTEM_DISK).allowed());
    assertTrue(decide(UsbEvaluator.strictest(), new byte[0], SYSTEM_DISK).allowed());
  }

  @Test
  @DisplayName("only what is storage and nothing else can be opened by a grant")
  void medium() {
    assertTrue(strictest(Blobs.of("080650")).medium());
    assertTrue(strictest(Blobs.of("080662")).medium());
    assertFalse(strictest(Blobs.of("080650", "030101")).medium());
    assertFalse(strictest(Blobs.of("080650", "ff0000")).medium());
    assertFalse(strictest(Blobs.of("ff0000")).medium());
    assertFalse(
        strictest(Blobs.device(0xFF, Blobs.configuration(1, 1, Blobs.iface(0, 0, "080650"))))
            .medium());
  }

  @Test
  @DisplayName("an enrolled peripheral is released when every interface is listed, and no other")
  void enrolled() {
    EnrolledPeripheral scanner =
        new EnrolledPeripheral("0781", "5567", null, List.of("ff:00:00", "07:01:02"));
    UsbEvaluator policy = enrolling(scanner);
    UsbVerdict verdict = decide(policy, Blobs.of("ff0000"), UsbSurroundings.PLAIN);
    assertTrue(verdict.allowed());
    assertEquals("t.enrolled", verdict.rule());
    assertFalse(decide(policy, Blobs.of("ff0000", "060101"), UsbSurroundings.PLAIN).allowed());
    UsbVerdict other = decide(policy, Blobs.of("ff0001"), UsbSurroundings.PLAIN);
    assertEquals("t.unlisted", other.rule());
    UsbVerdict storage = decide(policy, Blobs.of("ff0000", "080650"), UsbSurroundings.PLAIN);
    assertEquals("t.storage", storage.rule());
    assertEquals(Refusal.USB_STORAGE, storage.reason());
  }

  @Test
  @DisplayName("a device's own class is no less of a class: storage is not enrolled by it")
  void enrolledWithOwnClass() {
    UsbEvaluator policy =
        enrolling(new EnrolledPeripheral("0781", "5567", null, List.of("ff:00:00")));
    byte[] vendor = Blobs.device(0xFF, Blobs.configuration(1, 1, Blobs.iface(0, 0, "ff0000")));
    assertTrue(decide(policy, vendor, UsbSurroundings.PLAIN).allowed());
    byte[] storage = Blobs.device(0x08, Blobs.configuration(1, 1, Blobs.iface(0, 0, "ff0000")));
    assertFalse(decide(policy, storage, UsbSurroundings.PLAIN).allowed());
  }

  @Test
  @DisplayName("an enrolled serial number is the device's, not any")
  void enrolledSerial() {
    byte[] pad = Blobs.of("ff0000");
    List<String> interfaces = List.of("ff:00:00");
    assertTrue(
        decide(
                enrolling(new EnrolledPeripheral("0781", "5567", "SER1", interfaces)),
                pad,
                UsbSurroundings.PLAIN)
            .allowed());
    assertFalse(
        decide(
                enrolling(new EnrolledPeripheral("0781", "5567", "SER2", interfaces)),
                pad,
                UsbSurroundings.PLAIN)
            .allowed());
    assertNotNull(strictest(pad).reason());
  }

  @Test
  @DisplayName("a verdict names what the device said, for the log")
  void evidence() {
    UsbVerdict verdict = strictest(Blobs.of("030101", "080650", "080650"));
    assertEquals(0x0781, verdict.vendor());
    assertEquals(0x5567, verdict.product());
    assertEquals(List.of("03:01:01", "08:06:50"), verdict.classes());
    assertTrue(verdict.keyboard());
  }
}
