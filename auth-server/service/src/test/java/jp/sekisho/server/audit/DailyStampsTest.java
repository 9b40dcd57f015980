package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import jp.sekisho.audit.bundle.BundleCopy;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.config.BackupList;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.StorageException;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A day's checkpoint under a time-stamp, from a real authority on loopback to the verifier. */
class DailyStampsTest {
  private static final String SIGNING = "SHA256withECDSA";

  @TempDir Path directory;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T03:00:00Z"));
  private KeyPair keys;
  private X509Certificate certificate;
  private HttpServer server;
  private volatile UnaryOperator<byte[]> answer = bytes -> bytes;

  @BeforeEach
  void open() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    keys = generator.generateKeyPair();
    X500Name name = new X500Name("CN=Test TSA");
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(clock.instant().minus(Duration.ofDays(1))),
            Date.from(clock.instant().plus(Duration.ofDays(365))),
            name,
            keys.getPublic());
    builder.addExtension(
        Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
    certificate =
        new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(new JcaContentSignerBuilder(SIGNING).build(keys.getPrivate())));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = answer.apply(stamped(exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private byte[] stamped(byte[] request) {
    try {
      TimeStampTokenGenerator tokens =
          new TimeStampTokenGenerator(
              new JcaSimpleSignerInfoGeneratorBuilder()
                  .build(SIGNING, keys.getPrivate(), certificate),
              new JcaDigestCalculatorProviderBuilder()
                  .build()
                  .get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)),
              new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"));
      tokens.addCertificates(new JcaCertStore(List.of(certificate)));
      return new TimeStampResponseGenerator(tokens, TSPAlgorithms.ALLOWED)
          .generate(new TimeStampRequest(request), BigInteger.TEN, Date.from(clock.instant()))
          .getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private StampAuthority authority() throws Exception {
    Path file = directory.resolve("tsa");
    Files.writeString(file, "http://localhost:" + server.getAddress().getPort() + "/\n");
    Files.writeString(
        directory.resolve("tsa.pem"),
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    return StampAuthority.read(file).orElseThrow();
  }

  private static List<String> told(OpenStorage storage) {
    storage.logs.integrateNow();
    return storage.logs.page("mayor", null, Long.MAX_VALUE, 50).stream()
        .map(row -> ((LogRow.Intact) row).entry().type())
        .filter(type -> type.startsWith("log.stamp"))
        .toList();
  }

  private Verification verified(OpenStorage storage, StampAuthority authority) throws Exception {
    Path zip = Files.createTempFile(directory, "stamped", ".zip");
    try (OutputStream out = Files.newOutputStream(zip)) {
      storage.logs.bundle("mayor").writeZip(out);
    }
    TrustedKeys trusted = new TrustedKeys(storage.logs.verifierKey("mayor"), List.of());
    try (BundleCopy copy = BundleCopy.open(zip)) {
      return new CopyVerifier(trusted, true, List.of(), authority.anchors()).verify(copy);
    }
  }

  @Test
  void theCheckpointOfADayIsStampedOnceAndItsBundleShowsIt() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      var _ = Restores.write(storage, 3);
      storage.logs.integrateNow();
      StampAuthority authority = authority();
      assertInstanceOf(Verification.Invalid.class, verified(storage, authority), "not yet");
      DailyStamps stamps = new DailyStamps(storage.logs, storage.transactions, authority, clock);
      stamps.stamp("mayor");
      stamps.stamp("mayor");
      assertEquals(List.of("log.stamped"), told(storage), "once a day");
      Entry said = Restores.entry(storage, "mayor", 3);
      assertEquals("2026-11-22T03:00:00Z", said.data().get("at"));
      assertEquals(3L, said.data().get("size"));
      Verification.Verified good =
          assertInstanceOf(Verification.Verified.class, verified(storage, authority));
      assertEquals(new Verification.Stamp(3, clock.instant()), good.stamp());
      assertEquals(4, good.size());
      BackupList.requireNames(directory, storage.keys);
      clock.advance(Duration.ofDays(1));
      stamps.stamp("mayor");
      good = assertInstanceOf(Verification.Verified.class, verified(storage, authority));
      assertEquals(new Verification.Stamp(4, clock.instant()), good.stamp());
    }
  }

  @Test
  void anAuthorityThatDoesNotStampIsToldOncePerDayAndAskedAgain() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      var _ = Restores.write(storage, 3);
      storage.logs.integrateNow();
      DailyStamps stamps = new DailyStamps(storage.logs, storage.transactions, authority(), clock);
      for (UnaryOperator<byte[]> bad :
          List.<UnaryOperator<byte[]>>of(
              bytes -> new byte[0],
              bytes -> new byte[1 << 20],
              bytes -> {
                bytes[bytes.length - 1] ^= 1; // in the signature
                return bytes;
              })) {
        answer = bad;
        assertThrows(StorageException.class, () -> stamps.stamp("mayor"));
      }
      assertEquals(List.of("log.stamp-refused"), told(storage));
      assertTrue(Files.notExists(directory.resolve("keys/log-mayor.stamped")));
      answer = bytes -> bytes;
      stamps.stamp("mayor");
      assertEquals(List.of("log.stamped", "log.stamp-refused"), told(storage));
    }
  }

  @Test
  void aRefusalThatCouldNotBeWrittenIsWrittenTheNextTime() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      var _ = Restores.write(storage, 3);
      storage.logs.integrateNow();
      DailyStamps stamps = new DailyStamps(storage.logs, storage.transactions, authority(), clock);
      answer = bytes -> new byte[0];
      Restores.withoutWriting(
          storage,
          "log.stamp-refused",
          () -> assertThrows(StorageException.class, () -> stamps.stamp("mayor")));
      assertEquals(List.of(), told(storage));
      assertThrows(StorageException.class, () -> stamps.stamp("mayor"));
      assertEquals(List.of("log.stamp-refused"), told(storage));
    }
  }

  @Test
  void whatIsNoAuthorityIsRefusedAndNoFileIsNone() throws Exception {
    assertTrue(StampAuthority.read(directory.resolve("absent")).isEmpty());
    StampAuthority authority = authority();
    assertEquals(
        URI.create("http://localhost:" + server.getAddress().getPort() + "/"), authority.url());
    Path file = directory.resolve("tsa");
    for (String wrong : List.of("", "ftp://tsa.example/", "http:///", "http://u@tsa.example/")) {
      Files.writeString(file, wrong);
      assertThrows(IOException.class, () -> StampAuthority.read(file), wrong);
    }
    Files.writeString(file, "http://tsa.example/");
    Files.writeString(directory.resolve("tsa.pem"), "none");
    assertThrows(IOException.class, () -> StampAuthority.read(file));
  }
}
