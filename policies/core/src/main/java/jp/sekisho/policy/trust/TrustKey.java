package jp.sekisho.policy.trust;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;

/**
 * A public key that may sign one of the four files: P-256 with SHA-256, P-384 with SHA-384, RSA
 * 2048 to 8192 with PKCS#1 v1.5 and SHA-256.
 *
 * @param spki base64url of its SubjectPublicKeyInfo in DER
 */
public record TrustKey(String spki) {
  private static final int MAX_SPKI = 2048;

  /** Checks that it is such a key, in the one form of DER. */
  public TrustKey {
    try {
      algorithm(read(spki));
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
      PublicKey key = read(spki);
      Signature verifier = Signature.getInstance(algorithm(key));
      verifier.initVerify(key);
      verifier.update(bytes);
      return verifier.verify(Base64Url.decode(signature));
    } catch (GeneralSecurityException | MalformedException e) {
      return false;
    }
  }

  /** The JCA name of the signature algorithm that goes with this key. */
  public String algorithm() {
    try {
      return algorithm(read(spki));
    } catch (MalformedException e) {
      throw new IllegalStateException("checked when it was made", e);
    }
  }

  private static String algorithm(PublicKey key) throws MalformedException {
    if (key instanceof ECPublicKey ec) {
      return switch (ec.getParams().getOrder().bitLength()) {
        case 256 -> "SHA256withECDSA";
        case 384 -> "SHA384withECDSA";
        default -> throw new MalformedException("no curve a signing key may have");
      };
    }
    if (key instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() >= 2048
        && rsa.getModulus().bitLength() <= 8192) {
      return "SHA256withRSA";
    }
    throw new MalformedException("no key that may sign");
  }

  private static PublicKey read(String spki) throws MalformedException {
    byte[] der = Base64Url.decode(spki);
    if (der.length > MAX_SPKI) {
      throw new MalformedException("key over " + MAX_SPKI + " bytes");
    }
    for (String type : new String[] {"EC", "RSA"}) {
      try {
        PublicKey key = KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(der));
        if (Arrays.equals(key.getEncoded(), der)) {
          return key;
        }
      } catch (GeneralSecurityException e) {
        // Perhaps the other type.
      }
    }
    throw new MalformedException("not a public key in DER");
  }
}
