package jp.sekisho.smartcard.verify;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Checks signatures of cards: the algorithm follows from the key, never from the message. RSA (2048
 * to 8192 bits) means PKCS#1 v1.5 with SHA-256, P-256 means ECDSA with SHA-256, P-384 with SHA-384,
 * both in DER. Thread-safe.
 */
public final class SignatureVerifier {
  /** Passed to the calls that need it; never installed. */
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

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
      Signature verifier =
          key instanceof ECPublicKey
              ? Signature.getInstance(algorithm.get(), BOUNCY_CASTLE)
              : Signature.getInstance(algorithm.get());
      verifier.initVerify(key);
      verifier.update(data);
      return verifier.verify(signature);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // A signature that does not parse is a wrong signature; so is one by a key whose point is not
      // on its curve, which Bouncy Castle only says by an unchecked exception.
      return false;
    }
  }

  /** The JCA name of the algorithm a card with this key signs with; empty = not accepted. */
  public static Optional<String> algorithm(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      return bits >= SHORTEST_RSA && bits <= LONGEST_RSA
          ? Optional.of("SHA256withRSA")
          : Optional.empty();
    }
    if (key instanceof ECPublicKey ec) {
      return NistCurve.of(ec).map(NistCurve::signatureAlgorithm);
    }
    return Optional.empty();
  }
}
