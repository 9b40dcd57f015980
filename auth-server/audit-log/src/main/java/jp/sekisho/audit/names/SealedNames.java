package jp.sekisho.audit.names;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** Seals tables of names to a code and to one checkpoint, and opens them; see the package. */
public final class SealedNames {
  /** Most bytes of a sealed table. */
  public static final int MAX_BYTES = NameTable.MAX_BYTES + 128;

  private static final byte[] HEAD = "sekisho/names/v1\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] INFO = "sekisho/names/v1".getBytes(StandardCharsets.US_ASCII);
  private static final int SALT = 16;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY = 32;

  private SealedNames() {}

  /**
   * Seals a table.
   *
   * @param checkpoint text of the checkpoint of the bundle it goes into
   * @throws IllegalArgumentException when it is longer than {@link NameTable#MAX_BYTES}
   */
  public static byte[] seal(NameTable table, SealCode code, String checkpoint) {
    byte[] plain = table.toBytes();
    if (plain.length > NameTable.MAX_BYTES) {
      throw new IllegalArgumentException("a table of names has at most 64 MiB");
    }
    byte[] random = new byte[SALT + NONCE];
    new SecureRandom().nextBytes(random);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, code, random, checkpoint);
      byte[] sealed = cipher.doFinal(plain);
      return ByteBuffer.allocate(HEAD.length + random.length + sealed.length)
          .put(HEAD)
          .put(random)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES/GCM", e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /**
   * Opens a table; empty when the code is not the one it was sealed to, or it is of another
   * checkpoint, or was changed.
   */
  public static Optional<NameTable> open(byte[] sealed, SealCode code, String checkpoint) {
    int body = HEAD.length + SALT + NONCE;
    if (sealed.length < body + TAG_BITS / Byte.SIZE
        || !Arrays.equals(HEAD, Arrays.copyOf(sealed, HEAD.length))) {
      return Optional.empty();
    }
    try {
      byte[] random = Arrays.copyOfRange(sealed, HEAD.length, body);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, code, random, checkpoint);
      return NameTable.parse(cipher.doFinal(sealed, body, sealed.length - body));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES/GCM", e);
    }
  }

  private static Cipher cipher(int mode, SealCode code, byte[] random, String checkpoint)
      throws GeneralSecurityException {
    HKDFBytesGenerator derivation = new HKDFBytesGenerator(new SHA256Digest());
    derivation.init(new HKDFParameters(code.secret(), Arrays.copyOf(random, SALT), INFO));
    byte[] key = new byte[KEY];
    int made = derivation.generateBytes(key, 0, KEY);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(key, 0, made, "AES"),
          new GCMParameterSpec(TAG_BITS, random, SALT, NONCE));
      cipher.updateAAD(HEAD);
      cipher.updateAAD(checkpoint.getBytes(StandardCharsets.UTF_8));
      return cipher;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
