package jp.sekisho.server.authn;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A staff CA made for one test: issues real certificates and revocation lists. */
public final class TestCa {
  /** The policy under which this CA promises keys bound to hardware and PIN. */
  public static final String HARDWARE_POLICY = "2.16.392.200999.1.1";

  private final KeyPair keys = rsa();
  private final X500Name name;
  private final Instant now;
  private final X509Certificate certificate;
  private long serial = 100;
  private long lists;

  public TestCa(String name, Instant now) {
    this.name = new X500Name("CN=" + name);
    this.now = now;
    this.certificate =
        certificate(this.name, keys.getPublic(), Duration.ofDays(3650), true, HARDWARE_POLICY);
  }

  /** A certificate for staff number {@code number}. */
  public X509Certificate issue(String number, PublicKey key) {
    return issue(number, key, Duration.ofDays(365), HARDWARE_POLICY);
  }

  /** As {@link #issue(String, PublicKey)}, for so long and under that policy. */
  public X509Certificate issue(String number, PublicKey key, Duration life, String policy) {
    return certificate(new X500Name("CN=Staff,SERIALNUMBER=" + number), key, life, false, policy);
  }

  private X509Certificate certificate(
      X500Name subject, PublicKey key, Duration life, boolean ca, String policy) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              BigInteger.valueOf(serial++),
              Date.from(now.minus(Duration.ofDays(1))),
              Date.from(now.plus(life)),
              subject,
              key);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(ca ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.certificatePolicies,
          false,
          new CertificatePolicies(new PolicyInformation(new ASN1ObjectIdentifier(policy))));
      JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(keys.getPublic()));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate())));
    } catch (GeneralSecurityException | OperatorException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes CA, policy and a fresh list that revokes {@code revoked} into a trust directory. */
  public void writeTrust(Path directory, List<X509Certificate> revoked) throws IOException {
    Files.createDirectories(directory);
    try {
      Files.write(directory.resolve("staff.crt"), certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    Files.write(directory.resolve("staff.crl"), crl(revoked));
    Files.writeString(directory.resolve("hardware-policy.oid"), HARDWARE_POLICY + "\n");
  }

  /** The next list, DER, which revokes {@code revoked}. */
  public byte[] crl(List<X509Certificate> revoked) {
    try {
      X509v2CRLBuilder builder = new X509v2CRLBuilder(name, Date.from(now));
      builder.setNextUpdate(Date.from(now.plus(Duration.ofDays(30))));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(++lists)));
      for (X509Certificate entry : revoked) {
        builder.addCRLEntry(entry.getSerialNumber(), Date.from(now), CRLReason.keyCompromise);
      }
      return builder
          .build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()))
          .getEncoded();
    } catch (OperatorException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A CA's or card's key. */
  public static KeyPair rsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A terminal's key. */
  public static KeyPair p256() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A signature as card and device make it. */
  public static byte[] sign(PrivateKey key, byte[] bytes) {
    try {
      java.security.Signature signature =
          java.security.Signature.getInstance(
              key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      signature.initSign(key);
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
