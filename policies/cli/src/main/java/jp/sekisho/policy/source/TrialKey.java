package jp.sekisho.policy.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.Root.Officer;
import jp.sekisho.policy.trust.TrustKey;
import org.jspecify.annotations.Nullable;

/**
 * The officer of a trial: a P-256 key in a file of 0600, with the banner as its first line.
 * Officers at work sign with their cards ({@link OfficerCard}).
 */
final class TrialKey {
  /** Name of the file in the directory of {@code root --new}. */
  static final String FILE = "officer.key";

  /** What stands on every output and in the file. */
  static final String BANNER =
      "試用 TRIAL — one officer with a key in a file; not for work with residents' data"
          + "（住民情報を扱う業務には使わないでください）";

  private static final int MAX_BYTES = 8 * 1024;
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN PRIVATE KEY-----\\s+([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----\\s*\\z");

  private TrialKey() {}

  /** A new key. */
  static KeyPair generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** Writes the private half into a file that must not exist; its owner's only from the start. */
  static void write(Path file, KeyPair pair) throws IOException {
    String pem =
        "# "
            + BANNER
            + "\n-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(pair.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    boolean posix =
        Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
    FileAttribute<?>[] rights =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (var out =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), rights)) {
      var bytes = java.nio.ByteBuffer.wrap(pem.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
  }

  /** The signer whose key lies in {@code file}, an officer of {@code root}; null when of nobody. */
  static @Nullable FileSigner read(Path file, Root root) throws InputFile.UnreadableException {
    return read(file, root.officers().stream().map(Officer::key).toList());
  }

  /**
   * The signer whose key lies in {@code file}: the one of {@code known} that it belongs to; null
   * when it is no such key or nobody's there.
   */
  static @Nullable FileSigner read(Path file, List<TrustKey> known)
      throws InputFile.UnreadableException {
    byte[] bytes = InputFile.read(file, java.io.InputStream.nullInputStream(), MAX_BYTES);
    Matcher pem = PEM.matcher(new String(bytes, StandardCharsets.UTF_8));
    if (!pem.find()) {
      return null;
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
      PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
      byte[] probe = {1};
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key);
      signature.update(probe);
      String signed = Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
      for (TrustKey one : known) {
        if (one.verifies(probe, signed)) {
          return FileSigner.of(one, key);
        }
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Said by the caller; the text could quote the key.
    }
    return null;
  }
}
