package jp.sekisho.agent.testing;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.protocol.MalformedException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of P-256 keys. */
public final class TestPki {
  private final KeyPair keys = newKeys();
  private final X500Name name;
  private final X509Certificate certificate;

  public TestPki(String commonName) {
    this.name = new X500Name("CN=" + commonName);
    Instant now = Instant.now();
    this.certificate =
        build(
            name,
            keys.getPublic(),
            now.minusSeconds(3600),
            now.plusSeconds(365L * 24 * 3600),
            true);
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** A leaf for {@code names}. */
  public X509Certificate issue(
      PublicKey key, String commonName, Instant from, Instant until, GeneralName... names) {
    return build(new X500Name("CN=" + commonName), key, from, until, false, names);
  }

  private X509Certificate build(
      X500Name subject,
      PublicKey key,
      Instant from,
      Instant until,
      boolean ca,
      GeneralName... names) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(64, new SecureRandom()),
              Date.from(from),
              Date.from(until),
              subject,
              key);
      if (ca) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      }
      if (names.length > 0) {
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      byte[] der =
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
              .getEncoded();
      return StateDirectory.certificate(der);
    } catch (java.io.IOException
        | org.bouncycastle.operator.OperatorCreationException
        | MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  public static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
