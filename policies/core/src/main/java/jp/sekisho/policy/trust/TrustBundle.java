package jp.sekisho.policy.trust;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.TrustKind;

/**
 * All a terminal needs, as {@code GET /agent/v1/policy} answers it and as the agent keeps it: every
 * root from the first on, policy, roster, current.
 *
 * <p>The bytes are a table of contents, one line each, and at once the parts in its order, file
 * before signatures:
 *
 * <pre>
 * sekisho/bundle/v1
 * root (length of the file) (length of its signatures)     1 to 32
 * policy (length) (length)
 * roster (length) (length)
 * current (length) (length)
 *
 * </pre>
 *
 * with one empty line at the end of the table. Nothing signs the table: it only says where to cut.
 *
 * @param roots ascending by version
 * @param policy the policy for all
 * @param roster the roster of the terminal's 機関
 * @param current what counts now
 */
public record TrustBundle(
    List<SignedFile> roots, SignedFile policy, SignedFile roster, SignedFile current) {
  /** Largest bundle. */
  public static final int MAX_BYTES = 8 << 20;

  /** Most roots, enough for 32 years. */
  public static final int MAX_ROOTS = 32;

  private static final int MAX_TABLE = 2 * 1024;
  private static final String FIRST_LINE = "sekisho/bundle/v1";
  private static final byte[] TABLE_END = {'\n', '\n'};
  private static final Pattern LINE =
      Pattern.compile("(root|policy|roster|current) ([1-9][0-9]{0,7}) ([1-9][0-9]{0,5})");

  /** Checks numbers and kinds. */
  public TrustBundle {
    roots = List.copyOf(roots);
    if (roots.isEmpty() || roots.size() > MAX_ROOTS) {
      throw new IllegalArgumentException("roots are not 1 to " + MAX_ROOTS);
    }
    roots.forEach(root -> requireKind(root, TrustKind.ROOT));
    requireKind(policy, TrustKind.POLICY);
    requireKind(roster, TrustKind.ROSTER);
    requireKind(current, TrustKind.CURRENT);
  }

  private static void requireKind(SignedFile file, TrustKind kind) {
    if (file.header().kind() != kind) {
      throw new IllegalArgumentException("not a " + kind.text());
    }
  }

  private List<SignedFile> files() {
    List<SignedFile> files = new ArrayList<>(roots);
    files.addAll(List.of(policy, roster, current));
    return files;
  }

  /** The bytes of the whole bundle. */
  public byte[] bytes() {
    StringBuilder table = new StringBuilder(FIRST_LINE).append('\n');
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    for (SignedFile file : files()) {
      byte[] bytes = file.file();
      byte[] signatures = file.signatureFile();
      table.append(file.header().kind().text()).append(' ').append(bytes.length);
      table.append(' ').append(signatures.length).append('\n');
      parts.writeBytes(bytes);
      parts.writeBytes(signatures);
    }
    byte[] head = table.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
    byte[] rest = parts.toByteArray();
    byte[] all = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, all, head.length, rest.length);
    return all;
  }

  /** base64url of the SHA-256 of {@link #bytes}: the answer's ETag without its quotes. */
  public String tag() {
    return Sha256.text(bytes());
  }

  /** The bundle in exactly these bytes; no signature is checked. */
  public static TrustBundle parse(byte[] bytes) throws MalformedException {
    if (bytes.length > MAX_BYTES) {
      throw new MalformedException("bundle over " + MAX_BYTES + " bytes");
    }
    int end = tableEnd(bytes);
    String table = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    String[] lines = table.split("\n", -1);
    if (!lines[0].equals(FIRST_LINE) || lines.length - 1 > MAX_ROOTS + 3) {
      throw new MalformedException("not a bundle v1");
    }
    List<SignedFile> files = new ArrayList<>();
    int at = end + TABLE_END.length;
    for (int i = 1; i < lines.length; i++) {
      Matcher line = LINE.matcher(lines[i]);
      if (!line.matches()) {
        throw new MalformedException("a line of the table is malformed");
      }
      int signaturesAt = at + Integer.parseInt(line.group(2));
      int next = signaturesAt + Integer.parseInt(line.group(3));
      if (next > bytes.length) {
        throw new MalformedException("bundle ends early");
      }
      TrustKind kind = kind(i, lines.length);
      if (!line.group(1).equals(kind.text())) {
        throw new MalformedException("files are not root, policy, roster, current");
      }
      files.add(
          SignedFile.read(
              kind,
              Arrays.copyOfRange(bytes, at, signaturesAt),
              Arrays.copyOfRange(bytes, signaturesAt, next)));
      at = next;
    }
    if (at != bytes.length || files.size() < 4) {
      throw new MalformedException("bytes after the bundle, or a file missing");
    }
    int roots = files.size() - 3;
    return new TrustBundle(
        files.subList(0, roots), files.get(roots), files.get(roots + 1), files.get(roots + 2));
  }

  private static TrustKind kind(int line, int lines) {
    return switch (lines - line) {
      case 1 -> TrustKind.CURRENT;
      case 2 -> TrustKind.ROSTER;
      case 3 -> TrustKind.POLICY;
      default -> TrustKind.ROOT;
    };
  }

  private static int tableEnd(byte[] bytes) throws MalformedException {
    int limit = Math.min(bytes.length, MAX_TABLE);
    for (int at = 0; at + 1 < limit; at++) {
      if (bytes[at] == '\n' && bytes[at + 1] == '\n') {
        return at;
      }
    }
    throw new MalformedException("no table of contents");
  }
}
