package jp.sekisho.audit.stamp;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.jspecify.annotations.Nullable;

/** A time-stamping authority with a CA above it, made of Bouncy Castle. */
public final class TestAuthority {
  private static final String SIGNING = "SHA256withECDSA";
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final KeyPair keys;
  private final X509Certificate root;
  private final X509Certificate signer;

  private TestAuthority(KeyPair keys, X509Certificate root, X509Certificate signer) {
    this.keys = keys;
    this.root = root;
    this.signer = signer;
  }

  /** One whose signer's certificate is for that purpose and valid for a year from 2026-01-01. */
  public static TestAuthority of(KeyPurposeId purpose) throws Exception {
    KeyPair ca = pair();
    X500Name caName = new X500Name("CN=Test Stamp CA");
    X509Certificate root = certificate(caName, ca, caName, ca, new BasicConstraints(true), null);
    KeyPair keys = pair();
    X509Certificate signer =
        certificate(
            caName,
            ca,
            new X500Name("CN=Test TSA"),
            keys,
            new BasicConstraints(false),
            new ExtendedKeyUsage(purpose));
    return new TestAuthority(keys, root, signer);
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X509Certificate certificate(
      X500Name issuer,
      KeyPair ca,
      X500Name subject,
      KeyPair keys,
      BasicConstraints constraints,
      @Nullable ExtendedKeyUsage usage)
      throws Exception {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(System.nanoTime()),
            Date.from(BEGIN),
            Date.from(BEGIN.plus(Duration.ofDays(365))),
            subject,
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, constraints);
    if (usage != null) {
      builder.addExtension(Extension.extendedKeyUsage, true, usage);
    }
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNING).build(ca.getPrivate())));
  }

  /** Returns what auditors trust, PEM. */
  public byte[] pem() throws Exception {
    ByteArrayOutputStream pem = new ByteArrayOutputStream();
    pem.writeBytes("-----BEGIN CERTIFICATE-----\n".getBytes(StandardCharsets.US_ASCII));
    pem.writeBytes(Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(root.getEncoded()));
    pem.writeBytes("\n-----END CERTIFICATE-----\n".getBytes(StandardCharsets.US_ASCII));
    return pem.toByteArray();
  }

  /** Returns a token over the message, of that time. */
  public byte[] stamp(byte[] message, Instant at) throws Exception {
    return stamp(message, at, TSPAlgorithms.SHA256, "SHA-256");
  }

  byte[] stamp(byte[] message, Instant at, ASN1ObjectIdentifier algorithm, String digest)
      throws Exception {
    TimeStampRequestGenerator asking = new TimeStampRequestGenerator();
    asking.setCertReq(true);
    TimeStampRequest request =
        asking.generate(algorithm, MessageDigest.getInstance(digest).digest(message));
    DigestCalculator sha256 =
        new JcaDigestCalculatorProviderBuilder()
            .build()
            .get(
                new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
                    org.bouncycastle.asn1.nist.NISTObjectIdentifiers.id_sha256));
    TimeStampTokenGenerator tokens =
        new TimeStampTokenGenerator(
            new JcaSimpleSignerInfoGeneratorBuilder().build(SIGNING, keys.getPrivate(), signer),
            sha256,
            new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"));
    tokens.addCertificates(new JcaCertStore(List.of(signer)));
    return tokens.generate(request, BigInteger.TEN, Date.from(at)).getEncoded();
  }
}
