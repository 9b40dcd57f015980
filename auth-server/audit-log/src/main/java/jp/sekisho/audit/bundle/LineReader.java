package jp.sekisho.audit.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import jp.sekisho.audit.copy.EntryReader;
import jp.sekisho.audit.copy.Slot;
import jp.sekisho.audit.tile.EntryBundle;

/**
 * The lines of {@code entries.jsonl}, in order, in constant memory. They begin behind the entries
 * that were deleted after their term.
 */
final class LineReader implements EntryReader {
  private final InputStream in;
  private final byte[] buffer = new byte[128 * 1024];
  private long deleted;
  private int at;
  private int end;

  /**
   * @param deleted how many entries come before the first line
   */
  LineReader(long deleted, InputStream in) {
    this.deleted = deleted;
    this.in = in;
  }

  /** Returns the next line; damaged if it is too long or not ended. */
  @Override
  public Slot next() throws IOException {
    if (deleted > 0) {
      deleted--;
      return Slot.Gap.ABSENT;
    }
    byte[] begun = {};
    while (true) {
      if (at == end && !fill()) {
        return begun.length == 0 ? Slot.Gap.END : Slot.Gap.DAMAGED;
      }
      int newline = newline();
      int upTo = newline < 0 ? end : newline;
      int length = begun.length + upTo - at;
      if (length > EntryBundle.MAX_ENTRY_BYTES) {
        skipLine();
        return Slot.Gap.DAMAGED;
      }
      byte[] line = Arrays.copyOf(begun, length);
      System.arraycopy(buffer, at, line, begun.length, upTo - at);
      at = upTo;
      if (newline >= 0) {
        at++;
        return new Slot.Entry(line);
      }
      begun = line;
    }
  }

  private int newline() {
    for (int i = at; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void skipLine() throws IOException {
    while (at < end || fill()) {
      if (buffer[at++] == '\n') {
        return;
      }
    }
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
