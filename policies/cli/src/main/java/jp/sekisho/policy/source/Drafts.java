package jp.sekisho.policy.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.DraftFile;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustKind;

/**
 * Files on their way from signer to signer, in {@code drafts/} of the directory that is carried
 * around: {@code root}, {@code policy} or a layer's name, and beside each, in {@code NAME.sig}, a
 * line of each officer who signed so far.
 *
 * @param out the directory that will be carried to the service
 */
record Drafts(Path out) {
  /** A draft by its name: {@code root}, {@code policy} or {@code mayor.tax.layer}. */
  record Named(String name, DraftFile file, List<String> lines) {
    Named {
      lines = List.copyOf(lines);
    }
  }

  private Path directory() {
    return out.resolve("drafts");
  }

  /** The name of a draft: what is written when it is complete. */
  static String name(DraftFile draft) throws MalformedException {
    if (draft.header().kind() == TrustKind.ROOT) {
      return "root";
    }
    return draft.header().organ() == null
        ? "policy"
        : LayerSigning.name(ScopedLayer.parse(draft.body()).scope());
  }

  /** All drafts, by name. */
  Map<String, Named> read() throws InputFile.UnreadableException, MalformedException {
    Map<String, Named> drafts = new TreeMap<>();
    if (!Files.isDirectory(directory())) {
      return drafts;
    }
    InputStream none = InputStream.nullInputStream();
    for (Path file : PolicyTree.entries(directory())) {
      String name = file.getFileName().toString();
      if (name.endsWith(".sig") || name.endsWith(".new")) {
        continue;
      }
      TrustKind kind = name.equals("root") ? TrustKind.ROOT : TrustKind.POLICY;
      DraftFile draft = DraftFile.read(kind, InputFile.read(file, none, 2 << 20));
      if (!name(draft).equals(name)) {
        throw new MalformedException(name + " holds another file");
      }
      byte[] lines = new byte[0];
      if (Files.exists(signatures(file))) {
        lines = InputFile.read(signatures(file), none, 64 << 10);
      }
      String text = new String(lines, StandardCharsets.US_ASCII);
      drafts.put(name, new Named(name, draft, text.lines().toList()));
    }
    return drafts;
  }

  /** Writes a draft with its lines; a draft of the same name is replaced. */
  void write(Named draft) throws InputFile.UnreadableException {
    Path file = directory().resolve(draft.name());
    try {
      Files.createDirectories(directory());
    } catch (IOException e) {
      throw TrustFiles.unwritable(directory());
    }
    StringBuilder lines = new StringBuilder();
    draft.lines().forEach(line -> lines.append(line).append('\n'));
    TrustFiles.replace(signatures(file), lines.toString().getBytes(StandardCharsets.US_ASCII));
    TrustFiles.replace(file, draft.file().bytes());
  }

  /** Takes the drafts away: they are complete, or others take their place. */
  void clear() throws InputFile.UnreadableException {
    if (!Files.isDirectory(directory())) {
      return;
    }
    try {
      for (Path file : new ArrayList<>(PolicyTree.entries(directory()))) {
        Files.delete(file);
      }
      Files.delete(directory());
    } catch (IOException e) {
      throw TrustFiles.unwritable(directory());
    }
  }

  private static Path signatures(Path file) {
    return file.resolveSibling(file.getFileName() + ".sig");
  }
}
