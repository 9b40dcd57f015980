package jp.sekisho.audit.checkpoint;

import static jp.sekisho.audit.FormatException.Code.CHECKPOINT_MALFORMED;

import java.util.Arrays;
import java.util.List;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;

/**
 * Size and root of a log at one moment.
 *
 * @param origin one line, not empty
 * @param size number of entries, not negative
 * @param extensions further lines, normally none
 */
public record Checkpoint(String origin, long size, Hash root, List<String> extensions) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the parts cannot be written as a checkpoint, or a tree of
   *     this size cannot have this root
   */
  public Checkpoint {
    extensions = List.copyOf(extensions);
    if (!isLine(origin) || size < 0 || !extensions.stream().allMatch(Checkpoint::isLine)) {
      throw new IllegalArgumentException("not a checkpoint: an empty line or a negative size");
    }
    if (size == 0 && !root.equals(Rfc6962.EMPTY_ROOT)) {
      throw new IllegalArgumentException("an empty tree has only one root");
    }
  }

  /** Returns the checkpoint of a log's present state. */
  public static Checkpoint of(String origin, Frontier frontier) {
    return new Checkpoint(origin, frontier.size(), frontier.root(), List.of());
  }

  /**
   * Reads the text of a note.
   *
   * @throws FormatException unless it is exactly what {@link #text} writes
   */
  public static Checkpoint parse(String text) throws FormatException {
    String[] lines = text.split("\n", -1);
    if (lines.length < 4 || !lines[lines.length - 1].isEmpty()) {
      throw malformed("fewer than three lines, or the last one is not ended");
    }
    byte[] root = StrictBase64.decode(lines[2], CHECKPOINT_MALFORMED);
    if (root.length != Hash.SIZE) {
      throw malformed("the root does not have 32 bytes");
    }
    try {
      long size = Long.parseLong(lines[1]);
      List<String> extensions = Arrays.asList(lines).subList(3, lines.length - 1);
      Checkpoint checkpoint = new Checkpoint(lines[0], size, Hash.of(root), extensions);
      if (!checkpoint.text().equals(text)) {
        throw malformed("the size is not written canonically");
      }
      return checkpoint;
    } catch (NumberFormatException e) {
      throw malformed("the size is not a number below 2^63");
    } catch (IllegalArgumentException e) {
      throw malformed("an empty line, a negative size or a root that an empty tree cannot have");
    }
  }

  /** Returns the text to be signed. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(origin).append('\n');
    text.append(size).append('\n');
    text.append(StrictBase64.encode(root.bytes())).append('\n');
    extensions.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /**
   * Signs it with the log's key.
   *
   * @throws IllegalArgumentException if the key has another name than the origin
   */
  public SignedNote sign(LogSigner signer) {
    if (!signer.verifierKey().name().equals(origin)) {
      throw new IllegalArgumentException("key and origin have different names");
    }
    try {
      return signer.sign(text());
    } catch (FormatException e) {
      throw new IllegalArgumentException(e); // the origin equals the name of a key: cannot happen
    }
  }

  private static boolean isLine(String line) {
    return !line.isEmpty() && line.chars().noneMatch(c -> c < ' ');
  }

  private static FormatException malformed(String detail) {
    return new FormatException(CHECKPOINT_MALFORMED, detail);
  }
}
