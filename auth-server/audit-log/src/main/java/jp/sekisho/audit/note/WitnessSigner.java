package jp.sekisho.audit.note;

import java.nio.ByteBuffer;
import java.time.Instant;
import jp.sekisho.audit.FormatException;

/**
 * A witness's private key (type 0x04). Its signature says: at this time I saw this checkpoint, and
 * it continued every one I had seen of this log. To have checked that, and to remember it durably,
 * is the caller's duty. Thread-safe; {@link #close} wipes the key.
 */
public final class WitnessSigner implements AutoCloseable {
  private final SigningSeed seed;
  private final VerifierKey key;

  private WitnessSigner(SigningSeed seed, VerifierKey key) {
    this.seed = seed;
    this.key = key;
  }

  /**
   * Takes a witness's private key.
   *
   * @param name of the witness
   * @param seed 32 bytes of RFC 8032, copied; the caller wipes its own
   * @throws FormatException if the name cannot name a key
   */
  public static WitnessSigner of(String name, byte[] seed) throws FormatException {
    SigningSeed own = new SigningSeed(seed);
    return new WitnessSigner(
        own, VerifierKey.of(name, SignatureType.COSIGNATURE_V1, own.publicKey()));
  }

  /** Returns the public half, which auditors get from the witness, not from the log. */
  public VerifierKey verifierKey() {
    return key;
  }

  /**
   * Makes the line to add to a note.
   *
   * @param at counted in whole seconds, not before 1970
   * @throws IllegalStateException after {@link #close}
   */
  public NoteSignature cosign(SignedNote note, Instant at) {
    long seconds = at.getEpochSecond();
    if (seconds < 0) {
      throw new IllegalArgumentException("a cosignature cannot be dated before 1970");
    }
    byte[] signature = seed.sign(Cosignature.message(seconds, note.text()));
    byte[] timed =
        ByteBuffer.allocate(Long.BYTES + signature.length).putLong(seconds).put(signature).array();
    return new NoteSignature(key.name(), key.keyId(), timed);
  }

  @Override
  public void close() {
    seed.wipe();
  }

  @Override
  public String toString() {
    return "WitnessSigner[" + key + ", ***]";
  }
}
