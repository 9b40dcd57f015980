package jp.sekisho.policy.trust;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.TrustKind;

/**
 * All a terminal needs, as {@code GET /agent/v1/policy} answers it and as the agent keeps it: every
 * root from the first on, policy, the layers that concern it, roster, current.
 *
 * <p>The bytes are a table of contents, one line each, and at once the parts in its order, file
 * before signatures:
 *
 * <pre>
 * sekisho/bundle/v1
 * root (length of the file) (length of its signatures)     1 to 32
 * policy (length) (length)
 * layer (length) (length)                                  0 to 16
 * roster (length) (length)
 * current (length) (length)
 *
 * </pre>
 *
 * with one empty line at the end of the table. Nothing signs the table: it only says where to cut.
 *
 * @param roots ascending by version
 * @param policy the policy for all
 * @param layers the layers below it that this terminal obeys, from the 機関 down
 * @param roster the roster of the terminal's 機関
 * @param current what counts now
 */
public record TrustBundle(
    List<SignedFile> roots,
    SignedFile policy,
    List<SignedFile> layers,
    SignedFile roster,
    SignedFile current) {
  /** Largest bundle. */
  public static final int MAX_BYTES = 8 << 20;

  /** Most roots, enough for 32 years. */
  public static final int MAX_ROOTS = 32;

  /** Most layers of one terminal; three are usual. */
  public static final int MAX_LAYERS = 16;

  private static final int MAX_TABLE = 2 * 1024;
  private static final String LAYER = "layer";
  private static final String FIRST_LINE = "sekisho/bundle/v1";
  private static final List<String> ORDER = List.of("root", "policy", LAYER, "roster", "current");
  private static final List<TrustKind> KINDS =
      List.of(
          TrustKind.ROOT, TrustKind.POLICY, TrustKind.POLICY, TrustKind.ROSTER, TrustKind.CURRENT);
  private static final byte[] TABLE_END = {'\n', '\n'};
  private static final Pattern LINE =
      Pattern.compile("(root|policy|layer|roster|current) ([1-9][0-9]{0,7}) ([1-9][0-9]{0,5})");

  /** Checks numbers and kinds. */
  public TrustBundle {
    roots = List.copyOf(roots);
    if (roots.isEmpty() || roots.size() > MAX_ROOTS) {
      throw new IllegalArgumentException("roots are not 1 to " + MAX_ROOTS);
    }
    roots.forEach(root -> requireKind(root, TrustKind.ROOT));
    requireKind(policy, TrustKind.POLICY);
    layers = List.copyOf(layers);
    if (layers.size() > MAX_LAYERS) {
      throw new IllegalArgumentException("layers are over " + MAX_LAYERS);
    }
    layers.forEach(layer -> requireKind(layer, TrustKind.POLICY));
    requireKind(roster, TrustKind.ROSTER);
    requireKind(current, TrustKind.CURRENT);
  }

  /** One without layers. */
  public TrustBundle(
      List<SignedFile> roots, SignedFile policy, SignedFile roster, SignedFile current) {
    this(roots, policy, List.of(), roster, current);
  }

  private static void requireKind(SignedFile file, TrustKind kind) {
    if (file.header().kind() != kind) {
      throw new IllegalArgumentException("not a " + kind.text());
    }
  }

  /** The bytes of the whole bundle. */
  public byte[] bytes() {
    StringBuilder table = new StringBuilder(FIRST_LINE).append('\n');
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    roots.forEach(root -> append(table, parts, "root", root));
    append(table, parts, "policy", policy);
    layers.forEach(layer -> append(table, parts, LAYER, layer));
    append(table, parts, "roster", roster);
    append(table, parts, "current", current);
    byte[] head = table.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
    byte[] rest = parts.toByteArray();
    byte[] all = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, all, head.length, rest.length);
    return all;
  }

  private static void append(
      StringBuilder table, ByteArrayOutputStream parts, String name, SignedFile file) {
    byte[] bytes = file.file();
    byte[] signatures = file.signatureFile();
    table.append(name).append(' ').append(bytes.length);
    table.append(' ').append(signatures.length).append('\n');
    parts.writeBytes(bytes);
    parts.writeBytes(signatures);
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
    if (!lines[0].equals(FIRST_LINE) || lines.length - 1 > MAX_ROOTS + MAX_LAYERS + 3) {
      throw new MalformedException("not a bundle v1");
    }
    Map<String, List<SignedFile>> files = new HashMap<>();
    int at = end + TABLE_END.length;
    int order = 0;
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
      String name = line.group(1);
      if (ORDER.indexOf(name) < order) {
        throw new MalformedException("files are not in the order " + String.join(" ", ORDER));
      }
      order = ORDER.indexOf(name);
      files
          .computeIfAbsent(name, key -> new ArrayList<>())
          .add(
              SignedFile.read(
                  KINDS.get(order),
                  Arrays.copyOfRange(bytes, at, signaturesAt),
                  Arrays.copyOfRange(bytes, signaturesAt, next)));
      at = next;
    }
    if (at != bytes.length) {
      throw new MalformedException("bytes after the bundle");
    }
    List<SignedFile> roots = files.getOrDefault("root", List.of());
    List<SignedFile> layers = files.getOrDefault(LAYER, List.of());
    if (roots.isEmpty() || roots.size() > MAX_ROOTS || layers.size() > MAX_LAYERS) {
      throw new MalformedException("too many files of one kind, or no root");
    }
    return new TrustBundle(
        roots, one(files, "policy"), layers, one(files, "roster"), one(files, "current"));
  }

  private static SignedFile one(Map<String, List<SignedFile>> files, String name)
      throws MalformedException {
    List<SignedFile> found = files.getOrDefault(name, List.of());
    if (found.size() != 1) {
      throw new MalformedException("not one " + name);
    }
    return found.get(0);
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
