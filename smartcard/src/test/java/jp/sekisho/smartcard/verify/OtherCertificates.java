package jp.sekisho.smartcard.verify;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import jp.sekisho.smartcard.simulate.TestCa;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates the test CA's own profile does not allow. */
final class OtherCertificates {
  private OtherCertificates() {}

  static X509Certificate issue(TestCa ca, PublicKey key, int usage, String policy)
      throws Exception {
    Path keyFile = ca.crl().resolveSibling("root.key");
    PrivateKey signer =
        KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(keyFile)));
    Instant now = Instant.now();
    return PathVerifier.parse(
        new JcaX509v3CertificateBuilder(
                ca.root(),
                BigInteger.TEN,
                Date.from(now.minus(Duration.ofMinutes(1))),
                Date.from(now.plus(Duration.ofMinutes(1))),
                new X500Principal("CN=other"),
                key)
            .addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(ca.root().getPublicKey()))
            .addExtension(Extension.keyUsage, true, new KeyUsage(usage))
            .addExtension(
                Extension.certificatePolicies,
                false,
                new CertificatePolicies(new PolicyInformation(new ASN1ObjectIdentifier(policy))))
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(signer))
            .getEncoded());
  }
}
