package jp.sekisho.audit.note;

import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** The 32-byte Ed25519 private key: never printed, wiped by {@link #wipe}. Thread-safe. */
final class SigningSeed {
  private final byte[] seed;
  private boolean wiped;

  SigningSeed(byte[] seed) {
    if (seed.length != Ed25519.SECRET_KEY_SIZE) {
      throw new IllegalArgumentException("an Ed25519 seed has 32 bytes");
    }
    this.seed = seed.clone();
  }

  byte[] publicKey() {
    byte[] key = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(seed, 0, key, 0);
    return key;
  }

  synchronized byte[] sign(byte[] message) {
    if (wiped) {
      throw new IllegalStateException("this signer has been closed");
    }
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(seed, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  synchronized void wipe() {
    Arrays.fill(seed, (byte) 0);
    wiped = true;
  }

  @Override
  public String toString() {
    return "***";
  }
}
