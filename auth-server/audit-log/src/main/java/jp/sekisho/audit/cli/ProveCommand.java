package jp.sekisho.audit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.EntryReader;
import jp.sekisho.audit.copy.LogCopy;
import jp.sekisho.audit.copy.Slot;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.proof.OfflineProof;
import jp.sekisho.audit.proof.ProofCheck;
import jp.sekisho.audit.tree.InclusionProof;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sekisho-audit prove}: writes the proof that a log holds one entry, having checked it. */
@Command(name = "prove", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class ProveCommand implements Callable<Integer> {
  @Mixin private final Voice voice;
  @Mixin private KeyOptions keys;

  @Parameters(index = "0", paramLabel = "INDEX", descriptionKey = "audit.option.index")
  private long index;

  @Parameters(index = "1", paramLabel = "BUNDLE|DIR|URL", descriptionKey = "audit.option.bundle")
  private String copy;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      descriptionKey = "audit.option.out")
  private Path out;

  @Option(names = "--without-entry", descriptionKey = "audit.option.without-entry")
  private boolean withoutEntry;

  ProveCommand(Messages messages) {
    this.voice = new Voice(messages);
  }

  @Override
  public Integer call() {
    return voice.run(this::prove);
  }

  private int prove() throws IOException, FormatException {
    TrustedKeys trusted = keys.read();
    ProofCheck check = new ProofCheck(trusted, keys.unwitnessedAllowed());
    try (LogCopy opened = CopyArgument.open(copy)) {
      SignedNote note = SignedNote.parse(opened.checkpoint());
      long size = Checkpoint.parse(note.text()).size();
      if (index < 0 || index >= size) {
        return voice.complain("NO_SUCH_ENTRY", index + " / " + size, Exit.USAGE);
      }
      Slot slot = EntryReader.at(opened, size, index);
      if (slot == Slot.Gap.ABSENT && isDeleted(opened, trusted)) {
        return voice.refuse(
            new Invalid(
                Verification.Reason.ENTRY_DELETED,
                OptionalLong.of(index),
                "the log signed that it deleted this entry after its term"));
      }
      if (!(slot instanceof Slot.Entry entry)) {
        return voice.complain("ENTRY_UNREADABLE", Long.toString(index), Exit.INVALID);
      }
      List<jp.sekisho.audit.tree.Hash> path =
          InclusionProof.build(opened.nodes(size), index, size).path();
      OfflineProof proof = OfflineProof.of(withoutEntry ? null : entry.bytes(), index, path, note);
      Verification outcome = check.check(proof, entry.bytes());
      if (outcome instanceof Invalid invalid) {
        return voice.refuse(invalid);
      }
      SmallFile.replace(out, proof.toBytes());
      return voice.done(
          new Json()
              .text("result", "proved")
              .number("index", index)
              .number("size", size)
              .text("file", out.toString()),
          List.of(voice.get("audit.prove.done", Long.toString(index), out)));
    }
  }

  /** Whether the log signed that the entry was deleted after its term. */
  private boolean isDeleted(LogCopy opened, TrustedKeys trusted)
      throws IOException, FormatException {
    Optional<byte[]> minimum = opened.minimum();
    return minimum.isPresent() && index < Minimum.open(minimum.get(), trusted.log()).index();
  }
}
