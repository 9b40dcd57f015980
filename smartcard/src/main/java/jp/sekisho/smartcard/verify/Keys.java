package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.interfaces.DSAParams;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.DSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jcajce.provider.asymmetric.ec.BCECPublicKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * Public keys from certificates. RSA and DSA are the JDK's; everything else, elliptic curves too,
 * is read by Bouncy Castle, which is handed over by name and never installed.
 */
final class Keys {
  /** The JCA's name of a key that is for RSASSA-PSS alone, and of the algorithm. */
  static final String PSS = "RSASSA-PSS";

  static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private static final Map<ECPublicKey, EcKey> TRANSLATED = Recent.map(4096);

  /** By the bytes they were read from: of terminals and passkeys, which come with every login. */
  private static final Map<ByteBuffer, PublicKey> READ = Recent.map(4096);

  private static final int LARGEST_DSA = 3072;
  private static final int LARGEST_DSA_SUBGROUP = 256;

  private Keys() {}

  /**
   * The key in a SubjectPublicKeyInfo, DER, whose curve has a name; the same object for the same
   * bytes as long as it is remembered, for it holds the table of its point's multiples.
   */
  static PublicKey read(byte[] keyInfo) throws GeneralSecurityException, IOException {
    PublicKey known = READ.get(ByteBuffer.wrap(keyInfo));
    if (known != null) {
      return known;
    }
    SubjectPublicKeyInfo info =
        SubjectPublicKeyInfo.getInstance(ASN1Primitive.fromByteArray(keyInfo));
    if (hasUnnamedCurve(info)) {
      throw new GeneralSecurityException("a curve without a name");
    }
    PublicKey key = of(info);
    READ.put(ByteBuffer.wrap(keyInfo.clone()), key);
    return key;
  }

  static PublicKey of(SubjectPublicKeyInfo info) throws GeneralSecurityException, IOException {
    ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return encoded("RSA", info);
    }
    if (algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      // Such a key makes no PKCS#1 v1.5 signatures, and its parameters bind (RFC 4055 1.2, 3.3).
      return encoded(PSS, info);
    }
    if (algorithm.equals(X9ObjectIdentifiers.id_dsa)) {
      return ofUsualSize(encoded("DSA", info));
    }
    PublicKey key = BouncyCastleProvider.getPublicKey(info);
    if (key == null) {
      throw new GeneralSecurityException("no such key algorithm: " + algorithm);
    }
    return key instanceof BCECPublicKey ec ? new EcKey(ec) : key;
  }

  /**
   * The same key as Bouncy Castle's own. Handed another provider's, it would translate the curve
   * and check the point at every signature, which takes longer than the signature. The translated
   * one is kept: it also holds the table of its point's multiples.
   */
  static EcKey elliptic(ECPublicKey key) throws GeneralSecurityException, IOException {
    if (key instanceof EcKey ours) {
      return ours;
    }
    EcKey known = TRANSLATED.get(key);
    if (known == null) {
      known = (EcKey) of(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
      TRANSLATED.put(key, known);
    }
    return known;
  }

  /** An elliptic-curve key whose curve is spelled out instead of named (RFC 5480 2.1.1). */
  static boolean hasUnnamedCurve(SubjectPublicKeyInfo info) {
    return info.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
        && !(info.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier);
  }

  /** A DSA key that relies on its issuer's parameters. */
  static boolean lacksParameters(SubjectPublicKeyInfo info) {
    return info.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_dsa)
        && (info.getAlgorithm().getParameters() == null
            || info.getAlgorithm().getParameters() instanceof ASN1Null);
  }

  static Optional<PublicKey> inherited(SubjectPublicKeyInfo info, @Nullable PublicKey issuerKey)
      throws GeneralSecurityException, IOException {
    if (!(issuerKey instanceof DSAPublicKey issuer)) {
      return Optional.empty();
    }
    DSAParams parameters = issuer.getParams();
    ASN1Integer y = ASN1Integer.getInstance(info.parsePublicKey());
    return Optional.of(
        ofUsualSize(
            KeyFactory.getInstance("DSA")
                .generatePublic(
                    new DSAPublicKeySpec(
                        y.getValue(), parameters.getP(), parameters.getQ(), parameters.getG()))));
  }

  /** FIPS 186-4 knows no larger DSA keys, and one signature by a huge one takes hours. */
  private static PublicKey ofUsualSize(PublicKey key) throws GeneralSecurityException {
    DSAParams parameters = key instanceof DSAPublicKey dsa ? dsa.getParams() : null;
    if (parameters == null
        || parameters.getP().bitLength() > LARGEST_DSA
        || parameters.getQ().bitLength() > LARGEST_DSA_SUBGROUP) {
      throw new GeneralSecurityException("no DSA key of up to 3072 bits");
    }
    return key;
  }

  private static PublicKey encoded(String algorithm, SubjectPublicKeyInfo info)
      throws GeneralSecurityException, IOException {
    return KeyFactory.getInstance(algorithm)
        .generatePublic(new X509EncodedKeySpec(info.getEncoded()));
  }
}
