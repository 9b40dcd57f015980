package jp.sekisho.policy.trust;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Collection;
import java.util.TreeSet;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;

/**
 * A file that its signers have not all signed: header and body as they will stay, and no signature.
 * The header names every signer from the start, so each signs the same bytes, in any order and at
 * any desk. Immutable.
 */
public final class DraftFile {
  private final TrustHeader header;
  private final byte[] file;
  private final byte[] head;

  private DraftFile(TrustHeader header, byte[] file, byte[] head) {
    this.header = header;
    this.file = file;
    this.head = head;
  }

  /** A draft of {@code body}. */
  public static DraftFile of(TrustHeader header, byte[] body) {
    byte[] head = header.bytes();
    byte[] file = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, file, head.length, body.length);
    return new DraftFile(header, file, head);
  }

  /** The draft in exactly these bytes; length and hash of the body are the header's. */
  public static DraftFile read(TrustKind kind, byte[] file) throws MalformedException {
    if (file.length > SignedFile.maxBytes(kind)) {
      throw new MalformedException(kind.text() + " over " + SignedFile.maxBytes(kind) + " bytes");
    }
    byte[] head = Arrays.copyOf(file, SignedFile.bodyAt(file));
    TrustHeader header = TrustHeader.parse(kind, head);
    byte[] body = Arrays.copyOfRange(file, head.length, file.length);
    if (body.length != header.bodyLength() || !Sha256.text(body).equals(header.bodyHash())) {
      throw new MalformedException("body is not the one the header names");
    }
    return new DraftFile(header, file.clone(), head);
  }

  /** The header. */
  public TrustHeader header() {
    return header;
  }

  /** Header and body. */
  public byte[] bytes() {
    return file.clone();
  }

  /** The body. */
  public byte[] body() {
    return Arrays.copyOfRange(file, head.length, file.length);
  }

  /** The line that {@code signer} adds: key id and signature, without the LF. */
  public String line(FileSigner signer) throws GeneralSecurityException {
    return signer.key().id() + " " + Base64Url.encode(signer.sign(head));
  }

  /** Whether {@code line} is a signature over this header by {@code key}. */
  public boolean isSigned(String line, TrustKey key) {
    String id = key.id() + " ";
    return line.startsWith(id) && key.verifies(head, line.substring(id.length()));
  }

  /** The signed file, once there is a line of every signer; lines in any order. */
  public SignedFile complete(Collection<String> lines) throws MalformedException {
    String text = String.join("\n", new TreeSet<>(lines)) + "\n";
    return SignedFile.read(header.kind(), file, text.getBytes(StandardCharsets.US_ASCII));
  }
}
