package jp.sekisho.audit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.bundle.Verification;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sekisho-audit verify}: checks a bundle and says who to ask if it fails. */
@Command(name = "verify", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class VerifyCommand implements Callable<Integer> {
  private final Messages messages;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "BUNDLE", descriptionKey = "audit.option.bundle")
  private Path bundle;

  @Option(
      names = "--log-key",
      required = true,
      paramLabel = "VKEY|FILE",
      descriptionKey = "audit.option.log-key")
  private String logKey;

  @Option(
      names = "--witness-key",
      paramLabel = "VKEY|FILE",
      descriptionKey = "audit.option.witness-key")
  private List<String> witnessKeys = List.of();

  @Option(names = "--since", paramLabel = "FILE", descriptionKey = "audit.option.since")
  private @Nullable Path since;

  @Option(names = "--allow-unwitnessed", descriptionKey = "audit.option.allow-unwitnessed")
  private boolean allowUnwitnessed;

  @Option(names = "--json", descriptionKey = "audit.option.json")
  private boolean json;

  @Option(names = "--lang", paramLabel = "ja|en", descriptionKey = "audit.option.lang")
  private @Nullable String language; // already heeded by Messages.language

  VerifyCommand(Messages messages) {
    this.messages = messages;
  }

  @Override
  public Integer call() {
    if (language != null && !language.equals("ja") && !language.equals("en")) {
      return complain("LANGUAGE_UNKNOWN", language, Exit.USAGE);
    }
    try {
      BundleVerifier verifier = new BundleVerifier(keys(), allowUnwitnessed);
      Verification outcome = verify(verifier);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(JsonReport.of(outcome));
      } else {
        new TextReport(messages, since != null).lines(outcome).forEach(out::println);
      }
      return outcome.fold(verified -> Exit.VERIFIED, invalid -> Exit.INVALID);
    } catch (FormatException e) {
      return complain(e.code().name(), String.valueOf(e.getMessage()), Exit.USAGE);
    } catch (IllegalArgumentException e) {
      return complain("KEYS_UNSUITABLE", String.valueOf(e.getMessage()), Exit.USAGE);
    } catch (IOException e) {
      return complain("UNREADABLE", String.valueOf(e.getMessage()), Exit.ENVIRONMENT);
    }
  }

  private Verification verify(BundleVerifier verifier) throws IOException {
    if (since == null) {
      return verifier.verify(bundle);
    }
    try (var in = Files.newInputStream(since)) {
      return verifier.verifySince(bundle, in.readNBytes(SignedNote.MAX_BYTES + 1));
    }
  }

  private TrustedKeys keys() throws FormatException, IOException {
    List<VerifierKey> log = KeyArgument.read(logKey);
    if (log.size() != 1) {
      throw new IllegalArgumentException("a log has one key");
    }
    List<VerifierKey> witnesses = new ArrayList<>();
    for (String witness : witnessKeys) {
      witnesses.addAll(KeyArgument.read(witness));
    }
    return new TrustedKeys(log.get(0), witnesses);
  }

  private int complain(String code, String detail, int exit) {
    if (json) {
      spec.commandLine().getOut().println(JsonReport.error(code, detail));
    } else {
      PrintWriter err = spec.commandLine().getErr();
      err.println(messages.get("audit.error." + code, detail));
      err.println(messages.get("audit.error." + code + ".action"));
    }
    return exit;
  }
}
