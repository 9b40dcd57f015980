package jp.sekisho.audit.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.proof.OfflineProof;
import jp.sekisho.audit.proof.ProofCheck;
import jp.sekisho.audit.tile.EntryBundle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sekisho-audit check-proof}: checks a proof and shows the entry it proves. */
@Command(name = "check-proof", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class CheckProofCommand implements Callable<Integer> {
  @Mixin private final Voice voice;
  @Mixin private KeyOptions keys;

  @Parameters(paramLabel = "PROOF", descriptionKey = "audit.option.proof")
  private Path file;

  @Option(names = "--entry", paramLabel = "FILE", descriptionKey = "audit.option.entry")
  private @Nullable Path entryFile;

  CheckProofCommand(Messages messages) {
    this.voice = new Voice(messages);
  }

  @Override
  public Integer call() {
    return voice.run(this::check);
  }

  private int check() throws IOException, FormatException {
    ProofCheck check = new ProofCheck(keys.read(), keys.unwitnessedAllowed());
    OfflineProof proof = OfflineProof.parse(SmallFile.read(file, OfflineProof.MAX_BYTES));
    Optional<byte[]> entry =
        entryFile == null
            ? proof.entry()
            : Optional.of(SmallFile.read(entryFile, EntryBundle.FORMAT_MAX_ENTRY_BYTES));
    if (entry.isEmpty()) {
      return voice.complain("ENTRY_NEEDED", file.toString(), Exit.USAGE);
    }
    Verification outcome = check.check(proof, entry.get());
    if (!(outcome instanceof Verified verified)) {
      return voice.refuse((Invalid) outcome);
    }
    String text = printable(new String(entry.get(), StandardCharsets.UTF_8));
    return voice.done(
        JsonReport.verified(verified).number("index", proof.index()).text("entry", text),
        List.of(
            voice.get(
                "audit.proof.done",
                Long.toString(proof.index()),
                verified.origin(),
                Long.toString(verified.size())),
            text));
  }

  /** An entry's text on a terminal: nothing that could move the cursor or hide text. */
  private static String printable(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints().map(c -> isInvisible(c) ? 0xFFFD : c).forEach(safe::appendCodePoint);
    return safe.toString();
  }

  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE;
  }
}
