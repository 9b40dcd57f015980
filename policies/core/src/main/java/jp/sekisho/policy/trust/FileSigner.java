package jp.sekisho.policy.trust;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;

/** Whoever can sign a file's header: a key file now, an officer's card later. */
public interface FileSigner {
  /** The public half. */
  TrustKey key();

  /** The signature over {@code header}, by the key's algorithm. */
  byte[] sign(byte[] header) throws GeneralSecurityException;

  /** A signer with a key in memory. */
  static FileSigner of(KeyPair pair) {
    return of(TrustKey.of(pair.getPublic()), pair.getPrivate());
  }

  /** A signer whose public half is known from elsewhere; the two must belong together. */
  static FileSigner of(TrustKey key, PrivateKey secret) {
    return new FileSigner() {
      @Override
      public TrustKey key() {
        return key;
      }

      @Override
      public byte[] sign(byte[] header) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(key.algorithm());
        signature.initSign(secret);
        signature.update(header);
        return signature.sign();
      }
    };
  }
}
