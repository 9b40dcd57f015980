package jp.sekisho.policy.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/**
 * A public key that may sign one of the four files: P-256 with SHA-256, P-384 with SHA-384, RSA
 * 2048 to 8192 with PKCS#1 v1.5 and SHA-256.
 *
 * <p>Elliptic curves by Bouncy Castle, without its provider: a terminal verifies four signatures
 * before it is at work, and the JDK's own take five times as long there.
 *
 * @param spki base64url of its SubjectPublicKeyInfo in DER
 */
public record TrustKey(String spki) {
  private static final int MAX_SPKI = 2048;
  private static final byte UNCOMPRESSED = 4;

  /** A key that was read. */
  private sealed interface Key {
    /** The JCA name of the signature algorithm that goes with it. */
    String algorithm();

    boolean verifies(byte[] bytes, byte[] signature) throws GeneralSecurityException, IOException;
  }

  private record Ec(ECPublicKeyParameters point, String digest, String algorithm) implements Key {
    @Override
    public boolean verifies(byte[] bytes, byte[] signature)
        throws GeneralSecurityException, IOException {
      byte[] hash = MessageDigest.getInstance(digest).digest(bytes);
      BigInteger[] pair =
          StandardDSAEncoding.INSTANCE.decode(point.getParameters().getN(), signature);
      ECDSASigner verifier = new ECDSASigner();
      verifier.init(false, point);
      return verifier.verifySignature(hash, pair[0], pair[1]);
    }
  }

  private record Rsa(RSAPublicKey key) implements Key {
    @Override
    public String algorithm() {
      return "SHA256withRSA";
    }

    @Override
    public boolean verifies(byte[] bytes, byte[] signature) throws GeneralSecurityException {
      Signature verifier = Signature.getInstance(algorithm());
      verifier.initVerify(key);
      verifier.update(bytes);
      return verifier.verify(signature);
    }
  }

  /** Checks that it is such a key, in the one form of DER. */
  public TrustKey {
    try {
      Key unused = read(spki);
    } catch (MalformedException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The key of {@code key}'s encoding. */
  public static TrustKey of(PublicKey key) {
    return new TrustKey(Base64Url.encode(key.getEncoded()));
  }

  /** base64url of the SHA-256 of the SubjectPublicKeyInfo in DER. */
  public String id() {
    try {
      return Sha256.text(Base64Url.decode(spki));
    } catch (MalformedException e) {
      throw new IllegalStateException("checked when it was made", e);
    }
  }

  /** Whether {@code signature}, in base64url, is this key's over {@code bytes}; never throws. */
  public boolean verifies(byte[] bytes, String signature) {
    try {
      return read(spki).verifies(bytes, Base64Url.decode(signature));
    } catch (GeneralSecurityException | MalformedException | IOException e) {
      return false;
    } catch (RuntimeException e) {
      // How Bouncy Castle says that bytes are none of a signature: a cast that fails, for example.
      return false;
    }
  }

  /** The JCA name of the signature algorithm that goes with this key. */
  public String algorithm() {
    try {
      return read(spki).algorithm();
    } catch (MalformedException e) {
      throw new IllegalStateException("checked when it was made", e);
    }
  }

  private static Key read(String spki) throws MalformedException {
    byte[] der = Base64Url.decode(spki);
    if (der.length > MAX_SPKI) {
      throw new MalformedException("key over " + MAX_SPKI + " bytes");
    }
    SubjectPublicKeyInfo info = info(der);
    return info.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
        ? ec(info, der)
        : rsa(der);
  }

  private static SubjectPublicKeyInfo info(byte[] der) throws MalformedException {
    try {
      return SubjectPublicKeyInfo.getInstance(der);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new MalformedException("not a public key in DER");
    }
  }

  private static Ec ec(SubjectPublicKeyInfo info, byte[] der) throws MalformedException {
    ASN1ObjectIdentifier curve;
    byte[] encoded;
    try {
      encoded = info.getPublicKeyData().getOctets();
      curve = ASN1ObjectIdentifier.getInstance(info.getAlgorithm().getParameters());
      SubjectPublicKeyInfo again =
          new SubjectPublicKeyInfo(
              new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), encoded);
      if (!Arrays.equals(again.getEncoded(ASN1Encoding.DER), der)) {
        throw new MalformedException("not a public key in DER");
      }
    } catch (IllegalArgumentException | IllegalStateException | IOException e) {
      throw new MalformedException("no curve a signing key may have");
    }
    boolean p256 = SECObjectIdentifiers.secp256r1.equals(curve);
    if (!p256 && !SECObjectIdentifiers.secp384r1.equals(curve)) {
      throw new MalformedException("no curve a signing key may have");
    }
    X9ECParameters parameters = CustomNamedCurves.getByOID(curve);
    try {
      if (encoded.length == 0 || encoded[0] != UNCOMPRESSED) {
        throw new MalformedException("not a public key in DER");
      }
      return new Ec(
          new ECPublicKeyParameters(
              parameters.getCurve().decodePoint(encoded), new ECDomainParameters(parameters)),
          p256 ? "SHA-256" : "SHA-384",
          p256 ? "SHA256withECDSA" : "SHA384withECDSA");
    } catch (IllegalArgumentException e) {
      throw new MalformedException("not a point of its curve");
    }
  }

  private static Rsa rsa(byte[] der) throws MalformedException {
    try {
      PublicKey key = KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der));
      if (Arrays.equals(key.getEncoded(), der)
          && key instanceof RSAPublicKey rsa
          && rsa.getModulus().bitLength() >= 2048
          && rsa.getModulus().bitLength() <= 8192) {
        return new Rsa(rsa);
      }
    } catch (GeneralSecurityException e) {
      // Said below: no key of a kind that may sign.
    }
    throw new MalformedException("no key that may sign");
  }
}
