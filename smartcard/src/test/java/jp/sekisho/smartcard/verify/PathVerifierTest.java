package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.simulate.TestCa;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathVerifierTest {
  private static final Duration AGE = Duration.ofDays(7);

  @TempDir static Path directory;
  private static TestCa ca;
  private static TestCa sameName;
  private static KeyPair key;
  private static Instant now;

  @BeforeAll
  static void authorities() throws Exception {
    ca = TestCa.open(directory.resolve("ca"));
    sameName = TestCa.open(directory.resolve("same-name"));
    key = pair("RSA", 2048);
    now = Instant.now();
  }

  private static KeyPair pair(String type, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static X509Certificate issue(TestCa by, KeyPair subject) throws IOException {
    return by.issue(
        subject.getPublic(),
        new TestCa.Subject(
            "100042", Optional.of("100042@example.jp"), now.minusSeconds(60), now.plusSeconds(60)));
  }

  private static Verdict verify(X509Certificate certificate, TrustProfile profile, Instant at)
      throws Exception {
    return new PathVerifier(InstantSource.fixed(at), profile)
        .verify(certificate.getEncoded(), List.of());
  }

  private static TrustProfile profile(RevocationSource revocation, X509Certificate... roots) {
    return new TrustProfile(List.of(roots), Optional.of(ca.policy()), revocation);
  }

  private static TrustProfile unchecked() {
    return profile(RevocationSource.unchecked(), ca.root());
  }

  private static void assertDistrusted(Clause clause, Verdict verdict) {
    Verdict.Distrusted distrusted = assertInstanceOf(Verdict.Distrusted.class, verdict);
    assertEquals(clause, distrusted.clause(), distrusted.detail());
  }

  @Test
  void aStaffCardOfThePinnedCaIsTrustedAndItsNumberRead() throws Exception {
    Verdict verdict =
        verify(issue(ca, key), profile(new CrlFiles(List.of(ca.crl()), AGE), ca.root()), now);
    Verdict.Trusted trusted = assertInstanceOf(Verdict.Trusted.class, verdict, verdict.toString());
    assertEquals(Optional.of("100042"), trusted.subjectNumber());
    assertEquals(ca.root(), trusted.issuer());
  }

  @Test
  void ofTwoCasWithTheSameNameTheOneThatSignedIsFoundWhateverTheOrder() throws Exception {
    X509Certificate certificate = issue(ca, key);
    for (TrustProfile profile :
        List.of(
            profile(RevocationSource.unchecked(), ca.root(), sameName.root()),
            profile(RevocationSource.unchecked(), sameName.root(), ca.root()))) {
      Verdict verdict = verify(certificate, profile, now);
      assertEquals(ca.root(), assertInstanceOf(Verdict.Trusted.class, verdict).issuer());
    }
  }

  @Test
  void aCaOfTheSameNameWithAnotherKeyIsNobody() throws Exception {
    assertDistrusted(Clause.UNKNOWN_ISSUER, verify(issue(sameName, key), unchecked(), now));
  }

  @Test
  void validityIsThatOfTheInjectedClock() throws Exception {
    X509Certificate certificate = issue(ca, key);
    assertDistrusted(Clause.EXPIRED, verify(certificate, unchecked(), now.plusSeconds(120)));
    assertDistrusted(Clause.NOT_YET_VALID, verify(certificate, unchecked(), now.minusSeconds(120)));
    assertDistrusted(
        Clause.EXPIRED, verify(certificate, unchecked(), now.plus(Duration.ofDays(4000))));
  }

  @Test
  void aCertificateNotForSigningIsRefused() throws Exception {
    X509Certificate certificate =
        OtherCertificates.issue(ca, key.getPublic(), KeyUsage.keyEncipherment, ca.policy());
    assertDistrusted(Clause.KEY_USAGE, verify(certificate, unchecked(), now));
  }

  @Test
  void aCertificateUnderAnotherPolicyIsRefused() throws Exception {
    X509Certificate certificate =
        OtherCertificates.issue(
            ca, key.getPublic(), KeyUsage.digitalSignature, "1.3.6.1.4.1.32473.1.9");
    assertDistrusted(Clause.POLICY, verify(certificate, unchecked(), now));
  }

  @Test
  void anyPolicyMakesNoClaimAboutHardware() throws Exception {
    X509Certificate certificate =
        OtherCertificates.issue(ca, key.getPublic(), KeyUsage.digitalSignature, "2.5.29.32.0");
    assertDistrusted(Clause.POLICY, verify(certificate, unchecked(), now));
  }

  @Test
  void aPolicyThatIsReportedIsNotDemanded() throws Exception {
    TrustProfile profile =
        new TrustProfile(
            List.of(ca.root()),
            Optional.empty(),
            Optional.empty(),
            Optional.of(ca.policy()),
            RevocationSource.unchecked());
    assertEquals(
        true,
        assertInstanceOf(Verdict.Trusted.class, verify(issue(ca, key), profile, now)).reported());
    for (String other : List.of("1.3.6.1.4.1.32473.1.9", "2.5.29.32.0")) {
      X509Certificate certificate =
          OtherCertificates.issue(ca, key.getPublic(), KeyUsage.digitalSignature, other);
      assertEquals(
          false,
          assertInstanceOf(Verdict.Trusted.class, verify(certificate, profile, now)).reported());
    }
    assertEquals(
        false,
        assertInstanceOf(Verdict.Trusted.class, verify(issue(ca, key), unchecked(), now))
            .reported());
  }

  @Test
  void aCertificateKnownToBeSignedByOneKeyIsNotSoByAnother() throws Exception {
    Made root = Made.root("CN=one");
    PathCertificate certificate = PathCertificate.parse(Made.ca("CN=two").by(root).der());
    for (int i = 0; i < 2; i++) {
      assertEquals(true, certificate.isSignedBy(root.key().getPublic()));
      assertEquals(false, certificate.isSignedBy(Made.newKey().getPublic()));
    }
  }

  @Test
  void aMalformedIntermediateIsPassedOver() throws Exception {
    X509Certificate odd =
        PathVerifier.parse(
            Made.ca("CN=odd")
                .raw(Extension.certificatePolicies, false, new byte[] {4, 0})
                .selfSigned()
                .der());
    assertInstanceOf(
        Verdict.Trusted.class,
        new PathVerifier(InstantSource.fixed(now), unchecked())
            .verify(issue(ca, key).getEncoded(), List.of(odd)));
  }

  @Test
  void aWeakOrUnknownKeyIsRefusedAndNistCurvesAreNot() throws Exception {
    assertDistrusted(Clause.KEY_TYPE, verify(issue(ca, pair("RSA", 1024)), unchecked(), now));
    assertDistrusted(Clause.KEY_TYPE, verify(issue(ca, pair("EC", 521)), unchecked(), now));
    for (int bits : new int[] {256, 384}) {
      assertInstanceOf(
          Verdict.Trusted.class, verify(issue(ca, pair("EC", bits)), unchecked(), now));
    }
  }

  @Test
  void aCertificateOnTheCrlIsRevoked() throws Exception {
    TestCa revoking = TestCa.open(directory.resolve("revoking"));
    X509Certificate certificate = issue(revoking, key);
    TrustProfile profile =
        new TrustProfile(
            List.of(revoking.root()),
            Optional.of(revoking.policy()),
            new CrlFiles(List.of(revoking.crl()), AGE));
    assertInstanceOf(Verdict.Trusted.class, verify(certificate, profile, Instant.now()));
    revoking.writeCrl(Optional.of(certificate.getSerialNumber()));
    assertDistrusted(Clause.REVOKED, verify(certificate, profile, Instant.now()));
    revoking.writeCrl(Optional.empty());
    assertDistrusted(Clause.REVOKED, verify(certificate, profile, Instant.now()));
    revoking.writeCrl(Optional.of(certificate.getSerialNumber()));
    assertDistrusted(
        Clause.REVOKED,
        verify(
            certificate,
            profile(new CrlFiles(List.of(revoking.crl()), AGE), revoking),
            Instant.now()));
  }

  private static TrustProfile profile(RevocationSource revocation, TestCa issuer) {
    return new TrustProfile(List.of(issuer.root()), Optional.of(issuer.policy()), revocation);
  }

  @Test
  void withoutAFreshCrlOfTheRightIssuerRevocationIsUnknown() throws Exception {
    X509Certificate certificate =
        ca.issue(
            key.getPublic(),
            new TestCa.Subject(
                "1", Optional.empty(), now.minusSeconds(60), now.plus(Duration.ofDays(60))));
    TrustProfile fresh = profile(new CrlFiles(List.of(ca.crl()), AGE), ca.root());
    assertInstanceOf(Verdict.Trusted.class, verify(certificate, fresh, now));
    assertDistrusted(
        Clause.REVOCATION_UNKNOWN, verify(certificate, fresh, now.plus(Duration.ofDays(8))));
    TrustProfile patient =
        profile(new CrlFiles(List.of(ca.crl()), Duration.ofDays(999)), ca.root());
    assertDistrusted(
        Clause.REVOCATION_UNKNOWN, verify(certificate, patient, now.plus(Duration.ofDays(31))));
    for (List<Path> files :
        List.of(
            List.<Path>of(),
            List.of(directory.resolve("none")),
            List.of(sameName.crl()),
            List.of(Files.writeString(directory.resolve("text"), "no CRL")))) {
      assertDistrusted(
          Clause.REVOCATION_UNKNOWN,
          verify(certificate, profile(new CrlFiles(files, AGE), ca.root()), now));
    }
  }

  @Test
  void aDeniedCertificateIsRevokedBesideACleanCrl() throws Exception {
    X509Certificate certificate = issue(ca, key);
    RevocationSource both =
        RevocationSource.all(
            List.of(
                new CrlFiles(List.of(ca.crl()), AGE),
                new DenyList(() -> Set.of(Fingerprint.of(certificate)))));
    assertDistrusted(Clause.REVOKED, verify(certificate, profile(both, ca.root()), now));
  }

  @Test
  void bytesThatAreNotExactlyOneCertificateAreMalformed() throws Exception {
    byte[] der = issue(ca, key).getEncoded();
    byte[] longer = Arrays.copyOf(der, der.length + 1);
    PathVerifier verifier = new PathVerifier(InstantSource.fixed(now), unchecked());
    for (byte[] bytes : List.of(new byte[0], new byte[10], longer, new byte[70_000])) {
      assertDistrusted(Clause.MALFORMED, verifier.verify(bytes, List.of()));
    }
  }

  @Test
  void aChangedCertificateLeadsNowhere() throws Exception {
    byte[] der = issue(ca, key).getEncoded();
    der[der.length - 1] ^= 1;
    assertDistrusted(
        Clause.UNKNOWN_ISSUER,
        new PathVerifier(InstantSource.fixed(now), unchecked()).verify(der, List.of()));
  }
}
