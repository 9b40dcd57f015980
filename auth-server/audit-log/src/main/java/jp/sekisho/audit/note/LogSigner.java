package jp.sekisho.audit.note;

import java.nio.charset.StandardCharsets;
import jp.sekisho.audit.FormatException;

/**
 * The log's private key (type 0x01). Signs whatever it is given: never to sign a tree inconsistent
 * with an earlier one is the caller's duty. Thread-safe; {@link #close} wipes the key.
 */
public final class LogSigner implements AutoCloseable {
  private final SigningSeed seed;
  private final VerifierKey key;

  private LogSigner(SigningSeed seed, VerifierKey key) {
    this.seed = seed;
    this.key = key;
  }

  /**
   * Takes the log's private key.
   *
   * @param name of the key, equal to the origin of the checkpoints it will sign
   * @param seed 32 bytes of RFC 8032, copied; the caller wipes its own
   * @throws FormatException if the name cannot name a key
   */
  public static LogSigner of(String name, byte[] seed) throws FormatException {
    SigningSeed own = new SigningSeed(seed);
    return new LogSigner(own, VerifierKey.of(name, SignatureType.ED25519, own.publicKey()));
  }

  /** Returns the public half, for everyone. */
  public VerifierKey verifierKey() {
    return key;
  }

  /**
   * Signs a text.
   *
   * @throws FormatException if the text is not one that a note can have
   * @throws IllegalStateException after {@link #close}
   */
  public SignedNote sign(String text) throws FormatException {
    byte[] signature = seed.sign(text.getBytes(StandardCharsets.UTF_8));
    return SignedNote.of(text, new NoteSignature(key.name(), key.keyId(), signature));
  }

  @Override
  public void close() {
    seed.wipe();
  }

  @Override
  public String toString() {
    return "LogSigner[" + key + ", ***]";
  }
}
