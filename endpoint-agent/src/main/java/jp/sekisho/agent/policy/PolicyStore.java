package jp.sekisho.agent.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import jp.sekisho.agent.config.AtomicFile;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;

/**
 * {@code trust/} of the state directory: {@code bundle}, the signed files as they came, and {@code
 * revoked}, one base64url SHA-256 of a key per line. Each is replaced whole and durably.
 *
 * @param directory {@code trust/}; its owner's only
 */
record PolicyStore(Path directory) {
  private static final int MAX_REVOKED = 8 << 20;

  /** What was kept. */
  record Kept(TrustBundle files, Set<String> revoked) {}

  private Path bundle() {
    return directory.resolve("bundle");
  }

  private Path revoked() {
    return directory.resolve("revoked");
  }

  /**
   * What was kept last; empty before the first time.
   *
   * @throws MalformedException when a file is not what was written
   */
  Optional<Kept> load() throws IOException, MalformedException {
    if (!Files.exists(bundle())) {
      return Optional.empty();
    }
    TrustBundle files = TrustBundle.parse(read(bundle(), TrustBundle.MAX_BYTES));
    Set<String> keys = new TreeSet<>();
    String text = new String(read(revoked(), MAX_REVOKED), StandardCharsets.US_ASCII);
    if (!text.isEmpty()) {
      if (!text.endsWith("\n")) {
        throw new MalformedException("revoked ends early");
      }
      for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
        Base64Url.decode(line, 32);
        keys.add(line);
      }
    }
    return Optional.of(new Kept(files, keys));
  }

  /** Keeps what was accepted. */
  void store(TrustBundle files, Set<String> revokedKeys) throws IOException {
    AtomicFile.makeDirectory(directory);
    StringBuilder lines = new StringBuilder();
    new TreeSet<>(revokedKeys).forEach(key -> lines.append(key).append('\n'));
    // First: a crash between the two leaves a revocation too many, never one too few.
    AtomicFile.write(revoked(), lines.toString().getBytes(StandardCharsets.US_ASCII));
    AtomicFile.write(bundle(), files.bytes());
  }

  private static byte[] read(Path file, int limit) throws IOException, MalformedException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new MalformedException(file.getFileName() + " over " + limit + " bytes");
      }
      return bytes;
    }
  }
}
