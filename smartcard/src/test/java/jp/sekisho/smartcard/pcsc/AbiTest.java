package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Sizes and offsets as the platforms' own headers give them. */
class AbiTest {
  private static List<Integer> layout(Abi abi) {
    return List.of(
        abi.dword(),
        abi.handle(),
        abi.currentState(),
        abi.eventState(),
        abi.atrLength(),
        abi.atr(),
        abi.readerState(),
        abi.ioRequest());
  }

  @Test
  void pcscLiteOn64BitLinuxHasEightByteDwordsAndAReaderStateOf80Bytes() {
    assertEquals(List.of(8, 8, 16, 24, 32, 40, 80, 16), layout(Abi.LINUX_64));
  }

  @Test
  void winscardOn64BitWindowsHasFourByteDwordsAndAReaderStateOf64Bytes() {
    assertEquals(List.of(4, 8, 16, 20, 24, 28, 64, 8), layout(Abi.WINDOWS_64));
  }

  @Test
  void textIsUtf16OnWindowsOnly() {
    assertEquals(2, "a".getBytes(Abi.WINDOWS_64.charset()).length);
    assertEquals(Abi.WINDOWS_64.charBytes(), "a".getBytes(Abi.WINDOWS_64.charset()).length);
    assertEquals(Abi.LINUX_64.charBytes(), "a".getBytes(Abi.LINUX_64.charset()).length);
  }

  @Test
  void controlCodesAreNumberedFromAnotherBaseAndInStepsOfFourOnWindows() {
    assertEquals(0x42000D48, Abi.LINUX_64.controlCode(3400));
    assertEquals(0x313520, Abi.WINDOWS_64.controlCode(3400));
  }
}
