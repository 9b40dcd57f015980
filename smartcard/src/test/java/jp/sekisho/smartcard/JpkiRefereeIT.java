package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.Referee;
import jp.sekisho.smartcard.testing.VirtualCard;
import jp.sekisho.smartcard.verify.PathVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenSC takes the virtual JPKI card for a My Number card, beside a PIV card. */
@Tag("pcsc")
class JpkiRefereeIT {
  @TempDir static Path directory;
  private static PcscService service;
  private static Referee referee;
  private static VirtualCard staff;
  private static VirtualCard card;

  @BeforeAll
  static void start() throws IOException {
    service = PcscService.start();
    referee = new Referee(service);
    staff = service.card(0, directory.resolve("staff"));
    card = service.jpki(1, directory.resolve("jpki"));
    for (String reader : new String[] {PcscService.READER_0, PcscService.READER_1}) {
      Await.until("card present", Duration.ofSeconds(20), () -> CardEvents.present(reader));
    }
  }

  @AfterAll
  static void stop() {
    card.close();
    staff.close();
    service.close();
  }

  @Test
  void openscSeesBothCardsAtOnce() throws Exception {
    assertEquals(
        "Personal Identity Verification Card",
        referee.run("opensc-tool", "--reader", "0", "--name").ok().strip());
    assertEquals("jpki", referee.run("opensc-tool", "--reader", "1", "--name").ok().strip());
  }

  @Test
  void pkcs15ToolListsTwoPinsTwoKeysAndFourCertificates() throws Exception {
    String dump = referee.run("pkcs15-tool", "--reader", "1", "-D").ok();
    assertEquals(2, count(dump, "\nPIN ["), dump);
    assertEquals(2, count(dump, "Private RSA Key ["), dump);
    assertEquals(4, count(dump, "X.509 Certificate ["), dump);
    assertTrue(dump.contains("Tries left     : 5"), dump);
  }

  @ParameterizedTest
  @CsvSource({
    "User Authentication PIN,1234,01,auth.der",
    "Digital Signature PIN,ABC123,02,sign.der"
  })
  void pkcs11ToolSignsWithEachKeyAndOpensslVerifies(
      String pinLabel, String pin, String id, String certificate) throws Exception {
    Path message = Files.writeString(directory.resolve("message" + id), "hello");
    Path signature = directory.resolve("signature" + id);
    sign(pinLabel, pin, id, message, signature).ok();
    referee.opensslVerifies(
        PathVerifier.parse(Files.readAllBytes(card.directory().resolve(certificate)))
            .getPublicKey(),
        "sha256",
        message,
        signature);
  }

  @Test
  void wrongPinsAreCountedAndOpenscSaysSo() throws Exception {
    Path message = Files.writeString(directory.resolve("m"), "hello");
    Path signature = directory.resolve("s");
    Referee.Run run = sign("Digital Signature PIN", "WRONG1", "02", message, signature);
    assertNotEquals(0, run.exitCode());
    assertTrue(run.output().contains("CKR_PIN_INCORRECT"), run.output());
    String dump = referee.run("pkcs15-tool", "--reader", "1", "-D").ok();
    assertTrue(dump.contains("Tries left     : 4"), dump);
    sign("Digital Signature PIN", "ABC123", "02", message, signature).ok();
    dump = referee.run("pkcs15-tool", "--reader", "1", "-D").ok();
    assertTrue(dump.contains("Tries left     : 5"), dump);
  }

  private static Referee.Run sign(
      String pinLabel, String pin, String id, Path message, Path signature) throws IOException {
    return referee.run(
        "pkcs11-tool",
        "--module=opensc-pkcs11.so",
        "--token-label=JPKI (" + pinLabel + ")",
        "--login",
        "--pin=" + pin,
        "--sign",
        "--mechanism=SHA256-RSA-PKCS",
        "--id=" + id,
        "--input-file=" + message,
        "--output-file=" + signature);
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}
