package jp.sekisho.audit.proof;

import static jp.sekisho.audit.FormatException.Code.PROOF_MALFORMED;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tile.EntryBundle;
import jp.sekisho.audit.tree.Hash;
import org.jspecify.annotations.Nullable;

/** A tlog-proof as read or made, not yet checked ({@link ProofCheck}). Immutable. */
public final class OfflineProof {
  /** Longest proof in bytes. */
  public static final int MAX_BYTES = 256 * 1024;

  /** Most siblings a tree below 2^63 entries needs. */
  public static final int MAX_PATH = 63;

  private static final String FIRST_LINE = "c2sp.org/tlog-proof@v1";
  private static final Pattern INDEX = Pattern.compile("index (0|[1-9][0-9]{0,18})");
  private static final String EXTRA = "extra ";

  private final byte @Nullable [] extra;
  private final long index;
  private final List<Hash> path;
  private final SignedNote checkpoint;

  private OfflineProof(
      byte @Nullable [] extra, long index, List<Hash> path, SignedNote checkpoint) {
    this.extra = extra;
    this.index = index;
    this.path = List.copyOf(path);
    this.checkpoint = checkpoint;
  }

  /**
   * Puts a proof together.
   *
   * @param entry to be carried along; null for a proof without
   */
  public static OfflineProof of(
      byte @Nullable [] entry, long index, List<Hash> path, SignedNote checkpoint) {
    return new OfflineProof(entry == null ? null : entry.clone(), index, path, checkpoint);
  }

  /**
   * Reads a proof.
   *
   * @throws FormatException unless it is exactly what {@link #toBytes} writes
   */
  public static OfflineProof parse(byte[] proof) throws FormatException {
    if (proof.length > MAX_BYTES) {
      throw malformed("longer than " + MAX_BYTES + " bytes");
    }
    int blank = blankLine(proof);
    String head = new String(proof, 0, blank, StandardCharsets.US_ASCII);
    List<String> lines = new ArrayList<>(Arrays.asList(head.split("\n", -1)));
    if (!lines.remove(0).equals(FIRST_LINE) || lines.isEmpty()) {
      throw malformed("does not begin as a proof does");
    }
    byte[] extra = null;
    if (lines.get(0).startsWith(EXTRA)) {
      extra = StrictBase64.decode(lines.remove(0).substring(EXTRA.length()), PROOF_MALFORMED);
      if (extra.length > EntryBundle.FORMAT_MAX_ENTRY_BYTES) {
        throw malformed("what it carries is too long");
      }
    }
    Matcher index = INDEX.matcher(lines.isEmpty() ? "" : lines.remove(0));
    if (!index.matches() || lines.size() > MAX_PATH) {
      throw malformed("no index, or more than " + MAX_PATH + " hashes");
    }
    List<Hash> path = new ArrayList<>();
    for (String line : lines) {
      byte[] hash = StrictBase64.decode(line, PROOF_MALFORMED);
      if (hash.length != Hash.SIZE) {
        throw malformed("a hash does not have 32 bytes");
      }
      path.add(Hash.of(hash));
    }
    SignedNote checkpoint = SignedNote.parse(Arrays.copyOfRange(proof, blank + 2, proof.length));
    try {
      return new OfflineProof(extra, Long.parseLong(index.group(1)), path, checkpoint);
    } catch (NumberFormatException e) {
      throw malformed("the index is not below 2^63");
    }
  }

  private static int blankLine(byte[] proof) throws FormatException {
    for (int i = 0; i + 1 < proof.length; i++) {
      if (proof[i] == '\n' && proof[i + 1] == '\n') {
        return i;
      }
    }
    throw malformed("no blank line before a checkpoint");
  }

  /** Returns the file's contents. */
  public byte[] toBytes() {
    StringBuilder head = new StringBuilder(FIRST_LINE).append('\n');
    if (extra != null) {
      head.append(EXTRA).append(StrictBase64.encode(extra)).append('\n');
    }
    head.append("index ").append(index).append('\n');
    path.forEach(hash -> head.append(StrictBase64.encode(hash.bytes())).append('\n'));
    head.append('\n');
    ByteArrayOutputStream proof = new ByteArrayOutputStream();
    proof.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
    proof.writeBytes(checkpoint.toBytes());
    return proof.toByteArray();
  }

  /** Returns the entry it carries, which nobody has vouched for until it is checked. */
  public Optional<byte[]> entry() {
    return extra == null ? Optional.empty() : Optional.of(extra.clone());
  }

  public long index() {
    return index;
  }

  public List<Hash> path() {
    return path;
  }

  public SignedNote checkpoint() {
    return checkpoint;
  }

  private static FormatException malformed(String detail) {
    return new FormatException(PROOF_MALFORMED, detail);
  }
}
