package jp.sekisho.policy.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UsbDescriptorsTest {
  @Test
  @DisplayName("a real keyboard's file is read to the last byte")
  void keyboard() throws MalformedException {
    assertEquals(
        new UsbDescriptors(0x0627, 0x0001, 0, List.of(new UsbInterface(1, 0, 0, 3, 1, 1))),
        UsbDescriptors.parse(Blobs.KEYBOARD));
  }

  @Test
  @DisplayName("every configuration and every alternate setting is read")
  void everything() throws MalformedException {
    byte[] raw =
        Blobs.device(
            0xEF,
            Blobs.configuration(1, 1, Blobs.iface(0, 0, "030101"), Blobs.iface(0, 1, "ff0000")),
            Blobs.configuration(2, 1, Blobs.iface(0, 0, "080650")));
    assertEquals(
        List.of(
            new UsbInterface(1, 0, 0, 3, 1, 1),
            new UsbInterface(1, 0, 1, 0xFF, 0, 0),
            new UsbInterface(2, 0, 0, 8, 6, 0x50)),
        UsbDescriptors.parse(raw).interfaces());
  }

  @Test
  @DisplayName("a file cut at any byte is malformed")
  void truncated() {
    for (int length = 0; length < Blobs.KEYBOARD.length; length++) {
      byte[] cut = Arrays.copyOf(Blobs.KEYBOARD, length);
      assertThrows(MalformedException.class, () -> UsbDescriptors.parse(cut), "" + length);
    }
  }

  private static byte[] interfaces(int count) {
    byte[][] parts = new byte[count][];
    for (int i = 0; i < count; i++) {
      parts[i] = Blobs.iface(i, 0, "030101");
    }
    return Blobs.device(0, Blobs.configuration(1, count, parts));
  }

  @Test
  @DisplayName("as many interfaces as the kernel reads are read")
  void manyInterfaces() throws MalformedException {
    assertEquals(
        UsbDescriptors.MAX_INTERFACES,
        UsbDescriptors.parse(interfaces(UsbDescriptors.MAX_INTERFACES)).interfaces().size());
  }

  static Stream<Arguments> malformed() {
    byte[] zeroLength = Blobs.KEYBOARD.clone();
    zeroLength[18 + 9 + 9] = 0;
    byte[] longer = Blobs.KEYBOARD.clone();
    longer[18 + 2]++;
    byte[] shorter = Blobs.KEYBOARD.clone();
    shorter[18 + 2]--;
    byte[] beyond = Blobs.KEYBOARD.clone();
    beyond[18 + 9] = 40;
    byte[] none = Blobs.KEYBOARD.clone();
    none[17] = 0;
    byte[] nine = Blobs.KEYBOARD.clone();
    nine[17] = 9;
    byte[] two = Blobs.KEYBOARD.clone();
    two[17] = 2;
    byte[] nested = Blobs.join(Blobs.of("030101"));
    nested[18 + 10] = 2;
    return Stream.of(
        Arguments.of("empty", new byte[0]),
        Arguments.of("a zero length", zeroLength),
        Arguments.of("a total length that says more", longer),
        Arguments.of("a total length that says less", shorter),
        Arguments.of("a descriptor longer than its configuration", beyond),
        Arguments.of("no configuration", none),
        Arguments.of("more configurations than the kernel reads", nine),
        Arguments.of("a configuration announced and not there", two),
        Arguments.of("bytes behind the end", Blobs.join(Blobs.KEYBOARD, new byte[1])),
        Arguments.of("a configuration inside one", nested),
        Arguments.of("overlong", Blobs.join(Blobs.KEYBOARD, new byte[UsbDescriptors.MAX_BYTES])),
        Arguments.of("no interface", Blobs.device(0, Blobs.configuration(1, 0))),
        Arguments.of(
            "fewer interfaces than announced",
            Blobs.device(0, Blobs.configuration(1, 2, Blobs.iface(0, 0, "030101")))),
        Arguments.of(
            "more interfaces than the kernel reads", interfaces(UsbDescriptors.MAX_INTERFACES + 1)),
        Arguments.of(
            "one interface twice",
            Blobs.device(
                0,
                Blobs.configuration(
                    1, 1, Blobs.iface(0, 0, "030101"), Blobs.iface(0, 0, "080650")))),
        Arguments.of(
            "two configurations of one value",
            Blobs.device(
                0,
                Blobs.configuration(1, 1, Blobs.iface(0, 0, "030101")),
                Blobs.configuration(1, 1, Blobs.iface(0, 0, "080650")))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  @DisplayName("what does not add up is malformed")
  void malformed(String what, byte[] raw) {
    assertThrows(MalformedException.class, () -> UsbDescriptors.parse(raw));
  }
}
