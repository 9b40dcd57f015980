package jp.sekisho.policy.trust;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import jp.sekisho.protocol.MalformedException;

/** Whoever can sign a file's header: a key file now, an officer's card later. */
public interface FileSigner {
  /** The public half. */
  TrustKey key();

  /** The signature over {@code header}, by the key's algorithm. */
  byte[] sign(byte[] header) throws GeneralSecurityException;

  /** A signer with a key in memory. */
  static FileSigner of(KeyPair pair) {
    TrustKey key = TrustKey.of(pair.getPublic());
    return new FileSigner() {
      @Override
      public TrustKey key() {
        return key;
      }

      @Override
      public byte[] sign(byte[] header) throws GeneralSecurityException {
        try {
          Signature signature = Signature.getInstance(TrustKey.algorithm(pair.getPublic()));
          signature.initSign(pair.getPrivate());
          signature.update(header);
          return signature.sign();
        } catch (MalformedException e) {
          throw new IllegalStateException("checked when the signer was made", e);
        }
      }
    };
  }
}
