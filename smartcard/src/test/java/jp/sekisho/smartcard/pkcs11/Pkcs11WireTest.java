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
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.simulate.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
            new byte[] {1, 2},
            true);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    request.write(new DataOutputStream(bytes));
    Pkcs11Request read =
        Pkcs11Request.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertEquals(request.module(), read.module());
    assertEquals(request.token(), read.token());
    assertArrayEquals(request.pin(), read.pin());
    assertArrayEquals(request.data(), read.data());
    assertTrue(read.lastTryConfirmed());
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
  void theRequestGoesPastTheBufferOfThePipeAndIsWipedByItsSender() throws IOException {
    Pkcs11Request request =
        new Pkcs11Request(
            Path.of("/m.so"),
            TokenSelector.label("x"),
            "ab",
            "1234".toCharArray(),
            new byte[3],
            false);
    byte[] block = request.block(MARKER);
    ByteArrayOutputStream pipe = new ByteArrayOutputStream();
    java.util.concurrent.atomic.AtomicReference<byte[]> passed =
        new java.util.concurrent.atomic.AtomicReference<>();
    try (java.io.BufferedOutputStream process =
        new java.io.BufferedOutputStream(pipe) {
          @Override
          public synchronized void write(byte[] bytes, int from, int length) throws IOException {
            super.write(bytes, from, length);
            passed.set(buf.clone());
          }
        }) {
      process.write(block);
    }
    for (byte one : passed.get()) {
      assertEquals(0, one, "nothing stays in the buffer of the pipe");
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(pipe.toByteArray()));
    assertEquals(MARKER, in.readUTF());
    assertArrayEquals(request.pin(), Pkcs11Request.read(in).pin());
  }

  @Test
  void fullWidthCharactersCountAsWhatTheyMeanAndOthersAreNoPin() {
    assertArrayEquals("12ab!".toCharArray(), Pkcs11Card.pin("１2ａb！".toCharArray()).orElseThrow());
    for (String bad : new String[] {"", "12\n4", "暗証", "1".repeat(65)}) {
      assertTrue(Pkcs11Card.pin(bad.toCharArray()).isEmpty(), bad);
    }
  }

  @Test
  void aPinThatCannotBeTheTokensIsNotPresented() {
    Cryptoki.Token token = new Cryptoki.Token(7, "Staff", "42", 0, 4, 8);
    assertFalse(token.takesPinOf(3));
    assertTrue(token.takesPinOf(4) && token.takesPinOf(8));
    assertFalse(token.takesPinOf(9));
    assertTrue(new Cryptoki.Token(7, "x", "42", 0, 0, 0).takesPinOf(40), "it does not say");
    assertEquals(136, CryptokiAbi.LINUX_64.longestPin());
    assertEquals(120, CryptokiAbi.WINDOWS_64.shortestPin());
  }

  @Test
  void theAnswerEndsAtItsLineThoughThePipeStaysOpen() throws Exception {
    Pkcs11Outcome outcome = new Pkcs11Outcome.Several(2);
    java.io.PipedOutputStream child = new java.io.PipedOutputStream();
    java.io.PipedInputStream pipe = new java.io.PipedInputStream(child, 1 << 16);
    child.write(
        ("chatter" + Pkcs11Answer.line(MARKER, outcome) + "\n").getBytes(StandardCharsets.UTF_8));
    child.flush();
    assertEquals(
        Optional.of(outcome),
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
            java.time.Duration.ofSeconds(60), () -> Pkcs11Answer.await(pipe, MARKER, 1 << 20)));
    assertEquals(
        Optional.empty(), Pkcs11Answer.await(new ByteArrayInputStream(new byte[100]), MARKER, 50));
  }

  @Test
  void whatTheChildClaimsIsCheckedByItsParent() throws Exception {
    java.security.KeyPairGenerator generator = java.security.KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    java.security.KeyPair keys = generator.generateKeyPair();
    java.security.cert.X509Certificate certificate = certificate(keys);
    byte[] data = {1, 2, 3};
    java.security.Signature signer = java.security.Signature.getInstance("SHA256withRSA");
    signer.initSign(keys.getPrivate());
    signer.update(data);
    byte[] signature = signer.sign();
    Fingerprint asked = Fingerprint.of(certificate);
    Pkcs11Outcome good = new Pkcs11Outcome.Signed(certificate, signature);
    assertEquals(good, Pkcs11Card.checked(good, asked, data));
    for (Pkcs11Outcome bad :
        List.of(
            Pkcs11Card.checked(good, Fingerprint.ofDer(new byte[1]), data),
            Pkcs11Card.checked(good, asked, new byte[] {1}),
            Pkcs11Card.checked(
                new Pkcs11Outcome.Signed(certificate, new byte[256]), asked, data))) {
      assertEquals(CardFailure.CARD_ERROR, ((Pkcs11Outcome.Refused) bad).failure());
    }
    Pkcs11Outcome.Present present =
        new Pkcs11Outcome.Present(
            "x", "1", List.of(authority(), certificate), Pkcs11Outcome.PinHint.UNKNOWN);
    assertEquals(List.of(certificate), present.signing(), "a CA that comes first is no person");
  }

  @TempDir static Path directory;

  private static java.security.cert.X509Certificate certificate(java.security.KeyPair keys)
      throws IOException {
    return TestCa.open(directory)
        .issue(
            keys.getPublic(),
            new TestCa.Subject(
                "100042",
                Optional.empty(),
                java.time.Instant.now().minusSeconds(60),
                java.time.Instant.now().plusSeconds(3600)));
  }

  private static java.security.cert.X509Certificate authority() throws IOException {
    return TestCa.open(directory).root();
  }

  @Test
  void aTokenIsChosenByWholeLabelOrSerial() {
    Cryptoki.Token token = new Cryptoki.Token(7, "Staff", "42", 0, 4, 8);
    assertTrue(TokenSelector.label("Staff").matches(token));
    assertTrue(TokenSelector.serial("42").matches(token));
    assertFalse(TokenSelector.label("Staf").matches(token));
    assertFalse(TokenSelector.serial("Staff").matches(token));
    assertThrows(IllegalArgumentException.class, () -> TokenSelector.label(" "));
    assertThrows(IllegalArgumentException.class, () -> TokenSelector.label("a".repeat(33)));
  }
}
