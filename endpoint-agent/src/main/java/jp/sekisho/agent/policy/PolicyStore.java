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
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;

/**
 * {@code trust/} of the state directory: {@code bundle}, the signed files as they came, and {@code
 * revoked}, one base64url SHA-256 of a key per line. Each is replaced whole and durably.
 *
 * @param directory {@code trust/}; its owner's only
 */
record PolicyStore(Path directory) {
  /** A line of base64url for 32 bytes and its end. */
  private static final int REVOKED_LINE = 44;

  /**
   * As many as the verifier accepts under any chain of roots, and those that the newest of them
   * lifts: what was accepted can always be read again.
   */
  private static final int MAX_REVOKED =
      (TrustVerifier.MOST_REVOKED * TrustBundle.MAX_ROOTS + Root.MAX_CLEARED) * REVOKED_LINE;

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
    Set<String> both = new TreeSet<>(revokedKeys);
    try {
      load().ifPresent(kept -> both.addAll(kept.revoked()));
    } catch (MalformedException e) {
      // What was kept does not count any more, for whoever reads it either.
    }
    // First, with those that a new root clears: a crash in between leaves a revocation too many,
    // never one too few.
    storeRevoked(both);
    AtomicFile.write(bundle(), files.bytes());
    if (both.size() != revokedKeys.size()) {
      storeRevoked(revokedKeys);
    }
  }

  private void storeRevoked(Set<String> keys) throws IOException {
    StringBuilder lines = new StringBuilder();
    new TreeSet<>(keys).forEach(key -> lines.append(key).append('\n'));
    AtomicFile.write(revoked(), lines.toString().getBytes(StandardCharsets.US_ASCII));
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
