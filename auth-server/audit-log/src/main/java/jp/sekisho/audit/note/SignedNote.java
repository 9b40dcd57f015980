package jp.sekisho.audit.note;

import static jp.sekisho.audit.FormatException.Code.NOTE_MALFORMED;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import jp.sekisho.audit.FormatException;

/**
 * A text and the signatures under it, as read or made; {@link #open} says what they are worth.
 * Immutable.
 */
public final class SignedNote {
  /** Longest note in bytes; ours are a few hundred. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Most signature lines, as in the Go implementation. */
  public static final int MAX_SIGNATURES = 100;

  private final String text;
  private final List<NoteSignature> signatures;

  private SignedNote(String text, List<NoteSignature> signatures) {
    this.text = text;
    this.signatures = signatures;
  }

  /**
   * Reads a note.
   *
   * @throws FormatException if it is not a note within the limits of the package
   */
  public static SignedNote parse(byte[] note) throws FormatException {
    if (note.length > MAX_BYTES) {
      throw malformed("longer than " + MAX_BYTES + " bytes");
    }
    String all = utf8(note);
    int blank = all.lastIndexOf("\n\n");
    if (blank < 0 || !all.endsWith("\n") || blank + 2 == all.length()) {
      throw malformed("no blank line followed by signature lines");
    }
    String text = all.substring(0, blank + 1);
    checkText(text);
    String[] lines = all.substring(blank + 2, all.length() - 1).split("\n", -1);
    if (lines.length > MAX_SIGNATURES) {
      throw malformed("more than " + MAX_SIGNATURES + " signatures");
    }
    List<NoteSignature> signatures = new ArrayList<>();
    for (String line : lines) {
      signatures.add(NoteSignature.parse(line));
    }
    return new SignedNote(text, List.copyOf(signatures));
  }

  /**
   * Signs a text.
   *
   * @throws FormatException if the text is empty, does not end with LF or has control characters
   */
  static SignedNote of(String text, NoteSignature signature) throws FormatException {
    checkText(text);
    return new SignedNote(text, List.of(signature));
  }

  /**
   * Returns this note with one more signature line, say a witness's.
   *
   * @throws FormatException if it would have more than {@link #MAX_SIGNATURES}
   */
  public SignedNote with(NoteSignature signature) throws FormatException {
    if (signatures.size() == MAX_SIGNATURES) {
      throw malformed("more than " + MAX_SIGNATURES + " signatures");
    }
    List<NoteSignature> more = new ArrayList<>(signatures);
    more.add(signature);
    return new SignedNote(text, List.copyOf(more));
  }

  /** Returns the text, which nobody has vouched for until {@link #open} says so. */
  public String text() {
    return text;
  }

  public List<NoteSignature> signatures() {
    return signatures;
  }

  /** Returns the note's bytes, the same that {@link #parse} read. */
  public byte[] toBytes() {
    String lines = signatures.stream().map(NoteSignature::line).collect(Collectors.joining());
    return (text + "\n" + lines).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Checks every line that claims to be by one of these keys; other lines are ignored.
   *
   * @param known keys from outside the note, told apart by name and ID
   * @throws IllegalArgumentException if two different keys share name and ID
   */
  public NoteOpening open(Collection<VerifierKey> known) {
    List<VerifierKey> keys = List.copyOf(new LinkedHashSet<>(known));
    List<VerifiedSignature> verified = new ArrayList<>();
    for (NoteSignature line : signatures) {
      List<VerifierKey> claimed = keys.stream().filter(key -> key.claims(line)).toList();
      if (claimed.size() > 1) {
        throw new IllegalArgumentException("two keys share the name and ID " + line);
      }
      for (VerifierKey key : claimed) {
        Optional<VerifiedSignature> signature = key.verify(text, line);
        if (signature.isEmpty()) {
          return new NoteOpening.BadSignature(key);
        }
        verified.add(signature.get());
      }
    }
    return verified.isEmpty()
        ? new NoteOpening.NoKnownKey()
        : new NoteOpening.Opened(text, verified);
  }

  private static String utf8(byte[] bytes) throws FormatException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("not UTF-8");
    }
  }

  private static void checkText(String text) throws FormatException {
    if (!text.endsWith("\n") || text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw malformed("text is empty, does not end with a newline or has control characters");
    }
  }

  private static FormatException malformed(String detail) {
    return new FormatException(NOTE_MALFORMED, detail);
  }
}
