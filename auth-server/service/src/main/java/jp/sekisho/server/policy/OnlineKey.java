package jp.sekisho.server.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.TrustKey;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.server.storage.PrivateFiles;

/**
 * The service's key for roster and current: P-256, in {@code keys/online.key}, 0600. The file has
 * two lines, {@code public} and {@code private}, each with base64url of the key's DER.
 */
public final class OnlineKey {
  private static final int MAX_BYTES = 4 * 1024;
  private static final Pattern FORM =
      Pattern.compile("public ([A-Za-z0-9_-]+)\nprivate ([A-Za-z0-9_-]+)\n");

  private OnlineKey() {}

  static Path file(Path keys) {
    return keys.resolve("online.key");
  }

  /** The key in {@code keys}, made if there is none yet. */
  public static FileSigner open(Path keys) throws IOException, GeneralSecurityException {
    if (!Files.exists(file(keys))) {
      create(keys);
    }
    byte[] bytes = PrivateFiles.read(file(keys), MAX_BYTES);
    Matcher lines = FORM.matcher(new String(bytes, StandardCharsets.US_ASCII));
    if (!lines.matches()) {
      throw new IOException(file(keys) + " is not an online key");
    }
    try {
      FileSigner signer =
          FileSigner.of(
              new TrustKey(lines.group(1)),
              KeyFactory.getInstance("EC")
                  .generatePrivate(new PKCS8EncodedKeySpec(Base64Url.decode(lines.group(2)))));
      byte[] probe = {1};
      if (signer.key().verifies(probe, Base64Url.encode(signer.sign(probe)))) {
        return signer;
      }
    } catch (IllegalArgumentException | MalformedException e) {
      // Said below, without the text.
    }
    throw new IOException(file(keys) + " holds two keys that do not belong together");
  }

  private static void create(Path keys) throws IOException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    String text =
        "public "
            + Base64Url.encode(pair.getPublic().getEncoded())
            + "\nprivate "
            + Base64Url.encode(pair.getPrivate().getEncoded())
            + "\n";
    try {
      PrivateFiles.writeNew(file(keys), text.getBytes(StandardCharsets.US_ASCII));
    } catch (FileAlreadyExistsException e) {
      // Another command was first: its key counts.
    }
  }
}
