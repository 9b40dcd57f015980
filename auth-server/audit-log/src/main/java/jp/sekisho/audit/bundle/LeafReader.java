package jp.sekisho.audit.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import jp.sekisho.audit.tile.EntryBundle;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import org.jspecify.annotations.Nullable;

/** Leaf hashes of the lines of {@code entries.jsonl}, in order, in constant memory. */
final class LeafReader {
  /** Stands for a line no entry can be: too long, or not ended. No leaf has the hash of a node. */
  static final Hash NOT_AN_ENTRY = Rfc6962.node(Rfc6962.EMPTY_ROOT, Rfc6962.EMPTY_ROOT);

  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private int at;
  private int end;

  LeafReader(InputStream in) {
    this.in = in;
  }

  /** Returns the next leaf hash or {@link #NOT_AN_ENTRY}; null when there are no more lines. */
  @Nullable Hash next() throws IOException {
    byte[] line = new byte[256];
    int length = 0;
    for (int b = read(); b != '\n'; b = read()) {
      if (b < 0) {
        return length == 0 ? null : NOT_AN_ENTRY;
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, 2 * length);
      }
      line[length++] = (byte) b;
      if (length > EntryBundle.MAX_ENTRY_BYTES) {
        skipLine();
        return NOT_AN_ENTRY;
      }
    }
    return Rfc6962.leaf(Arrays.copyOf(line, length));
  }

  private void skipLine() throws IOException {
    int b = read();
    while (b >= 0 && b != '\n') {
      b = read();
    }
  }

  private int read() throws IOException {
    if (at == end) {
      end = Math.max(0, in.read(buffer));
      at = 0;
    }
    return at == end ? -1 : Byte.toUnsignedInt(buffer[at++]);
  }
}
