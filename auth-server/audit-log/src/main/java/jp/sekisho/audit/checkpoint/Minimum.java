package jp.sekisho.audit.checkpoint;

import static jp.sekisho.audit.FormatException.Code.CHECKPOINT_MALFORMED;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.NoteOpening;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;

/**
 * How far a log was pruned from the front (C2SP tlog-tiles: the minimum index): entries below it
 * were deleted after their term, their hashes stay. A signed note of its own:
 *
 * <pre>
 * sekisho/log-minimum/v1
 * origin auth.city.example/log/mayor/1
 * minimum 512
 * </pre>
 *
 * <p>Its first line is no origin, so that nobody can take it for a checkpoint.
 *
 * @param origin of the log
 * @param index of the first entry that was not deleted, a multiple of 256
 */
public record Minimum(String origin, long index) {
  /** Longest note in bytes. */
  public static final int MAX_BYTES = 4096;

  private static final Pattern TEXT =
      Pattern.compile(
          "sekisho/log-minimum/v1\\norigin ([^\\s]{1,512})\\nminimum (0|[1-9][0-9]{0,17})\\n");
  private static final int TILE = 256;

  /**
   * Checks the index.
   *
   * @throws IllegalArgumentException when it is negative or no multiple of 256
   */
  public Minimum {
    if (index < 0 || index % TILE != 0) {
      throw new IllegalArgumentException("a minimum index is a multiple of 256");
    }
  }

  /** Signs it with the log's key. */
  public SignedNote sign(LogSigner signer) throws FormatException {
    return signer.sign("sekisho/log-minimum/v1\norigin " + origin + "\nminimum " + index + "\n");
  }

  /**
   * Opens a signed one.
   *
   * @throws FormatException unless it is signed with the log's key and about that log
   */
  public static Minimum open(byte[] note, VerifierKey log) throws FormatException {
    SignedNote signed = parse(note);
    Minimum minimum = read(signed);
    if (!(signed.open(List.of(log)) instanceof NoteOpening.Opened)
        || !minimum.origin().equals(log.name())) {
      throw malformed("the minimum index is not signed by " + log.name());
    }
    return minimum;
  }

  /**
   * What a note says that nobody has vouched for.
   *
   * @throws FormatException when it is no such note
   */
  public static Minimum claimed(byte[] note) throws FormatException {
    return read(parse(note));
  }

  private static SignedNote parse(byte[] note) throws FormatException {
    if (note.length > MAX_BYTES) {
      throw malformed("a minimum index is longer than " + MAX_BYTES + " bytes");
    }
    return SignedNote.parse(note);
  }

  private static Minimum read(SignedNote note) throws FormatException {
    Matcher matcher = TEXT.matcher(note.text());
    if (!matcher.matches() || Long.parseLong(matcher.group(2)) % TILE != 0) {
      throw malformed("no minimum index");
    }
    return new Minimum(matcher.group(1), Long.parseLong(matcher.group(2)));
  }

  private static FormatException malformed(String detail) {
    return new FormatException(CHECKPOINT_MALFORMED, detail);
  }
}
