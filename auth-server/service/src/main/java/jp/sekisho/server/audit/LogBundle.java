package jp.sekisho.server.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.bundle.BundleWriter;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.server.storage.Database;

/** A log up to its newest checkpoint, ready to be written for offline verification. */
public final class LogBundle {
  private static final int CHUNK = 1000;

  private final Database database;
  private final String log;
  private final long size;
  private final SignedNote checkpoint;

  LogBundle(Database database, LogState state) {
    this.database = database;
    this.log = state.log();
    this.size = state.publishedSize();
    this.checkpoint = state.note();
  }

  /** How many entries it holds. */
  public long size() {
    return size;
  }

  /**
   * Writes the ZIP; the stream is flushed, not closed.
   *
   * @throws IOException when writing fails, or the entries are not those of the checkpoint
   */
  public void writeZip(OutputStream out) throws IOException {
    try {
      BundleWriter.writeZip(out, checkpoint, new Bodies());
    } catch (FormatException e) {
      throw new IOException("the checkpoint of log " + log + " is damaged", e);
    }
  }

  /** The bodies in order, read in pieces. */
  private final class Bodies implements Iterator<byte[]> {
    private Iterator<LogTables.Integrated> chunk = Collections.emptyIterator();
    private long next;

    @Override
    public boolean hasNext() {
      if (!chunk.hasNext() && next < size) {
        long from = next;
        long to = Math.min(size, from + CHUNK);
        chunk = database.read(handle -> LogTables.range(handle, log, from, to)).iterator();
      }
      return chunk.hasNext();
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      next++;
      return chunk.next().body();
    }
  }
}
