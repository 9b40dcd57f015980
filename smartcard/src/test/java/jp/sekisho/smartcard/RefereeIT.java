package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import jp.sekisho.smartcard.simulate.Applet;
import jp.sekisho.smartcard.simulate.CardKey;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.Referee;
import jp.sekisho.smartcard.testing.VirtualCard;
import jp.sekisho.smartcard.verify.PathVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that are not ours take the virtual PIV card for a PIV card. */
@Tag("pcsc")
class RefereeIT {
  private static final String YUBIKEY_ATR = "3BFD1300008131FE158073C021C057597562694B657940";
  private static final String MANAGEMENT_KEY = "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718";

  @TempDir static Path directory;
  private static PcscService service;
  private static Referee referee;
  private static VirtualCard card;
  private static int cards;
  private Path memory;

  @BeforeAll
  static void start() throws IOException {
    service = PcscService.start();
    referee = new Referee(service);
    card = service.card(0, directory.resolve("card"), "--removed");
  }

  @AfterAll
  static void stop() {
    card.close();
    service.close();
  }

  /** Every test has a card of its own, so that none sees what another did. */
  @BeforeEach
  void freshCard() throws IOException {
    insert(CardKey.RSA2048);
  }

  private void insert(CardKey key) throws IOException {
    memory = directory.resolve("c" + ++cards);
    Applet.open(
        memory,
        new NewCard(
            NewCard.Kind.STAFF,
            "100042",
            Optional.of(directory.resolve("ca")),
            Optional.empty(),
            key,
            // OpenSC 0.23 decides by ATR whether a PIV card does ECDSA.
            key == CardKey.RSA2048 ? Optional.empty() : Optional.of(YUBIKEY_ATR)));
    card.remove();
    Await.until(
        "reader empty", Duration.ofSeconds(20), () -> !CardEvents.present(PcscService.READER_0));
    card.swap(memory);
    Await.until(
        "card present", Duration.ofSeconds(20), () -> CardEvents.present(PcscService.READER_0));
  }

  private X509Certificate certificate() throws Exception {
    return PathVerifier.parse(Files.readAllBytes(memory.resolve("9a.der")));
  }

  private static Referee.Run yubico(String action, String... arguments) throws IOException {
    return referee.run(
        Referee.words(
            List.of("yubico-piv-tool", "-r" + PcscService.READER_0, "-a", action), arguments));
  }

  @Test
  void openscSeesAPivCardAndItsObjects() throws Exception {
    assertEquals(
        "Personal Identity Verification Card",
        referee.run("opensc-tool", "--reader", "0", "--name").ok().strip());
    String dump = referee.run("pkcs15-tool", "--reader", "0", "-D").ok();
    assertTrue(dump.contains("PIN [PIN]"), dump);
    assertTrue(dump.contains("Private RSA Key [PIV AUTH key]"), dump);
    assertTrue(dump.contains("ModLength      : 2048"), dump);
    assertTrue(dump.contains("X.509 Certificate [Certificate for PIV Authentication]"), dump);
  }

  @ParameterizedTest
  @CsvSource({
    "RSA2048,SHA256-RSA-PKCS,sha256",
    "RSA3072,SHA256-RSA-PKCS,sha256",
    "P256,ECDSA-SHA256,sha256",
    "P384,ECDSA-SHA384,sha384"
  })
  void pkcs11ToolSignsAndOpensslVerifies(CardKey key, String mechanism, String hash)
      throws Exception {
    insert(key);
    Path message = Files.writeString(memory.resolve("message"), "hello");
    Path signature = memory.resolve("signature");
    referee
        .run(
            "pkcs11-tool",
            "--module=opensc-pkcs11.so",
            "--login",
            "--pin=123456",
            "--sign",
            "--mechanism=" + mechanism,
            "--signature-format=openssl",
            "--id=01",
            "--input-file=" + message,
            "--output-file=" + signature)
        .ok();
    referee.opensslVerifies(certificate().getPublicKey(), hash, message, signature);
  }

  @Test
  void sunPkcs11SignsThroughOpensc() throws Exception {
    Path module =
        Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
            .map(folder -> Path.of(folder, "opensc-pkcs11.so"))
            .filter(Files::exists)
            .findFirst()
            .orElseThrow(() -> new AssertionError("apt-get install opensc-pkcs11"));
    Path program =
        Files.writeString(
            memory.resolve("Sign.java"), SUN_PKCS11.replace("@MODULE@", module.toString()));
    Path message = Files.writeString(memory.resolve("message"), "hello");
    Path signature = memory.resolve("signature");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    // A module runs in its caller's process: not in that of the tests.
    referee.run(java, program.toString(), "123456", message.toString(), signature.toString()).ok();
    referee.opensslVerifies(certificate().getPublicKey(), "sha256", message, signature);
    Referee.Run wrong =
        referee.run(java, program.toString(), "000000", message.toString(), signature.toString());
    assertNotEquals(0, wrong.exitCode());
    assertTrue(wrong.output().contains("CKR_PIN_INCORRECT"), wrong.output());
    assertTrue(yubico("status").ok().contains("PIN tries left:\t2"));
  }

  private static final String SUN_PKCS11 =
      """
      import java.nio.file.*;
      import java.security.*;

      public class Sign {
        public static void main(String[] words) throws Exception {
          Provider provider =
              Security.getProvider("SunPKCS11")
                  .configure("--name=T\\nlibrary=@MODULE@\\nslotListIndex=0\\n");
          KeyStore store = KeyStore.getInstance("PKCS11", provider);
          store.load(null, words[0].toCharArray());
          PrivateKey key = (PrivateKey) store.getKey(store.aliases().nextElement(), null);
          Signature signature = Signature.getInstance("SHA256withRSA", provider);
          signature.initSign(key);
          signature.update(Files.readAllBytes(Path.of(words[1])));
          Files.write(Path.of(words[2]), signature.sign());
        }
      }
      """;

  @Test
  void yubicoPivToolShowsStatusChangesAndUnblocksThePin() throws Exception {
    String status = yubico("status").ok();
    assertTrue(status.contains("Version:\t5.4.3"), status);
    assertTrue(status.contains("Serial Number:"), status);
    assertTrue(status.contains("Algorithm:\tRSA2048"), status);
    assertTrue(status.contains("serialNumber=100042"), status);
    assertTrue(status.contains("PIN tries left:\t3"), status);

    yubico("change-pin", "-P", "123456", "-N", "246810").ok();
    Referee.Run wrong = yubico("verify-pin", "-P", "123456");
    assertNotEquals(0, wrong.exitCode());
    assertTrue(wrong.output().contains("2 tries left"), wrong.output());
    assertTrue(yubico("status").ok().contains("PIN tries left:\t2"));
    assertNotEquals(0, yubico("verify-pin", "-P", "123456").exitCode());
    assertNotEquals(0, yubico("verify-pin", "-P", "123456").exitCode());
    Referee.Run blocked = yubico("verify-pin", "-P", "246810");
    assertNotEquals(0, blocked.exitCode(), "blocked, even with the right one");
    assertTrue(yubico("status").ok().contains("PIN tries left:\t0"));

    yubico("change-puk", "-P", "12345678", "-N", "87654321").ok();
    assertNotEquals(0, yubico("unblock-pin", "-P", "12345678", "-N", "123456").exitCode());
    yubico("unblock-pin", "-P", "87654321", "-N", "123456").ok();
    yubico("verify-pin", "-P", "123456").ok();
  }

  @ParameterizedTest
  @CsvSource({"9a,RSA2048", "9a,ECCP256", "9a,ECCP384", "9c,ECCP256", "9e,RSA2048"})
  void yubicoPivToolGeneratesAKeyImportsItsCertificateAndTestsIt(String slot, String algorithm)
      throws Exception {
    Path issued = generate(slot, algorithm);
    yubico("import-certificate", "-s", slot, "-i", issued.toString()).ok();
    Path read = memory.resolve("read.crt");
    yubico("read-certificate", "-s", slot, "-o", read.toString()).ok();
    assertArrayEquals(der(issued), der(read));
    if (slot.equals("9a")) {
      assertArrayEquals(der(issued), Files.readAllBytes(memory.resolve("9a.der")));
    }
    String tested =
        yubico("verify-pin", "-P123456", "-a", "test-signature", "-s", slot, "-i", "" + read).ok();
    assertTrue(
        tested.contains(algorithm.startsWith("ECC") ? "Successful ECDSA" : "Successful RSA"),
        tested);
    boolean withoutPin =
        yubico("test-signature", "-s", slot, "-i", read.toString()).exitCode() == 0;
    assertEquals(slot.equals("9e"), withoutPin, "only the card authentication key wants no PIN");
  }

  /** A key made on the card and a certificate for it from a CA of openssl's. */
  private Path generate(String slot, String algorithm) throws Exception {
    Path key = memory.resolve("public.pem");
    yubico("generate", "-s", slot, "-A", algorithm, "-o", key.toString()).ok();
    Path ca = memory.resolve("ca.key");
    Path root = memory.resolve("ca.crt");
    Path request = memory.resolve("request.csr");
    Path issued = memory.resolve("issued.crt");
    referee
        .run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "" + ca,
            "-out",
            "" + root,
            "-subj",
            "/CN=CA",
            "-days",
            "2")
        .ok();
    referee
        .run("openssl", "req", "-new", "-key", "" + ca, "-subj", "/CN=1", "-out", "" + request)
        .ok();
    referee
        .run(
            "openssl",
            "x509",
            "-req",
            "-in",
            "" + request,
            "-CA",
            "" + root,
            "-CAkey",
            "" + ca,
            "-force_pubkey",
            "" + key,
            "-days",
            "1",
            "-out",
            "" + issued)
        .ok();
    return issued;
  }

  @Test
  void onlyTheManagementKeyWritesAndItCanBeChanged() throws Exception {
    yubico("set-mgm-key", "--new-key=" + MANAGEMENT_KEY).ok();
    assertNotEquals(0, yubico("generate", "-s9c", "-AECCP256").exitCode());
    assertNotEquals(0, yubico("set-chuid").exitCode());
    assertTrue(
        yubico("generate", "-s9c", "-AECCP256", "--key=" + MANAGEMENT_KEY)
            .ok()
            .contains("BEGIN PUBLIC KEY"));
    yubico("set-chuid", "--key=" + MANAGEMENT_KEY).ok();
    List<String> trace = card.trace();
    assertFalse(trace.toString().toLowerCase(Locale.ROOT).contains(MANAGEMENT_KEY));
  }

  @Test
  void aKeyMadeElsewhereCanBeImportedAndSigns() throws Exception {
    Path key = memory.resolve("imported.pem");
    referee.run("openssl", "genrsa", "-out", key.toString(), "2048").ok();
    yubico("import-key", "-s9d", "-i" + key).ok();
    Path crt = memory.resolve("imported.crt");
    referee
        .run(
            "openssl", "req", "-x509", "-key", "" + key, "-out", "" + crt, "-subj", "/CN=1",
            "-days", "1")
        .ok();
    yubico("import-certificate", "-s9d", "-i" + crt).ok();
    assertTrue(
        yubico("verify-pin", "-P123456", "-atest-signature", "-s9d", "-i" + crt)
            .ok()
            .contains("Successful RSA"));
  }

  @Test
  void aCardWithBothSecretsBlockedIsSetBackToEmpty() throws Exception {
    assertNotEquals(0, yubico("reset").exitCode(), "not before");
    for (int i = 0; i < 3; i++) {
      assertNotEquals(0, yubico("verify-pin", "-P", "000000").exitCode());
      assertNotEquals(0, yubico("change-puk", "-P", "00000000", "-N", "11111111").exitCode());
    }
    yubico("reset").ok();
    String status = yubico("status").ok();
    assertTrue(status.contains("PIN tries left:\t3"), status);
    assertFalse(status.contains("Slot 9a"), status);
    yubico("verify-pin", "-P", "123456").ok();
  }

  private static byte[] der(Path pem) throws Exception {
    String body = Files.readString(pem).replaceAll("-----[A-Z ]+-----|\\s", "");
    return Base64.getDecoder().decode(body);
  }
}
