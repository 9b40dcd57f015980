package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Test;

/** Signatures in a path that somebody could afford to forge, and structures only a CA can bend. */
class WeakSignatureTest {
  private static final Made EC = Made.root("CN=ec");
  private static final Made RSA = Made.ca("CN=rsa").key(rsa()).selfSigned();

  private static KeyPair rsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Verdict verify(Made leaf, Made root, X509Certificate... between) throws Exception {
    return verify(leaf, root, RevocationSource.unchecked(), between);
  }

  private static Verdict verify(
      Made leaf, Made root, RevocationSource revocation, X509Certificate... between)
      throws Exception {
    return new PathVerifier(
            InstantSource.fixed(Made.NOW),
            new TrustProfile(List.of(PathVerifier.parse(root.der())), Optional.empty(), revocation))
        .verify(leaf.der(), List.of(between));
  }

  @Test
  void aCertificateSignedWithSha1OrAnythingUnlistedIsRefusedHoweverItIsNamed() throws Exception {
    for (String algorithm :
        List.of("SHA1withRSA", "SHA224withRSA", "SHA1withRSAandMGF1", "SHA224withRSAandMGF1")) {
      Verdict verdict = verify(Made.leaf("CN=l").signedWith(algorithm).by(RSA), RSA);
      Verdict.Distrusted refused = assertInstanceOf(Verdict.Distrusted.class, verdict, algorithm);
      assertEquals(Clause.KEY_TYPE, refused.clause(), algorithm + refused);
    }
    for (String algorithm : List.of("SHA1withECDSA", "SHA224withECDSA", "SHA1withPLAIN-ECDSA")) {
      assertInstanceOf(
          Verdict.Distrusted.class,
          verify(Made.leaf("CN=l").signedWith(algorithm).by(EC), EC),
          algorithm);
    }
    for (String algorithm : List.of("SHA256withRSA", "SHA512withRSA", "SHA256withRSAandMGF1")) {
      assertInstanceOf(
          Verdict.Trusted.class,
          verify(Made.leaf("CN=l").signedWith(algorithm).by(RSA), RSA),
          algorithm);
    }
    assertInstanceOf(
        Verdict.Trusted.class, verify(Made.leaf("CN=l").signedWith("SHA384withECDSA").by(EC), EC));
  }

  private static AlgorithmIdentifier pss(AlgorithmIdentifier hash, AlgorithmIdentifier mask) {
    return new AlgorithmIdentifier(
        PKCSObjectIdentifiers.id_RSASSA_PSS,
        new RSASSAPSSparams(hash, mask, new ASN1Integer(32), new ASN1Integer(1)));
  }

  @Test
  void rfc4055ThePssMaskMustBeMgf1WithAGoodHashToo() {
    AlgorithmIdentifier sha256 =
        new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
    AlgorithmIdentifier sha1 = new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1);
    AlgorithmIdentifier mgf1 = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, sha256);
    assertTrue(SignedBytes.isStrong(pss(sha256, mgf1)));
    for (AlgorithmIdentifier bad :
        List.of(
            pss(sha1, mgf1),
            pss(sha256, new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, sha1)),
            pss(sha256, new AlgorithmIdentifier(PKCSObjectIdentifiers.id_pSpecified, sha256)),
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS),
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, new DERSequence()),
            new AlgorithmIdentifier(PKCSObjectIdentifiers.md5WithRSAEncryption))) {
      assertEquals(false, SignedBytes.isStrong(bad), bad.toString());
    }
  }

  @Test
  void aMalformedDistributionPointIsARefusalNotAnException() throws Exception {
    DistributionPointName odd =
        new DistributionPointName(
            DistributionPointName.NAME_RELATIVE_TO_CRL_ISSUER, new DERSet(new ASN1Integer(1)));
    Made leaf =
        Made.leaf("CN=l")
            .with(
                Extension.cRLDistributionPoints,
                false,
                new CRLDistPoint(new DistributionPoint[] {new DistributionPoint(odd, null, null)}))
            .by(EC);
    java.nio.file.Path file = java.nio.file.Files.createTempFile("a", ".crl");
    try {
      java.nio.file.Files.write(file, MadeCrl.by(EC).der());
      Verdict verdict = verify(leaf, EC, new CrlFiles(List.of(file), java.time.Duration.ofDays(7)));
      assertEquals(
          Clause.REVOCATION_UNKNOWN,
          assertInstanceOf(Verdict.Distrusted.class, verdict).clause(),
          verdict.toString());
    } finally {
      java.nio.file.Files.delete(file);
    }
  }
}
