package jp.sekisho.smartcard.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCaTest {
  @TempDir Path directory;

  private BigInteger number() throws IOException {
    return CRLNumber.getInstance(
            new X509CRLHolder(Files.readAllBytes(directory.resolve("crl.der")))
                .getExtension(Extension.cRLNumber)
                .getParsedValue())
        .getCRLNumber();
  }

  /** RFC 5280 5.2.3: as after the clock of the desk was set back by a year. */
  @Test
  void aLaterListHasAHigherNumberWhateverTheClockSays() throws Exception {
    TestCa ca = TestCa.open(directory);
    Instant ahead = Instant.now().plus(Duration.ofDays(365));
    PrivateKey key =
        KeyFactory.getInstance("RSA")
            .generatePrivate(
                new PKCS8EncodedKeySpec(Files.readAllBytes(directory.resolve("root.key"))));
    BigInteger high = BigInteger.valueOf(ahead.toEpochMilli());
    Files.write(
        directory.resolve("crl.der"),
        new X509v2CRLBuilder(
                X500Name.getInstance(ca.root().getSubjectX500Principal().getEncoded()),
                Date.from(ahead))
            .addExtension(Extension.cRLNumber, false, new CRLNumber(high))
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(key))
            .getEncoded());
    ca.revoke(BigInteger.TEN);
    assertEquals(high.add(BigInteger.ONE), number());
  }

  @Test
  void whatSeveralWritersRevokeAtOnceIsAllOnTheList() throws Exception {
    TestCa.open(directory);
    ExecutorService writers = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 1; i <= 16; i++) {
        BigInteger serial = BigInteger.valueOf(i);
        all.add(
            writers.submit(() -> {
              TestCa.open(directory).revoke(serial);
              return serial;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      writers.shutdownNow();
    }
    for (int i = 1; i <= 16; i++) {
      assertTrue(TestCa.open(directory).isRevoked(BigInteger.valueOf(i)), "serial " + i);
    }
  }
}
