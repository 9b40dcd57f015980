package jp.sekisho.smartcard.simulate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.verify.PathVerifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms OpenSC does not exercise, byte by byte. */
class JpkiAppletTest {
  private static final String SELECT = "00A4040C0AD392F000260100000001";
  private static final String DIGEST_INFO = "3031300d060960864801650304020105000420";
  private static final byte[] DATA = "statement".getBytes(StandardCharsets.UTF_8);

  @TempDir static Path directory;
  private Applet card;

  @BeforeEach
  void insert() throws IOException {
    card = open(NewCard.Kind.JPKI, CardKey.RSA2048);
    // Full tries again, whatever the test before did.
    for (String reset : new String[] {SELECT, file("0018"), "002000800431323334"}) {
      card.process(HexFormat.of().parseHex(reset));
    }
    card.reset();
  }

  private static Path memory(NewCard.Kind kind, CardKey key) {
    return directory.resolve(kind + "-" + key);
  }

  private static Applet open(NewCard.Kind kind, CardKey key) throws IOException {
    return Applet.open(
        memory(kind, key),
        new NewCard(
            kind,
            "100042",
            Optional.of(directory.resolve("ca")),
            Optional.empty(),
            key,
            Optional.empty()));
  }

  private static String file(String identifier) {
    return "00A4020C02" + identifier;
  }

  private Response send(String hex) {
    return card.process(HexFormat.of().parseHex(hex));
  }

  private String sw(String hex) {
    return "%04X".formatted(send(hex).sw());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static X509Certificate certificate(NewCard.Kind kind, CardKey key, String name)
      throws Exception {
    return PathVerifier.parse(Files.readAllBytes(memory(kind, key).resolve(name)));
  }

  private static boolean verifies(X509Certificate certificate, String algorithm, byte[] signature)
      throws Exception {
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(certificate);
    verifier.update(DATA);
    return verifier.verify(signature);
  }

  @Test
  void nothingButSelectWorksBeforeSelectAndOnlyTheExactFormsDo() {
    assertEquals("6D00", sw("00200080"));
    assertEquals("9000", sw(SELECT));
    assertEquals("6A86", sw("00A4090C020018"), "P1 09 fails");
    assertEquals("6A82", sw(file("0099")));
    assertEquals("6986", sw("00B0000000"), "no file selected");
    assertEquals("9000", sw("00A40000"), "the master file, which does nothing");
    assertEquals("6A82", sw("00A4040C0BA000000308000010000100"));
    assertEquals("9000", sw(file("0018")), "and the application is still selected");
  }

  @Test
  void triesAreSaidAlsoWhenVerifiedAndAnotherStatusWordSaysBlocked() {
    assertEquals("9000", sw(SELECT));
    assertEquals("9000", sw(file("0018")));
    assertEquals("63C3", sw("00200080"));
    assertEquals("9000", sw("002000800431323334"));
    assertEquals("63C3", sw("00200080"));
    assertEquals("63C3", sw("00200098"), "by short identifier");
    assertEquals("63C2", sw("002000800439393939"));
    assertEquals("63C1", sw("002000980439393939"));
    assertEquals("63C0", sw("002000800439393939"));
    assertEquals("63C0", sw("00200080"));
    assertEquals("6984", sw("002000800431323334"));
    assertEquals("9000", sw(file("001B")));
    assertEquals("63C5", sw("00200080"), "the other PIN has its own tries");
    Path file = memory(NewCard.Kind.JPKI, CardKey.RSA2048).resolve("card.properties");
    assertTrue(file.toFile().delete(), "a blocked card is no use to the next test");
  }

  @Test
  void theCertificateIsReadInPiecesWithFillerBehindIt() throws Exception {
    send(SELECT);
    send(file("000A"));
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (int offset = 0; ; offset += 256) {
      Response part = send("00B0%04X00".formatted(offset));
      if (!part.ok()) {
        assertEquals(0x6B00, part.sw());
        break;
      }
      whole.writeBytes(part.data());
    }
    byte[] der = Files.readAllBytes(memory(NewCard.Kind.JPKI, CardKey.RSA2048).resolve("auth.der"));
    assertArrayEquals(der, Arrays.copyOf(whole.toByteArray(), der.length));
    assertTrue(whole.size() > der.length);
    assertEquals("6982", swOf(file("0001"), "00B0000000"), "the signature certificate needs a PIN");
    assertEquals("6981", swOf(file("0017"), "00B0000000"), "keys are not read");
  }

  private String swOf(String... commands) {
    String last = "";
    for (String command : commands) {
      last = sw(command);
    }
    return last;
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "02", "03"})
  void everyFormOfSigningGivesTheSameSignature(String form) throws Exception {
    String hash = hex(MessageDigest.getInstance("SHA-256").digest(DATA));
    String input =
        switch (form) {
          case "00" -> DIGEST_INFO + hash;
          case "02" -> hash;
          default -> hex(DATA);
        };
    String body = "%02X%s00".formatted(input.length() / 2, input);
    send(SELECT);
    assertEquals("6982", sw("802A" + form + "97" + body), "not before the PIN");
    send(file("0018"));
    send("002000800431323334");
    byte[] byShortIdentifier = send("802A" + form + "97" + body).data();
    send(file("0017"));
    byte[] signature = send("802A" + form + "80" + body).data();
    assertArrayEquals(signature, byShortIdentifier);
    assertTrue(
        verifies(
            certificate(NewCard.Kind.JPKI, CardKey.RSA2048, "auth.der"),
            "SHA256withRSA",
            signature));
    assertEquals("6982", sw("802A" + form + "9A" + body), "the signature key has its own PIN");
  }

  @Test
  void theSignatureKeySignsWithTheSignaturePin() throws Exception {
    send(SELECT);
    send(file("001B"));
    assertEquals("9000", sw("0020008006414243313233"));
    send(file("001A"));
    String hash = hex(MessageDigest.getInstance("SHA-256").digest(DATA));
    byte[] signature = send("802A028020" + hash + "00").data();
    X509Certificate certificate = certificate(NewCard.Kind.JPKI, CardKey.RSA2048, "sign.der");
    assertTrue(verifies(certificate, "SHA256withRSA", signature));
    boolean[] usage = certificate.getKeyUsage();
    assertTrue(usage[0] && usage[1], "digitalSignature and nonRepudiation");
    assertEquals("9000", swOf(file("0001"), "00B0000004"), "now it can be read");
  }

  @Test
  void aP384KeySignsABareHash() throws Exception {
    card = open(NewCard.Kind.JPKI, CardKey.P384);
    send(SELECT);
    send(file("0018"));
    send("002000800431323334");
    send(file("0017"));
    String hash = hex(MessageDigest.getInstance("SHA-384").digest(DATA));
    byte[] signature = send("802A008030" + hash + "00").data();
    assertTrue(
        verifies(
            certificate(NewCard.Kind.JPKI, CardKey.P384, "auth.der"),
            "SHA384withECDSA",
            signature));
  }

  @ParameterizedTest
  @CsvSource({
    "JPKI,JPKIAPICCTOKEN2,9000",
    "JPKI_IPHONE,JPKIAPIOSTOKEN,9000",
    "JPKI_ANDROID,JPKIAPGPSETOKEN,6982"
  })
  void aTokenSaysWhatItIsAndAndroidsReadsNothingBeforeThePin(
      NewCard.Kind kind, String label, String beforePin) throws Exception {
    card = open(kind, CardKey.RSA2048);
    send(SELECT);
    send(file("0006"));
    assertEquals(label, new String(send("00B0000020").data(), StandardCharsets.US_ASCII).strip());
    assertEquals(beforePin, swOf(file("000A"), "00B0000004"));
    assertEquals("9000", swOf(file("0018"), "002000800431323334", file("000A"), "00B0000004"));
  }

  @Test
  void thePinChangesAfterItWasVerifiedAndOnlyToFourDigits() {
    send(SELECT);
    send(file("0018"));
    assertEquals("6982", sw("002401800435363738"));
    send("002000800431323334");
    assertEquals("6A80", sw("00240180053536373839"));
    assertEquals("9000", sw("002401800435363738"));
    assertEquals("63C2", sw("002000800431323334"));
    assertEquals("9000", sw("002000800435363738"));
    assertEquals("9000", sw("002401800431323334"));
  }

  @Test
  void aCardFaceApplicationHidesJpkiUntilItIsSelectedAgain() {
    send(SELECT);
    assertEquals("9000", sw("00A4040C0AD3921000310001010408"));
    assertEquals("6D00", sw("00200080"));
    assertEquals("9000", sw(SELECT));
  }
}
