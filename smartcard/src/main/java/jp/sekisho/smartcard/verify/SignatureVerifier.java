package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Optional;

/**
 * Checks signatures of cards: the algorithm follows from the key, never from the message. RSA (2048
 * to 8192 bits) means PKCS#1 v1.5 with SHA-256, P-256 means ECDSA with SHA-256, P-384 with SHA-384,
 * both in DER. Thread-safe.
 */
public final class SignatureVerifier {
  private static final int SHORTEST_RSA = 2048;
  private static final int LONGEST_RSA = 8192;

  private SignatureVerifier() {}

  /** Whether the signature is the key's over exactly this data; false for any other key type. */
  public static boolean verifies(PublicKey key, byte[] data, byte[] signature) {
    try {
      Optional<String> algorithm = algorithm(key);
      if (algorithm.isEmpty()) {
        return false;
      }
      if (key instanceof ECPublicKey ec) {
        return EcdsaSignature.isWellFormed(signature, ec.getParams().getOrder())
            && verifies(
                Signature.getInstance(algorithm.get(), Keys.BOUNCY_CASTLE),
                Keys.elliptic(ec).bouncyCastle(),
                data,
                signature);
      }
      return verifies(Signature.getInstance(algorithm.get()), key, data, signature);
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      // A signature that does not parse is a wrong signature; so is one by a key whose point is not
      // on its curve, which Bouncy Castle only says by an unchecked exception.
      return false;
    }
  }

  /**
   * Whether the signature is the RSA key's over exactly this data by RSASSA-PSS with SHA-256, MGF1
   * with SHA-256 and a salt of 32 bytes: what some cards can make and no login takes.
   */
  public static boolean verifiesPss(PublicKey key, byte[] data, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(Keys.PSS);
      verifier.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
      return key instanceof RSAPublicKey rsa
          && isAccepted(rsa)
          && verifies(verifier, key, data, signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  private static boolean verifies(Signature verifier, PublicKey key, byte[] data, byte[] signature)
      throws GeneralSecurityException {
    verifier.initVerify(key);
    verifier.update(data);
    return verifier.verify(signature);
  }

  /** The key in a certificate, DER; empty when it is none we can read, or its curve has no name. */
  public static Optional<PublicKey> certified(byte[] certificate) {
    try {
      PathCertificate parsed = PathCertificate.parse(certificate);
      return parsed.hasUnnamedCurve() ? Optional.empty() : parsed.key(null);
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /** The key in a SubjectPublicKeyInfo, DER; empty when it is none we can read. */
  public static Optional<PublicKey> encoded(byte[] keyInfo) {
    try {
      return Optional.of(Keys.read(keyInfo));
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** The JCA name of the algorithm a card with this key signs with; empty = not accepted. */
  public static Optional<String> algorithm(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return isAccepted(rsa) && !isForPssAlone(rsa)
          ? Optional.of("SHA256withRSA")
          : Optional.empty();
    }
    if (key instanceof ECPublicKey ec) {
      return NistCurve.of(ec).map(NistCurve::signatureAlgorithm);
    }
    return Optional.empty();
  }

  private static boolean isAccepted(RSAPublicKey key) {
    int bits = key.getModulus().bitLength();
    return bits >= SHORTEST_RSA && bits <= LONGEST_RSA;
  }

  /** Whether the key is marked for RSASSA-PSS and nothing else (RFC 4055 1.2). */
  public static boolean isForPssAlone(PublicKey key) {
    return key.getAlgorithm().equals(Keys.PSS);
  }

  /** Whether the key can have made a signature that {@link #verifiesPss} checks. */
  public static boolean isPssKey(PublicKey key) {
    return key instanceof RSAPublicKey rsa && isAccepted(rsa);
  }
}
