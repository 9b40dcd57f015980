package jp.sekisho.smartcard.verify;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The public key of a card as evidence carries it: the DER of its SubjectPublicKeyInfo. */
public final class Spki {
  private Spki() {}

  /** Whether {@code signature} is that key's over exactly {@code data}; false for anything odd. */
  public static boolean verifies(byte[] spki, byte[] data, byte[] signature) {
    return key(spki).filter(key -> verifies(key, data, signature)).isPresent();
  }

  private static boolean verifies(PublicKey key, byte[] data, byte[] signature) {
    try {
      return SignatureVerifier.verifies(key, data, signature);
    } catch (IllegalArgumentException e) {
      // A point that is not on its curve: the JDK decodes it, Bouncy Castle refuses it this way.
      return false;
    }
  }

  /** The key, when its DER is the one form of an RSA or EC key. */
  private static Optional<PublicKey> key(byte[] spki) {
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        PublicKey key =
            KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(spki));
        // Another spelling of the same key would have another hash.
        return Arrays.equals(key.getEncoded(), spki) ? Optional.of(key) : Optional.empty();
      } catch (GeneralSecurityException e) {
        // Of the other kind, or none.
      }
    }
    return Optional.empty();
  }
}
