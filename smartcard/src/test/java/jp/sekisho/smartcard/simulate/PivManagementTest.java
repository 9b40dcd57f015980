package jp.sekisho.smartcard.simulate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.Tlv;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the holder of the management key may do, and nobody else. */
class PivManagementTest {
  private static final String SELECT = "00A4040005A000000308";
  private static final String PIN = "0020008008313233343536FFFF";
  private static final String GENERATE_P256 = "00470000 05AC03800111";

  @TempDir Path directory;
  private PivApplet card;

  @BeforeEach
  void insert() throws IOException {
    card = open();
    send(SELECT);
  }

  private PivApplet open() throws IOException {
    return PivApplet.open(
        directory.resolve("card"),
        new NewCard(NewCard.Kind.UNINITIALISED, "100042", Optional.empty(), Optional.empty()));
  }

  private Response send(String hex) {
    return card.process(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private String sw(String hex) {
    return "%04X".formatted(send(hex).sw());
  }

  private static byte[] tdes(byte[] block) throws Exception {
    Cipher cipher = Cipher.getInstance("DESede/ECB/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(HexFormat.of().parseHex(ManagementKey.DEFAULT), "DESede"));
    return cipher.doFinal(block);
  }

  /** The single protocol: the card asks, the host answers. */
  private String authenticate() throws Exception {
    byte[] answer = send("0087039B 04 7C028100 00").data();
    byte[] challenge = Tlv.require(Tlv.require(answer, 0x7C), 0x81);
    return sw("0087039B 0C 7C0A8208" + HexFormat.of().formatHex(tdes(challenge)));
  }

  private static String generate(int slot) {
    return GENERATE_P256.replace("00470000", "004700%02X".formatted(slot));
  }

  @Test
  void nothingIsWrittenBeforeTheManagementKeyIsProved() throws Exception {
    for (String command :
        List.of(
            generate(0x9A),
            "00DB3FFF 075C035FC1055300",
            "00FE119A 03060101",
            "00FFFFFF 03039B00",
            "00FA0505")) {
      assertEquals("6982", sw(command), command);
    }
    assertEquals("9000", authenticate());
    assertEquals("9000", sw(generate(0x9A)));
  }

  @Test
  void aWrongProofAndAnOldChallengeAreRefused() throws Exception {
    byte[] challenge = Tlv.require(Tlv.require(send("0087039B 04 7C028100 00").data(), 0x7C), 0x81);
    String proof = "0087039B 0C 7C0A8208" + HexFormat.of().formatHex(tdes(challenge));
    assertEquals("6982", sw("0087039B 0C 7C0A82080000000000000000"));
    assertEquals("6982", sw(proof), "the challenge was used up");
    assertEquals("6982", sw("0087039B 16 7C14 8008 0000000000000000 8108 0000000000000000"));
    assertEquals("6A86", sw("00870C9B 04 7C028100"), "AES is not this card's algorithm");
  }

  @Test
  void selectAndResetForgetTheProof() throws Exception {
    authenticate();
    send(SELECT);
    assertEquals("6982", sw(generate(0x9A)));
    authenticate();
    card.reset();
    send(SELECT);
    assertEquals("6982", sw(generate(0x9A)));
  }

  @ParameterizedTest
  @CsvSource({"9A,9000,9000", "9C,9000,6982", "9D,9000,9000", "9E,9000,9000", "82,9000,9000"})
  void aKeyWantsThePinAsItsSlotDemands(String slot, String first, String second) throws Exception {
    authenticate();
    assertEquals("9000", sw(generate(Integer.parseInt(slot, 16))));
    String sign = "008711" + slot + " 26 7C24 8200 8120" + "11".repeat(32);
    assertEquals(slot.equals("9E") ? "9000" : "6982", sw(sign), "before the PIN");
    send(PIN);
    assertEquals(first, sw(sign));
    assertEquals(second, sw(sign));
  }

  @Test
  void aKeyMadeToSignWithoutPinDoesSo() throws Exception {
    authenticate();
    assertEquals("9000", sw("0047009A 08 AC06800111AA0101"));
    assertEquals("9000", sw("0087119A 26 7C24 8200 8120" + "11".repeat(32)));
    byte[] metadata = send("00F7009A").data();
    assertArrayEquals(new byte[] {1, 1}, Tlv.require(metadata, 0x02), "PIN never, no touch");
    assertArrayEquals(new byte[] {0x11}, Tlv.require(metadata, 0x01));
  }

  @Test
  void keysAndManagementKeySurviveANewStart() throws Exception {
    authenticate();
    send(generate(0x9A));
    String aes = "080910111213141516171819202122230809101112131415";
    assertEquals("9000", sw("00FFFFFF 1B 0A9B18" + aes));
    byte[] before = send("00F7009A").data();
    card = open();
    send(SELECT);
    assertArrayEquals(before, send("00F7009A").data());
    assertArrayEquals(new byte[] {0x0A}, Tlv.require(send("00F7009B").data(), 0x01));
    assertEquals("6A86", sw("0087039B 04 7C028100"), "triple DES is over");
  }

  @Test
  void anObjectIsWrittenReadAndDeletedAndACertificateKeepsItsFile() throws Exception {
    authenticate();
    assertEquals("6A82", sw("00CB3FFF 05 5C035FC105"));
    assertEquals("9000", sw("00DB3FFF 0F 5C035FC105 5308 7002 3000 7101 00 FE"), "kept as it is");
    assertFalse(Files.exists(directory.resolve("card/9a.der")), "no certificate to be had");
    assertEquals("9000", sw("00DB3FFF 10 5C035FC105 5309 7002 3000 7101 00 FE00"));
    assertArrayEquals(
        HexFormat.of().parseHex("3000"), Files.readAllBytes(directory.resolve("card/9a.der")));
    assertArrayEquals(
        HexFormat.of().parseHex("530970023000710100FE00"),
        send("00CB3FFF 05 5C035FC105 00").data());
    assertEquals("9000", sw("00DB3FFF 07 5C035FC105 5300"));
    assertEquals("6A82", sw("00CB3FFF 05 5C035FC105"));
    assertFalse(Files.exists(directory.resolve("card/9a.der")));
  }

  @Test
  void printedInformationIsReadOnlyWithThePin() throws Exception {
    authenticate();
    assertEquals("9000", sw("00DB3FFF 08 5C035FC109 530155"));
    assertEquals("6982", sw("00CB3FFF 05 5C035FC109"));
    send(PIN);
    assertEquals("9000", sw("00CB3FFF 05 5C035FC109"));
  }

  @Test
  void anUnfinishedChainDoesNotLeakIntoTheNextCommand() {
    assertEquals("9000", sw("1087079A 02 7C02"));
    assertEquals("63C3", sw("00200080"));
    assertEquals("6A80", sw("0020008006313233343536"));
    assertEquals("9000", sw(PIN));
  }

  @Test
  void triesCanBeSetAndSecretsAreThenTheDefaultOnes() throws Exception {
    authenticate();
    assertEquals("6982", sw("00FA0704"), "PIN too");
    authenticate();
    send(PIN);
    assertEquals("9000", sw("00FA0704"));
    assertEquals("63C7", sw("00200080"));
    byte[] puk = send("00F70081").data();
    assertArrayEquals(new byte[] {4, 4}, Tlv.require(puk, 0x06));
    assertArrayEquals(new byte[] {1}, Tlv.require(puk, 0x05));
  }

  @Test
  void aPukOfAnyBytesIsKept() throws Exception {
    String puk = "0001020304050607";
    assertEquals("9000", sw("00240081 10 3132333435363738" + puk));
    card = open();
    send(SELECT);
    assertEquals("9000", sw("002C0080 10 " + puk + "323436383130FFFF"));
    assertEquals("9000", sw("0020008008323436383130FFFF"));
  }

  @Test
  void aCardDirectoryOfTheFirstVersionOpens() throws Exception {
    Path old = directory.resolve("old");
    Files.createDirectories(old);
    Files.write(old.resolve("9a.key"), CardKey.RSA2048.generate().getPrivate().getEncoded());
    Files.writeString(
        old.resolve("card.properties"),
        """
        kind=STAFF
        object.7E=4f0ba000000308000010000100
        pin=123456
        pin.tries=2
        puk=12345678
        puk.tries=3
        """);

    card =
        PivApplet.open(
            old, new NewCard(NewCard.Kind.STAFF, "1", Optional.empty(), Optional.empty()));
    send(SELECT);
    assertEquals("63C2", sw("00200080"));
    assertEquals("9000", sw(PIN));
    card.reset();
    send(SELECT);
    assertEquals("63C3", sw("00200080"));
    assertTrue(send("00F8000000").data().length == 4);
    assertArrayEquals(
        new byte[] {1, 1, 7}, Arrays.copyOf(send("00F7009A").data(), 3), "its key is RSA-2048");
    send(SELECT);
    assertEquals("9000", authenticate());
  }

  @Test
  void aKeyOfAnotherTypeThanAskedForIsNotUsed() throws Exception {
    authenticate();
    send(generate(0x9A));
    send(PIN);
    assertEquals("6A86", sw("0087079A 04 7C028200"));
    assertEquals("6A80", sw("0087119A 04 7C028200"), "no challenge");
    assertEquals("6A86", sw("00871181 04 7C028200"), "no slot");
    assertTrue(Arrays.equals(new byte[] {5, 4, 3}, send("00FD000000").data()));
  }
}
