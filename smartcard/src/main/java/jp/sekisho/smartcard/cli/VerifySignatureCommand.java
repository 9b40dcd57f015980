package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks one signature from files. */
@Command(
    name = "verify-signature",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {" 0:valid", " 1:not valid", " 2:unusable input"})
final class VerifySignatureCommand implements Callable<Integer>, Batch.Answering {
  @Option(names = "--certificate")
  private @Nullable Path certificate;

  @Option(names = "--key")
  private @Nullable Path key;

  @Option(names = "--signature")
  private @Nullable Path signature;

  @Parameters(arity = "0..1", paramLabel = "FILE", descriptionKey = "verify-signature.file")
  private @Nullable Path file;

  @Option(names = "--pss")
  private boolean pss;

  @Option(names = "--batch")
  private boolean batch;

  @Option(names = "--json")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (batch) {
      return Batch.run(spec.commandLine(), VerifySignatureCommand::new);
    }
    Batch.Answer answer = answer();
    if (json || answer.exit() == Output.USAGE) {
      Output.print(spec.commandLine().getOut(), Json.of(answer.values()));
    } else {
      Output.print(spec.commandLine().getOut(), answer.exit() == Output.OK ? "VALID" : "INVALID");
    }
    return answer.exit();
  }

  @Override
  public Batch.Answer answer() {
    if (signature == null || file == null || (certificate == null) == (key == null)) {
      return Batch.unusable("a FILE, --signature and either --certificate or --key are needed");
    }
    try {
      Optional<PublicKey> signer = Optional.empty();
      if (certificate != null) {
        signer =
            SignatureVerifier.certified(VerifyPathCommand.read(certificate, "CERTIFICATE").get(0));
      } else if (key != null) {
        signer = SignatureVerifier.encoded(VerifyPathCommand.read(key, "PUBLIC KEY").get(0));
      }
      byte[] signed = VerifyPathCommand.bytes(file);
      byte[] bytes = VerifyPathCommand.bytes(signature);
      boolean byPss = pss || signer.filter(SignatureVerifier::isForPssAlone).isPresent();
      String reason = "";
      if (signer.filter(one -> isAccepted(one, byPss)).isEmpty()) {
        reason =
            byPss
                ? "not a key we accept for RSASSA-PSS: RSA of 2048 to 8192 bits"
                : "not a key we accept: RSA of 2048 to 8192 bits, P-256 or P-384 by name";
      } else if (!verifies(signer.get(), byPss, signed, bytes)) {
        reason = "the key did not make this signature over this file";
      }
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("valid", reason.isEmpty());
      values.put("reason", reason);
      return new Batch.Answer(values, reason.isEmpty() ? Output.OK : Output.REFUSED);
    } catch (FileSystemException e) {
      return Batch.unusable("FILE_UNUSABLE " + e.getFile() + ": " + e.getClass().getSimpleName());
    } catch (IOException | IllegalArgumentException e) {
      return Batch.unusable(String.valueOf(e.getMessage()));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return Batch.internal(e);
    }
  }

  private static boolean isAccepted(PublicKey signer, boolean byPss) {
    return byPss
        ? SignatureVerifier.isPssKey(signer)
        : SignatureVerifier.algorithm(signer).isPresent();
  }

  private static boolean verifies(
      PublicKey signer, boolean byPss, byte[] signed, byte[] signature) {
    return byPss
        ? SignatureVerifier.verifiesPss(signer, signed, signature)
        : SignatureVerifier.verifies(signer, signed, signature);
  }
}
