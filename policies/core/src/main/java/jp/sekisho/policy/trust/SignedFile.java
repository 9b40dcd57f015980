package jp.sekisho.policy.trust;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;

/**
 * One of the four files with its signatures, read but not yet believed.
 *
 * <p>On disk {@code NAME} is the header and, at once, the body; {@code NAME.sig} holds one line per
 * signer in the order of the header's {@code signers} line:
 *
 * <pre>
 * (key id) (base64url of the signature over the header)
 * </pre>
 *
 * each ended by one LF, at most {@value #MAX_SIGNATURES} bytes. {@link #read} checks length and
 * hash of the body before anybody parses it. The bytes are kept as they came and never written
 * again from their meaning. Immutable; arrays are copied.
 */
public final class SignedFile {
  /** Largest signature file: 16 signers with RSA 8192. */
  public static final int MAX_SIGNATURES = 32 * 1024;

  private static final byte[] BODY_LINE = "\nbody ".getBytes(StandardCharsets.US_ASCII);

  /** One line of the signature file; the signature as base64url. */
  private record OneSignature(String keyId, String signature) {}

  private final TrustHeader header;
  private final byte[] file;
  private final int bodyAt;
  private final byte[] signatureFile;
  private final List<OneSignature> signatures;
  private final String hash;

  private SignedFile(
      TrustHeader header,
      byte[] file,
      int bodyAt,
      byte[] signatureFile,
      List<OneSignature> signatures) {
    this.header = header;
    this.file = file;
    this.bodyAt = bodyAt;
    this.signatureFile = signatureFile;
    this.signatures = signatures;
    this.hash = Sha256.text(file);
  }

  /** Largest file of {@code kind}, header included. */
  public static int maxBytes(TrustKind kind) {
    return TrustHeader.MAX_BYTES + kind.maxBody();
  }

  /**
   * The file of {@code kind} in these bytes: form, length and hash are right, the signatures are
   * not checked.
   */
  public static SignedFile read(TrustKind kind, byte[] file, byte[] signatureFile)
      throws MalformedException {
    if (file.length > maxBytes(kind)) {
      throw new MalformedException(kind.text() + " over " + maxBytes(kind) + " bytes");
    }
    int bodyAt = bodyAt(file);
    TrustHeader header = TrustHeader.parse(kind, Arrays.copyOf(file, bodyAt));
    if (file.length - bodyAt != header.bodyLength()) {
      throw new MalformedException("body is not of the length the header names");
    }
    if (!Sha256.text(Arrays.copyOfRange(file, bodyAt, file.length)).equals(header.bodyHash())) {
      throw new MalformedException("body has not the hash the header names");
    }
    List<OneSignature> signatures = signatures(header, signatureFile);
    return new SignedFile(header, file.clone(), bodyAt, signatureFile.clone(), signatures);
  }

  /** Signs {@code body}; the header's signers are those who sign. */
  public static SignedFile sign(TrustHeader header, byte[] body, List<FileSigner> signers)
      throws GeneralSecurityException {
    byte[] head = header.bytes();
    StringBuilder lines = new StringBuilder();
    List<FileSigner> inOrder =
        signers.stream().sorted(Comparator.comparing((FileSigner s) -> s.key().id())).toList();
    for (FileSigner signer : inOrder) {
      String signature = Base64Url.encode(signer.sign(head));
      lines.append(signer.key().id()).append(' ').append(signature).append('\n');
    }
    byte[] file = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, file, head.length, body.length);
    try {
      return read(header.kind(), file, lines.toString().getBytes(StandardCharsets.US_ASCII));
    } catch (MalformedException e) {
      throw new IllegalArgumentException("not the header of this body and these signers", e);
    }
  }

  /** Where the body begins: after the LF of the first line {@code body}. */
  static int bodyAt(byte[] file) throws MalformedException {
    int limit = Math.min(file.length, TrustHeader.MAX_BYTES);
    for (int at = 0; at + BODY_LINE.length <= limit; at++) {
      if (Arrays.equals(file, at, at + BODY_LINE.length, BODY_LINE, 0, BODY_LINE.length)) {
        for (int end = at + BODY_LINE.length; end < limit; end++) {
          if (file[end] == '\n') {
            return end + 1;
          }
        }
      }
    }
    throw new MalformedException("no header of at most " + TrustHeader.MAX_BYTES + " bytes");
  }

  private static List<OneSignature> signatures(TrustHeader header, byte[] file)
      throws MalformedException {
    if (file.length > MAX_SIGNATURES) {
      throw new MalformedException("signatures over " + MAX_SIGNATURES + " bytes");
    }
    String text = new String(file, StandardCharsets.ISO_8859_1);
    String[] lines = text.split("\n", -1);
    // The last LF leaves one empty part behind it.
    if (lines.length != header.signers().size() + 1 || !lines[lines.length - 1].isEmpty()) {
      throw new MalformedException("not one signature line for each signer");
    }
    List<OneSignature> signatures = new ArrayList<>();
    for (int i = 0; i < lines.length - 1; i++) {
      String signer = header.signers().get(i) + " ";
      if (!lines[i].startsWith(signer)) {
        throw new MalformedException("a signature of another key than the header names");
      }
      String signature = lines[i].substring(signer.length());
      Base64Url.decode(signature);
      signatures.add(new OneSignature(header.signers().get(i), signature));
    }
    return List.copyOf(signatures);
  }

  /** The header; nobody has vouched for it yet. */
  public TrustHeader header() {
    return header;
  }

  /** Header and body. */
  public byte[] file() {
    return file.clone();
  }

  /** What {@code NAME.sig} holds. */
  public byte[] signatureFile() {
    return signatureFile.clone();
  }

  /** base64url of the SHA-256 of header and body. */
  public String hash() {
    return hash;
  }

  /** The body: its hash is the header's, but nobody has vouched for it yet. */
  public byte[] bodyBytes() {
    return Arrays.copyOfRange(file, bodyAt, file.length);
  }

  /** How many of {@code keys} signed, whoever else did: for a file whose hash is pinned. */
  int signedAmong(List<TrustKey> keys) {
    byte[] head = Arrays.copyOf(file, bodyAt);
    return (int)
        keys.stream()
            .distinct()
            .filter(key ->
                signatures.stream()
                    .anyMatch(
                        one -> key.id().equals(one.keyId()) && key.verifies(head, one.signature())))
            .count();
  }

  /**
   * How many of {@code keys} signed; a key counts once. With one signature that is wrong, or none
   * of {@code known}, the whole file is not signed: 0.
   */
  int signedBy(List<TrustKey> keys, List<TrustKey> known) {
    byte[] head = Arrays.copyOf(file, bodyAt);
    List<String> counted = keys.stream().map(TrustKey::id).distinct().toList();
    int count = 0;
    for (OneSignature one : signatures) {
      boolean valid =
          known.stream()
              .filter(key -> key.id().equals(one.keyId()))
              .anyMatch(key -> key.verifies(head, one.signature()));
      if (!valid) {
        return 0;
      }
      count += counted.contains(one.keyId()) ? 1 : 0;
    }
    return count;
  }
}
