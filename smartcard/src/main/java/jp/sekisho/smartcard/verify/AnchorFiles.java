package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Pinned roots in a directory, DER or PEM. A new, replaced or removed file counts at the next look,
 * without a restart; a broken one leaves what it held before in force and is said once. The same
 * list object is returned while nothing changed. Thread-safe.
 */
public final class AnchorFiles {
  private static final int LARGEST = 1 << 20;

  private final WatchedFiles<X509Certificate> files;

  /**
   * Of a directory.
   *
   * @param pattern e.g. {@code *.crt}
   * @param notices told once of each file that cannot be used
   */
  public AnchorFiles(Path directory, String pattern, Consumer<String> notices) {
    files =
        new WatchedFiles<>(
            WatchedFiles.in(directory, pattern), AnchorFiles::parse, LARGEST, notices);
  }

  /** The roots now; empty when there is none. */
  public List<X509Certificate> roots() {
    return files.now().items();
  }

  /** One sentence per file that cannot be read now. */
  public List<String> problems() {
    return files.now().problems();
  }

  private static List<X509Certificate> parse(byte[] content)
      throws IOException, MalformedException {
    List<X509Certificate> roots = new ArrayList<>();
    for (byte[] der : Pem.blocks(content, "CERTIFICATE")) {
      PathCertificate.parse(der);
      try {
        roots.add(PathVerifier.parse(der));
      } catch (CertificateException e) {
        throw new MalformedException("4.1", String.valueOf(e.getMessage()));
      }
    }
    return roots;
  }
}
