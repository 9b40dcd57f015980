package jp.sekisho.audit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.CosignedCopy;
import jp.sekisho.audit.copy.Deletion;
import jp.sekisho.audit.copy.EntrySink;
import jp.sekisho.audit.copy.LogCopy;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.proof.OfflineProof;
import jp.sekisho.audit.proof.ProofCheck;
import jp.sekisho.audit.stamp.TimeStamps;
import jp.sekisho.audit.tree.Hash;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sekisho-audit verify}: checks a copy of a log and says who to ask if it fails. */
@Command(name = "verify", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class VerifyCommand implements Callable<Integer> {
  private static final int MAX_ANCHORS = 256 * 1024;

  @Mixin private final Voice voice;
  @Mixin private KeyOptions keys;

  @Parameters(paramLabel = "BUNDLE|DIR|URL", descriptionKey = "audit.option.bundle")
  private String copy;

  @Option(
      names = {"--earlier", "--since"},
      paramLabel = "FILE",
      descriptionKey = "audit.option.since")
  private @Nullable Path earlier;

  @Option(names = "--memory", paramLabel = "FILE", descriptionKey = "audit.option.memory")
  private @Nullable Path memory;

  @Option(names = "--cosignatures", paramLabel = "FILE", descriptionKey = "audit.option.cosig")
  private @Nullable Path cosignatures;

  @Option(names = "--sheet", paramLabel = "SIZE:ROOT", descriptionKey = "audit.option.sheet")
  private @Nullable String sheet;

  @Option(
      names = "--deletion-proof",
      paramLabel = "FILE",
      descriptionKey = "audit.option.deletion-proof")
  private @Nullable Path deletionProof;

  @Option(
      names = "--deletion-vkey",
      paramLabel = "VKEY|FILE",
      descriptionKey = "audit.option.deletion-vkey")
  private @Nullable String deletionKey;

  @Option(names = "--tsa-anchor", paramLabel = "FILE", descriptionKey = "audit.option.tsa-anchor")
  private @Nullable Path authorities;

  @Option(names = "--session", paramLabel = "FILE", descriptionKey = "audit.option.session")
  private @Nullable Path session;

  VerifyCommand(Messages messages) {
    this.voice = new Voice(messages);
  }

  @Override
  public Integer call() {
    return voice.run(this::verify);
  }

  private int verify() throws IOException, FormatException {
    Optional<Later> later = later();
    if (later.isPresent() && later.get().outcome() instanceof Invalid bad) {
      return voice.refuse(
          new Invalid(bad.reason(), bad.entryIndex(), "--deletion-proof: " + bad.detail()));
    }
    CopyVerifier verifier =
        new CopyVerifier(
            keys.read(),
            keys.unwitnessedAllowed(),
            later.map(Later::deletions).orElse(List.of()),
            authorities == null
                ? List.of()
                : TimeStamps.anchors(SmallFile.read(authorities, MAX_ANCHORS)));
    Optional<byte[]> kept = kept();
    byte[] newest;
    Verification outcome;
    try (LogCopy opened = withCosignatures(opened())) {
      outcome =
          sheet == null
              ? verifier.verify(opened, kept, EntrySink.NOBODY)
              : verifier.verifyPrinted(opened, printed(opened, sheet));
      newest = outcome instanceof Verified ? opened.checkpoint() : new byte[0];
    } catch (FormatException e) {
      if (e.code() != FormatException.Code.BUNDLE_MALFORMED) {
        throw e;
      }
      outcome = Verification.invalid(Reason.BUNDLE_MALFORMED, String.valueOf(e.getMessage()));
      newest = new byte[0];
    }
    if (outcome instanceof Verified && memory != null) {
      SmallFile.replace(memory, newest);
    }
    return voice.report(outcome, kept.isPresent() || sheet != null);
  }

  private LogCopy opened() throws IOException, FormatException {
    return session == null ? CopyArgument.open(copy) : CopyArgument.openAs(copy, session);
  }

  /**
   * A proof from the log's later generation of deletions in this one, which is closed and cannot
   * say so itself.
   *
   * @param outcome what its check said
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Later(OfflineProof proof, byte[] entry, Verification outcome) {
    /** Returns what it says of this log: nothing where it does not hold. */
    List<Deletion> deletions() {
      return outcome.fold(
          good ->
              Deletion.proved(good.origin(), proof.index(), entry, good.witnessedBy()).stream()
                  .toList(),
          bad -> List.of());
    }
  }

  private Optional<Later> later() throws IOException, FormatException {
    if ((deletionProof == null) != (deletionKey == null)) {
      throw new OptionsException("--deletion-proof, --deletion-vkey");
    }
    if (deletionProof == null || deletionKey == null) {
      return Optional.empty();
    }
    ProofCheck check = new ProofCheck(keys.read(deletionKey), keys.unwitnessedAllowed());
    OfflineProof proof = OfflineProof.parse(SmallFile.read(deletionProof, OfflineProof.MAX_BYTES));
    byte[] entry = proof.entry().orElse(new byte[0]);
    return Optional.of(new Later(proof, entry, check.check(proof, entry)));
  }

  /** Returns what a root sheet says; its origin is whatever the log's key signs. */
  private static Checkpoint printed(LogCopy copy, String sheet)
      throws IOException, FormatException {
    String[] parts = sheet.split(":", -1);
    if (parts.length != 2 || !parts[0].matches("0|[1-9][0-9]{0,17}")) {
      throw new OptionsException("--sheet SIZE:ROOT");
    }
    byte[] root = StrictBase64.decode(parts[1], FormatException.Code.CHECKPOINT_MALFORMED);
    if (root.length != Hash.SIZE) {
      throw new OptionsException("--sheet SIZE:ROOT");
    }
    String origin = Checkpoint.parse(SignedNote.parse(copy.checkpoint()).text()).origin();
    return new Checkpoint(origin, Long.parseLong(parts[0]), Hash.of(root), List.of());
  }

  /** Returns the older checkpoint: the one given, else the one remembered, else none. */
  private Optional<byte[]> kept() throws IOException {
    if ((earlier != null ? 1 : 0) + (memory != null ? 1 : 0) + (sheet != null ? 1 : 0) > 1) {
      throw new OptionsException("--earlier, --memory, --sheet");
    }
    if (memory != null && !Files.exists(memory)) {
      return Optional.empty();
    }
    Path file = earlier != null ? earlier : memory;
    return file == null
        ? Optional.empty()
        : Optional.of(SmallFile.read(file, SignedNote.MAX_BYTES));
  }

  private LogCopy withCosignatures(LogCopy plain) throws IOException, FormatException {
    if (cosignatures == null) {
      return CosignedCopy.snapshot(plain, new byte[0]);
    }
    return CosignedCopy.snapshot(plain, SmallFile.read(cosignatures, SignedNote.MAX_BYTES));
  }
}
