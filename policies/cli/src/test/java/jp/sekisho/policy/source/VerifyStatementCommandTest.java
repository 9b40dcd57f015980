package jp.sekisho.policy.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.stream.Stream;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.Purpose;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifyStatementCommandTest {
  @TempDir Path folder;
  private byte[] statement = {};
  private byte[] signature = {};
  private byte[] certificate = {};

  @BeforeEach
  void signedStatement() throws Exception {
    sign("P-256", "SHA256withECDSA");
  }

  private void sign(String key, String algorithm) throws Exception {
    KeyPair pair = keyPair(key);
    certificate = certificate(pair, algorithm);
    statement =
        new CardStatement(
                "https://auth.city.example",
                "AAECAwQFBgcICQoLDA0ODw",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
                Purpose.LOGIN,
                "T-0042",
                CardStatement.certificateHash(certificate),
                null)
            .bytes();
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(pair.getPrivate());
    signer.update(statement);
    signature = signer.sign();
  }

  private static KeyPair keyPair(String key) throws GeneralSecurityException {
    if (key.startsWith("RSA-")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(Integer.parseInt(key.substring(4)));
      return generator.generateKeyPair();
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(key.replace("P-", "secp") + "r1"));
    return generator.generateKeyPair();
  }

  private static byte[] certificate(KeyPair pair, String algorithm)
      throws OperatorCreationException, IOException {
    X500Name name = new X500Name("CN=S-1024");
    Instant from = Instant.parse("2026-04-01T00:00:00Z");
    return new JcaX509v3CertificateBuilder(
            name,
            BigInteger.TEN,
            Date.from(from),
            Date.from(from.plusSeconds(86_400 * 365)),
            name,
            pair.getPublic())
        .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
        .getEncoded();
  }

  private Program verify(String... more) throws IOException {
    Files.write(folder.resolve("statement"), statement);
    Files.write(folder.resolve("signature"), signature);
    Files.write(folder.resolve("certificate.der"), certificate);
    return Program.run(
        Stream.concat(
                Stream.of(
                    "verify-statement",
                    "--statement",
                    folder.resolve("statement").toString(),
                    "--signature",
                    folder.resolve("signature").toString(),
                    "--certificate",
                    folder.resolve("certificate.der").toString()),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "P-256, SHA256withECDSA",
    "P-384, SHA384withECDSA",
    "RSA-2048, SHA256withRSA",
    "RSA-3072, SHA256withRSA"
  })
  @DisplayName("a card's signature is checked by the kind of its key, and the statement shown")
  void valid(String key, String algorithm) throws Exception {
    sign(key, algorithm);
    Program program = verify("--json");
    assertEquals(0, program.exit(), program.out());
    assertEquals("valid", program.json().path("result").asString());
    assertEquals("https://auth.city.example", program.json().path("origin").asString());
    assertEquals("login", program.json().path("purpose").asString());
    assertEquals("T-0042", program.json().path("terminal").asString());
    assertEquals("-", program.json().path("detail").asString());
  }

  @Test
  @DisplayName("it says that nobody vouched for the certificate")
  void issuer() throws IOException {
    assertTrue(verify("--lang", "en").out().contains("Who issued the certificate was not checked"));
    assertTrue(verify("--lang", "ja").out().contains("発行元は確かめていません"));
  }

  @ParameterizedTest
  @CsvSource({"P-256, SHA384withECDSA", "P-384, SHA256withECDSA", "RSA-2048, SHA512withRSA"})
  @DisplayName("a signature by another algorithm than the key's is invalid")
  void otherAlgorithm(String key, String algorithm) throws Exception {
    sign(key, algorithm);
    refused("SIGNATURE_INVALID");
  }

  @Test
  @DisplayName("one changed bit of statement, signature or certificate is refused")
  void changed() throws Exception {
    byte[] goodStatement = statement.clone();
    byte[] goodSignature = signature.clone();
    statement = new String(goodStatement, UTF_8).replace("T-0042", "T-0043").getBytes(UTF_8);
    refused("SIGNATURE_INVALID");
    statement = goodStatement;
    signature[signature.length - 1] ^= 1;
    refused("SIGNATURE_INVALID");
    signature = goodSignature;
    byte[] first = certificate.clone();
    sign("P-256", "SHA256withECDSA");
    certificate = first;
    refused("CERTIFICATE_OTHER");
  }

  @Test
  @DisplayName("malformed files are refused, each by its name")
  void malformed() throws Exception {
    byte[] good = certificate.clone();
    certificate = "-----BEGIN CERTIFICATE-----\n".getBytes(UTF_8);
    refused("CERTIFICATE_MALFORMED");
    certificate = Arrays.copyOf(good, good.length + 1);
    refused("CERTIFICATE_MALFORMED");
    certificate = good;
    statement = new String(statement, UTF_8).replace("\n", "\r\n").getBytes(UTF_8);
    refused("STATEMENT_MALFORMED");
  }

  @Test
  @DisplayName("a key no staff card may have is refused")
  void shortKey() throws Exception {
    sign("RSA-1024", "SHA256withRSA");
    refused("KEY_NOT_ACCEPTED");
  }

  private void refused(String code) throws IOException {
    Program program = verify("--json");
    assertEquals(1, program.exit(), program.out());
    assertEquals(code, program.json().path("code").asString());
  }
}
