package jp.sekisho.audit.note;

import static jp.sekisho.audit.FormatException.Code.KEY_MALFORMED;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.StrictBase64;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/**
 * A public key with a name, as C2SP writes it: the vkey {@code name+hex8+base64}. Immutable; {@link
 * #toString} is the vkey.
 */
public final class VerifierKey {
  private static final int SIGNATURE_SIZE = Ed25519.SIGNATURE_SIZE;

  private final String name;
  private final SignatureType type;
  private final byte[] publicKey;
  private final int keyId;

  private VerifierKey(String name, SignatureType type, byte[] publicKey) {
    this.name = name;
    this.type = type;
    this.publicKey = publicKey;
    this.keyId = keyId(name, type, publicKey);
  }

  /**
   * Names a public key.
   *
   * @param publicKey 32 bytes of RFC 8032, not of small order
   * @throws FormatException if the name or the key is not one
   */
  public static VerifierKey of(String name, SignatureType type, byte[] publicKey)
      throws FormatException {
    if (!KeyName.isValid(name)) {
      throw new FormatException(KEY_MALFORMED, "key name is empty, too long or has a space or +");
    }
    if (publicKey.length != Ed25519.PUBLIC_KEY_SIZE
        || !Ed25519.validatePublicKeyFull(publicKey, 0)) {
      throw new FormatException(KEY_MALFORMED, "not an Ed25519 public key");
    }
    return new VerifierKey(name, type, publicKey.clone());
  }

  /**
   * Reads a vkey.
   *
   * @throws FormatException unless it is exactly what {@link #toString} writes
   */
  public static VerifierKey parse(String vkey) throws FormatException {
    String[] parts = vkey.split("\\+", 3); // base64 may hold further plus signs
    if (parts.length != 3) {
      throw new FormatException(KEY_MALFORMED, "a key is written name+hex8+base64");
    }
    byte[] typed = StrictBase64.decode(parts[2], KEY_MALFORMED);
    Optional<SignatureType> type =
        typed.length == 0 ? Optional.empty() : SignatureType.of(typed[0]);
    if (type.isEmpty()) {
      throw new FormatException(KEY_MALFORMED, "key type is neither 0x01 nor 0x04");
    }
    VerifierKey key = of(parts[0], type.get(), Arrays.copyOfRange(typed, 1, typed.length));
    if (!key.toString().equals(vkey)) {
      throw new FormatException(KEY_MALFORMED, "key ID does not belong to name and key");
    }
    return key;
  }

  public String name() {
    return name;
  }

  public SignatureType type() {
    return type;
  }

  /** Returns the first four bytes of SHA-256(name ‖ LF ‖ type ‖ key), big-endian. */
  public int keyId() {
    return keyId;
  }

  /** Returns a copy of the 32 bytes of RFC 8032. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** Returns whether both have the same 32 bytes, whatever their names and types. */
  public boolean samePublicKey(VerifierKey other) {
    return Arrays.equals(publicKey, other.publicKey);
  }

  /** Returns whether a line claims to be by this key. */
  boolean claims(NoteSignature line) {
    return keyId == line.keyId() && name.equals(line.name());
  }

  /** Checks a line over text; empty if it does not verify. */
  Optional<VerifiedSignature> verify(String text, NoteSignature line) {
    byte[] signature = line.signature();
    return switch (type) {
      case ED25519 ->
          isSignature(signature, text.getBytes(StandardCharsets.UTF_8))
              ? Optional.of(new VerifiedSignature(this, null))
              : Optional.empty();
      case COSIGNATURE_V1 -> verifyCosignature(text, signature);
    };
  }

  private Optional<VerifiedSignature> verifyCosignature(String text, byte[] timed) {
    if (timed.length != Long.BYTES + SIGNATURE_SIZE) {
      return Optional.empty();
    }
    long seconds = ByteBuffer.wrap(timed).getLong();
    if (seconds < 0 || seconds > Instant.MAX.getEpochSecond()) {
      return Optional.empty();
    }
    byte[] signature = Arrays.copyOfRange(timed, Long.BYTES, timed.length);
    return isSignature(signature, Cosignature.message(seconds, text))
        ? Optional.of(new VerifiedSignature(this, Instant.ofEpochSecond(seconds)))
        : Optional.empty();
  }

  private boolean isSignature(byte[] signature, byte[] message) {
    return signature.length == SIGNATURE_SIZE
        && Ed25519.verify(signature, 0, publicKey, 0, message, 0, message.length);
  }

  private byte[] typed() {
    return ByteBuffer.allocate(1 + publicKey.length).put(type.code()).put(publicKey).array();
  }

  private static int keyId(String name, SignatureType type, byte[] publicKey) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) '\n');
      digest.update(type.code());
      return ByteBuffer.wrap(digest.digest(publicKey)).getInt();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VerifierKey that
        && name.equals(that.name)
        && type == that.type
        && samePublicKey(that);
  }

  @Override
  public int hashCode() {
    return keyId;
  }

  /** Returns the vkey. */
  @Override
  public String toString() {
    return name + "+" + HexFormat.of().toHexDigits(keyId) + "+" + StrictBase64.encode(typed());
  }
}
