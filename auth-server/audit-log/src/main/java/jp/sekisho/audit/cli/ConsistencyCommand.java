package jp.sekisho.audit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Opened;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.LogCopy;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.published.ServedFiles;
import jp.sekisho.audit.tree.ConsistencyProof;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code sekisho-audit consistency OLD NEW}: proves from hashes alone that the newer state of a log
 * continues an older one; no entry is read. Both are signed checkpoints; the newer comes with the
 * copy that has its hashes.
 */
@Command(name = "consistency", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class ConsistencyCommand implements Callable<Integer> {
  @Mixin private final Voice voice;
  @Mixin private KeyOptions keys;

  @Parameters(index = "0", paramLabel = "OLD", descriptionKey = "audit.option.old")
  private String old;

  @Parameters(index = "1", paramLabel = "NEW", descriptionKey = "audit.option.new")
  private String newer;

  ConsistencyCommand(Messages messages) {
    this.voice = new Voice(messages);
  }

  @Override
  public Integer call() {
    return voice.run(this::compare);
  }

  private int compare() throws IOException, FormatException {
    TrustedKeys trusted = keys.read();
    CheckpointOpening before = trusted.open(oldCheckpoint());
    if (!(before instanceof Opened older)) {
      CheckpointOpening.Refused refused = (CheckpointOpening.Refused) before;
      return voice.refuse(Verification.invalid(Reason.SINCE_REFUSED, refused.detail()));
    }
    try (LogCopy copy = CopyArgument.open(newer)) {
      CheckpointOpening now = trusted.open(copy.checkpoint());
      if (!(now instanceof Opened opened)) {
        return voice.refuse(CopyVerifier.refused((CheckpointOpening.Refused) now));
      }
      if (opened.witnesses().isEmpty() && !keys.unwitnessedAllowed()) {
        return voice.refuse(
            Verification.invalid(Reason.UNWITNESSED, "no cosignature by a trusted witness"));
      }
      return compare(older.checkpoint(), opened.checkpoint(), copy);
    }
  }

  private int compare(Checkpoint older, Checkpoint now, LogCopy copy) throws IOException {
    if (older.size() > now.size()) {
      return voice.refuse(
          Verification.invalid(
              Reason.ROLLED_BACK,
              "the log had " + older.size() + " entries and now " + now.size()));
    }
    ConsistencyProof proof =
        ConsistencyProof.build(copy.nodes(now.size()), older.size(), now.size());
    if (!proof.proves(older.root(), now.root())) {
      return voice.refuse(
          Verification.invalid(
              Reason.FORKED, "the hashes do not lead from the older root to the newer"));
    }
    List<String> hashes =
        proof.path().stream().map(hash -> StrictBase64.encode(hash.bytes())).toList();
    List<String> words = new ArrayList<>();
    words.add(
        voice.get(
            "audit.consistency.done",
            now.origin(),
            Long.toString(older.size()),
            Long.toString(now.size())));
    words.addAll(hashes);
    return voice.done(
        new Json()
            .text("result", "consistent")
            .text("origin", now.origin())
            .number("old", older.size())
            .number("new", now.size())
            .raw(
                "proof",
                hashes.stream().map(Json::string).collect(Collectors.joining(",", "[", "]"))),
        words);
  }

  /** Returns the checkpoint in a file, or that of a copy. */
  private byte[] oldCheckpoint() throws IOException, FormatException {
    if (!ServedFiles.isAddress(old)) {
      Path file = CopyArgument.path(old);
      if (Files.isRegularFile(file) && Files.size(file) <= SignedNote.MAX_BYTES && !isZip(file)) {
        return SmallFile.read(file, SignedNote.MAX_BYTES);
      }
    }
    try (LogCopy copy = CopyArgument.open(old)) {
      return copy.checkpoint();
    }
  }

  private static boolean isZip(Path file) throws IOException {
    byte[] start = SmallFile.read(file, 1);
    return start.length == 2 && start[0] == 'P' && start[1] == 'K';
  }
}
