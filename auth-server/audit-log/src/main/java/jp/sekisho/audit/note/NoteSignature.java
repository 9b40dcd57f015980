package jp.sekisho.audit.note;

import static jp.sekisho.audit.FormatException.Code.NOTE_MALFORMED;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.StrictBase64;
import org.jspecify.annotations.Nullable;

/** One signature line of a note, not yet verified. Immutable. */
public final class NoteSignature {
  private static final String MARK = "— ";

  private final String name;
  private final int keyId;
  private final byte[] signature;

  NoteSignature(String name, int keyId, byte[] signature) {
    this.name = name;
    this.keyId = keyId;
    this.signature = signature.clone();
  }

  /** Reads a line without its LF. */
  static NoteSignature parse(String line) throws FormatException {
    int space = line.indexOf(' ', MARK.length());
    if (!line.startsWith(MARK) || space < 0) {
      throw new FormatException(NOTE_MALFORMED, "not a signature line");
    }
    String name = line.substring(MARK.length(), space);
    byte[] decoded = StrictBase64.decode(line.substring(space + 1), NOTE_MALFORMED);
    if (!KeyName.isValid(name) || decoded.length <= Integer.BYTES) {
      throw new FormatException(NOTE_MALFORMED, "bad key name or signature too short");
    }
    return new NoteSignature(
        name,
        ByteBuffer.wrap(decoded).getInt(),
        Arrays.copyOfRange(decoded, Integer.BYTES, decoded.length));
  }

  /** Returns the line as it stands in a note, with its LF. */
  public String line() {
    byte[] all =
        ByteBuffer.allocate(Integer.BYTES + signature.length).putInt(keyId).put(signature).array();
    return MARK + name + " " + StrictBase64.encode(all) + "\n";
  }

  /** Returns the name of the key that claims to have signed. */
  public String name() {
    return name;
  }

  /** Returns the ID of the key that claims to have signed. */
  public int keyId() {
    return keyId;
  }

  byte[] signature() {
    return signature.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NoteSignature that
        && name.equals(that.name)
        && keyId == that.keyId
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(signature);
  }

  @Override
  public String toString() {
    return name + "+" + HexFormat.of().toHexDigits(keyId);
  }
}
