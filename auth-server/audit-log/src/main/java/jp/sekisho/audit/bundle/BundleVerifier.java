package jp.sekisho.audit.bundle;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.ZipException;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.LogCopy;
import jp.sekisho.audit.copy.Verification;

/**
 * Verifies bundles offline with keys that did not come with them; {@link CopyVerifier} for this
 * kind of copy. Thread-safe.
 *
 * @param unwitnessedAllowed as for {@link CopyVerifier}
 */
public record BundleVerifier(TrustedKeys keys, boolean unwitnessedAllowed) {
  /**
   * Verifies a bundle by itself.
   *
   * @param bundle a directory or a ZIP file
   * @throws IOException if the file system fails; whatever is wrong with the bundle is a value
   */
  public Verification verify(Path bundle) throws IOException {
    return check(bundle, copy -> verifier().verify(copy));
  }

  /**
   * Verifies a bundle, and that its log continues a checkpoint of the same log the auditor kept.
   *
   * @param since the older signed checkpoint's bytes
   */
  public Verification verifySince(Path bundle, byte[] since) throws IOException {
    return check(bundle, copy -> verifier().verifySince(copy, since));
  }

  private CopyVerifier verifier() {
    return new CopyVerifier(keys, unwitnessedAllowed);
  }

  private static Verification check(Path bundle, Check check) throws IOException {
    try (LogCopy copy = BundleCopy.open(bundle)) {
      return check.of(copy);
    } catch (FormatException | ZipException | EOFException e) {
      return Verification.invalid(
          Verification.Reason.BUNDLE_MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /** What is to be found out about an open bundle. */
  @FunctionalInterface
  private interface Check {
    Verification of(LogCopy copy) throws IOException;
  }
}
