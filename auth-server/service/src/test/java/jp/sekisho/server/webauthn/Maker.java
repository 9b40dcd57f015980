package jp.sekisho.server.webauthn;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import jp.sekisho.server.authn.TestCa;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A maker of authenticators: a root of its own, and the certificate of one batch. */
final class Maker {
  private static final String ROOT = "C=JP,O=Example Keys,CN=Example FIDO Root";
  private static final String BATCH =
      "C=JP,O=Example Keys,OU=Authenticator Attestation,CN=Example Batch";
  private static final ASN1ObjectIdentifier AAGUID =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4");

  private final KeyPair keys = TestCa.p256();
  private final Instant now;
  private final X509Certificate root;
  final KeyPair batchKeys = TestCa.p256();

  Maker(Instant now) {
    this.now = now;
    this.root = certificate(ROOT, keys.getPublic(), true, null);
  }

  /** A batch's certificate; {@code aaguid} stands in it when it is not null. */
  X509Certificate batch(byte @Nullable [] aaguid) {
    return certificate(BATCH, batchKeys.getPublic(), false, aaguid);
  }

  /** Puts a model of this maker on the list. */
  void list(Path models, String aaguid, String name) throws IOException {
    Files.createDirectories(models);
    try {
      Files.writeString(
          models.resolve(aaguid + ".pem"),
          "model: "
              + name
              + "\n-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder().encodeToString(root.getEncoded())
              + "\n-----END CERTIFICATE-----\n");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate certificate(
      String subject, PublicKey key, boolean ca, byte @Nullable [] aaguid) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name(ROOT),
              BigInteger.valueOf(ca ? 1 : 2),
              Date.from(now.minus(Duration.ofDays(1))),
              Date.from(now.plus(Duration.ofDays(3650))),
              new X500Name(subject),
              key);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
      if (aaguid != null) {
        builder.addExtension(AAGUID, false, new DEROctetString(aaguid));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (GeneralSecurityException | OperatorException | IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
