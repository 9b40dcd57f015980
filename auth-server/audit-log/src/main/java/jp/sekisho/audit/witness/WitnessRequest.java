package jp.sekisho.audit.witness;

import static jp.sekisho.audit.FormatException.Code.REQUEST_MALFORMED;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.Hash;

/**
 * The body of {@code add-checkpoint}: whoever sends it says that note continues the tree of
 * oldSize.
 *
 * @param proof RFC 6962 §2.1.2, at most 63 hashes
 * @param checkpoint the text of note, which nobody has vouched for yet
 */
public record WitnessRequest(
    long oldSize, List<Hash> proof, SignedNote note, Checkpoint checkpoint) {
  /** Most hashes a request may have. */
  public static final int MAX_HASHES = 63;

  /** Longest body in bytes. */
  public static final int MAX_BYTES = SignedNote.MAX_BYTES + (MAX_HASHES + 1) * 64;

  private static final Pattern OLD = Pattern.compile("old (0|[1-9][0-9]{0,18})");

  public WitnessRequest {
    proof = List.copyOf(proof);
  }

  /**
   * Puts a request together.
   *
   * @throws FormatException if the note's text is not a checkpoint
   */
  public static WitnessRequest of(long oldSize, List<Hash> proof, SignedNote note)
      throws FormatException {
    return new WitnessRequest(oldSize, proof, note, Checkpoint.parse(note.text()));
  }

  /**
   * Reads a body.
   *
   * @throws FormatException unless it is exactly what {@link #toBytes} writes
   */
  public static WitnessRequest parse(byte[] body) throws FormatException {
    if (body.length > MAX_BYTES) {
      throw malformed("longer than " + MAX_BYTES + " bytes");
    }
    int blank = blankLine(body);
    String head = new String(body, 0, blank, StandardCharsets.US_ASCII);
    List<String> lines = new ArrayList<>(Arrays.asList(head.split("\n", -1)));
    Matcher old = OLD.matcher(lines.remove(0));
    if (!old.matches() || lines.size() > MAX_HASHES) {
      throw malformed("no old size, or more than " + MAX_HASHES + " hashes");
    }
    List<Hash> proof = new ArrayList<>();
    for (String line : lines) {
      byte[] hash = StrictBase64.decode(line, REQUEST_MALFORMED);
      if (hash.length != Hash.SIZE) {
        throw malformed("a hash does not have 32 bytes");
      }
      proof.add(Hash.of(hash));
    }
    try {
      return of(
          Long.parseLong(old.group(1)),
          proof,
          SignedNote.parse(Arrays.copyOfRange(body, blank + 2, body.length)));
    } catch (NumberFormatException e) {
      throw malformed("the old size is not below 2^63");
    }
  }

  private static int blankLine(byte[] body) throws FormatException {
    for (int i = 0; i + 1 < body.length; i++) {
      if (body[i] == '\n' && body[i + 1] == '\n') {
        return i;
      }
    }
    throw malformed("no blank line before a checkpoint");
  }

  /** Returns the body. */
  public byte[] toBytes() {
    StringBuilder body = new StringBuilder("old ").append(oldSize).append('\n');
    proof.forEach(hash -> body.append(StrictBase64.encode(hash.bytes())).append('\n'));
    body.append('\n').append(new String(note.toBytes(), StandardCharsets.UTF_8));
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static FormatException malformed(String detail) {
    return new FormatException(REQUEST_MALFORMED, detail);
  }
}
