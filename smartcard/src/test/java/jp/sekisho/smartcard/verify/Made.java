package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate a test made, with its key. */
final class Made {
  static final Instant NOW = Instant.parse("2026-11-20T00:00:00Z");
  private static final AtomicLong SERIALS = new AtomicLong(1000);

  private final byte[] der;
  private final X500Name name;
  private final KeyPair key;
  private final BigInteger serial;

  Made(byte[] der, X500Name name, KeyPair key, BigInteger serial) {
    this.der = der.clone();
    this.name = name;
    this.key = key;
    this.serial = serial;
  }

  byte[] der() {
    return der.clone();
  }

  X500Name name() {
    return name;
  }

  KeyPair key() {
    return key;
  }

  BigInteger serial() {
    return serial;
  }

  /** A CA as RFC 5280 wants it. */
  static Recipe ca(String name) {
    return new Recipe(name)
        .with(Extension.basicConstraints, true, new BasicConstraints(true))
        .usage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
  }

  /** A card's certificate as RFC 5280 wants it. */
  static Recipe leaf(String name) {
    return new Recipe(name).usage(KeyUsage.digitalSignature);
  }

  static Made root(String name) {
    return ca(name).selfSigned();
  }

  static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a certificate shall say. */
  static final class Recipe {
    private X500Name subject;
    private X500Name issuer = new X500Name("");
    private boolean issuerGiven;
    private KeyPair key = newKey();
    private @Nullable SubjectPublicKeyInfo keyInfo;
    private BigInteger serial = BigInteger.valueOf(SERIALS.incrementAndGet());
    private Instant from = NOW.minus(Duration.ofDays(100));
    private Instant until = NOW.plus(Duration.ofDays(100));
    private boolean authorityKey = true;
    private boolean subjectKey = true;
    private @Nullable String algorithm;
    private final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();

    private Recipe(String name) {
      subject = new X500Name(name);
    }

    Recipe with(ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value) {
      try {
        extensions.put(
            type, new Extension(type, critical, value.toASN1Primitive().getEncoded("DER")));
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Recipe raw(ASN1ObjectIdentifier type, boolean critical, byte[] value) {
      extensions.put(type, new Extension(type, critical, value));
      return this;
    }

    Recipe without(ASN1ObjectIdentifier type) {
      extensions.remove(type);
      authorityKey &= !type.equals(Extension.authorityKeyIdentifier);
      subjectKey &= !type.equals(Extension.subjectKeyIdentifier);
      return this;
    }

    Recipe usage(int bits) {
      return with(Extension.keyUsage, true, new KeyUsage(bits));
    }

    Recipe pathLength(int length) {
      return with(Extension.basicConstraints, true, new BasicConstraints(length));
    }

    /** Signed so, instead of with SHA-256. */
    Recipe signedWith(String name) {
      algorithm = name;
      return this;
    }

    Recipe subject(X500Name name) {
      subject = name;
      return this;
    }

    Recipe issuer(X500Name name) {
      issuer = name;
      issuerGiven = true;
      return this;
    }

    Recipe key(KeyPair pair) {
      key = pair;
      return this;
    }

    Recipe keyInfo(SubjectPublicKeyInfo info) {
      keyInfo = info;
      return this;
    }

    Recipe serial(BigInteger number) {
      serial = number;
      return this;
    }

    Recipe valid(Instant notBefore, Instant notAfter) {
      from = notBefore;
      until = notAfter;
      return this;
    }

    Made selfSigned() {
      return by(subject, key);
    }

    Made by(Made parent) {
      return by(parent.name, parent.key);
    }

    /** Bouncy Castle refuses to make these, so they get a stand-in that is taken out again. */
    private X500Name from(X500Name parent) {
      X500Name name = issuerGiven ? issuer : parent;
      return name.getRDNs().length == 0 ? new X500Name("CN=nobody") : name;
    }

    private static byte[] withoutIssuer(X509CertificateHolder made, ContentSigner signer)
        throws IOException {
      ASN1EncodableVector fields = new ASN1EncodableVector();
      ASN1Sequence content =
          ASN1Sequence.getInstance(made.toASN1Structure().getTBSCertificate().toASN1Primitive());
      for (int i = 0; i < content.size(); i++) {
        fields.add(i == 3 ? new DERSequence() : content.getObjectAt(i));
      }
      DERSequence changed = new DERSequence(fields);
      try (OutputStream out = signer.getOutputStream()) {
        out.write(changed.getEncoded());
      }
      return new DERSequence(
              new ASN1Encodable[] {
                changed, signer.getAlgorithmIdentifier(), new DERBitString(signer.getSignature())
              })
          .getEncoded();
    }

    private Made by(X500Name parent, KeyPair parentKey) {
      try {
        SubjectPublicKeyInfo info =
            keyInfo == null
                ? SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded())
                : keyInfo;
        X509v3CertificateBuilder builder =
            new X509v3CertificateBuilder(
                from(parent), serial, Date.from(from), Date.from(until), subject, info);
        JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
        if (subjectKey && !extensions.containsKey(Extension.subjectKeyIdentifier)) {
          builder.addExtension(
              Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(info));
        }
        if (authorityKey && !extensions.containsKey(Extension.authorityKeyIdentifier)) {
          builder.addExtension(
              Extension.authorityKeyIdentifier,
              false,
              utils.createAuthorityKeyIdentifier(parentKey.getPublic()));
        }
        for (Extension extension : extensions.values()) {
          builder.addExtension(extension);
        }
        String usual =
            parentKey.getPrivate().getAlgorithm().equals("RSA")
                ? "SHA256withRSA"
                : parentKey.getPrivate().getAlgorithm().equals("DSA")
                    ? "SHA256withDSA"
                    : "SHA256withECDSA";
        ContentSigner signer =
            new JcaContentSignerBuilder(algorithm == null ? usual : algorithm)
                .setProvider(Keys.BOUNCY_CASTLE)
                .build(parentKey.getPrivate());
        X509CertificateHolder made = builder.build(signer);
        boolean nameless = (issuerGiven ? issuer : parent).getRDNs().length == 0;
        byte[] der = nameless ? withoutIssuer(made, signer) : made.getEncoded();
        return new Made(der, subject, key, serial);
      } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
