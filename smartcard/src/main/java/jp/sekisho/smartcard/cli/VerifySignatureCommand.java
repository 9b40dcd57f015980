package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks one signature from files. */
@Command(
    name = "verify-signature",
    description = {
      "Check a signature over a file; the algorithm follows from the certificate's key.",
      "RSA: PKCS#1 v1.5 with SHA-256. P-256: SHA-256, P-384: SHA-384, both in DER."
    },
    mixinStandardHelpOptions = true)
final class VerifySignatureCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // required
  @Option(names = "--certificate", required = true, description = "The signer's certificate.")
  private Path certificate;

  @SuppressWarnings("NullAway.Init") // required
  @Option(names = "--signature", required = true, description = "The signature's bytes.")
  private Path signature;

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "FILE", description = "What was signed.")
  private Path file;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    boolean valid;
    try {
      valid =
          SignatureVerifier.verifies(
              VerifyPathCommand.read(certificate).getPublicKey(),
              Files.readAllBytes(file),
              Files.readAllBytes(signature));
    } catch (GeneralSecurityException e) {
      valid = false;
    }
    Output.print(spec.commandLine().getOut(), valid ? "VALID" : "INVALID");
    return valid ? Output.OK : Output.REFUSED;
  }
}
