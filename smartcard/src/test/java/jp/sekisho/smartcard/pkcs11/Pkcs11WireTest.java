package jp.sekisho.smartcard.pkcs11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.CardFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes to the child and comes back, and the layouts of the module's structures. */
class Pkcs11WireTest {
  private static final String MARKER = "00112233445566778899aabbccddeeff";

  private static List<Integer> layout(CryptokiAbi abi) {
    return List.of(
        abi.function(0),
        abi.function(12),
        abi.tokenFlags(),
        abi.tokenInfo(),
        abi.attributeValue(),
        abi.attributeLength(),
        abi.attribute(),
        abi.initializeFlags(),
        abi.initializeArguments());
  }

  @Test
  void linuxHasEightByteNumbersAndAlignedStructures() {
    assertEquals(List.of(8, 104, 96, 208, 8, 16, 24, 32, 48), layout(CryptokiAbi.LINUX_64));
  }

  @Test
  void windowsHasFourByteNumbersAndPackedStructures() {
    assertEquals(List.of(2, 98, 96, 160, 4, 12, 16, 32, 44), layout(CryptokiAbi.WINDOWS_64));
  }

  @Test
  void theRequestIsReadAsItWasWrittenAndNeverShowsThePin() throws IOException {
    Pkcs11Request request =
        new Pkcs11Request(
            Path.of("/m.so"),
            TokenSelector.serial("42"),
            "ab",
            "１23４".toCharArray(),
            new byte[] {1, 2});
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    request.write(new DataOutputStream(bytes));
    Pkcs11Request read =
        Pkcs11Request.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertEquals(request.module(), read.module());
    assertEquals(request.token(), read.token());
    assertArrayEquals(request.pin(), read.pin());
    assertArrayEquals(request.data(), read.data());
    assertFalse(read.toString().contains("23"), read.toString());
    read.wipe();
    assertArrayEquals(new char[4], read.pin());
  }

  @Test
  void theAnswerIsFoundBetweenWhateverTheModulePrints() throws IOException {
    Pkcs11Outcome outcome = new Pkcs11Outcome.Refused(CardFailure.PIN_WRONG, "職員 x");
    String line = Pkcs11Answer.line(MARKER, outcome);
    byte[] output = ("chatter\n" + MARKER + "no" + line + "\nbye").getBytes(StandardCharsets.UTF_8);
    assertEquals(Optional.of(outcome), Pkcs11Answer.find(output, MARKER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n" + MARKER + " ",
        "\n" + MARKER + " AAdyZWZ1c2Vk\n",
        "\n" + MARKER + " !!!!\n",
        "\n" + MARKER + " AAdub3RoaW5n\n",
        "\nffff2233445566778899aabbccddeeff AAdyZWZ1c2Vk\n"
      })
  void aTornOrForeignAnswerIsNone(String output) {
    assertEquals(
        Optional.empty(), Pkcs11Answer.find(output.getBytes(StandardCharsets.UTF_8), MARKER));
  }

  @Test
  void aPathOfWindowsIsQuotedInTheConfiguration() {
    assertEquals(
        "--name = Sekisho\nlibrary = \"C:\\\\Program Files\\\\x.dll\"\nslot = 4\n",
        Pkcs11Child.configuration(Path.of("C:\\Program Files\\x.dll"), 4));
    for (String bad : new String[] {"/a\"b", "/a\nname=x", "/${x}"}) {
      assertThrows(
          IllegalArgumentException.class, () -> Pkcs11Child.configuration(Path.of(bad), 0));
    }
  }

  @Test
  void aTokenIsChosenByWholeLabelOrSerial() {
    Cryptoki.Token token = new Cryptoki.Token(7, "Staff", "42", 0);
    assertTrue(TokenSelector.label("Staff").matches(token));
    assertTrue(TokenSelector.serial("42").matches(token));
    assertFalse(TokenSelector.label("Staf").matches(token));
    assertFalse(TokenSelector.serial("Staff").matches(token));
    assertThrows(IllegalArgumentException.class, () -> TokenSelector.label(" "));
    assertThrows(IllegalArgumentException.class, () -> TokenSelector.label("a".repeat(33)));
  }
}
