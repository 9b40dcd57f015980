package jp.sekisho.server.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.bundle.BundleWriter;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.audit.names.SealedNames;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.TamperedException;

/**
 * A log up to its newest checkpoint, for taking away: as the bundle for offline verification or
 * entry by entry. Whoever reads it to its end has the entries that were signed, or an exception.
 */
public final class LogBundle {
  private static final int CHUNK = 1000;

  private final Database database;
  private final String log;
  private final long size;
  private final SignedCheckpoint signed;
  private final Optional<SignedNote> minimum;
  private final long first;
  private final Optional<Stamped> stamped;

  /**
   * @param minimum the signed statement of which entries were deleted after their term
   * @param first the first one that was not
   * @param stamped the newest time-stamp over a checkpoint that this one continues
   */
  LogBundle(
      Database database,
      String log,
      SignedCheckpoint signed,
      Optional<SignedNote> minimum,
      long first,
      Optional<Stamped> stamped) {
    this.stamped = stamped;
    this.minimum = minimum;
    this.first = first;
    this.database = database;
    this.log = log;
    this.size = signed.size();
    this.signed = signed;
  }

  /** How many entries it holds. */
  public long size() {
    return size;
  }

  /**
   * Writes the ZIP; the stream is flushed, not closed.
   *
   * @throws IOException when writing fails
   * @throws TamperedException when the entries are not those of the checkpoint; what was written is
   *     not a bundle
   */
  public void writeZip(OutputStream out) throws IOException {
    writeZip(out, Optional.empty());
  }

  /**
   * As the other, with a table of names; the table is for who has the code.
   *
   * @param code used, not closed
   */
  public void writeZip(OutputStream out, NameTable names, SealCode code) throws IOException {
    writeZip(out, Optional.of(SealedNames.seal(names, code, signed.note().text())));
  }

  private void writeZip(OutputStream out, Optional<byte[]> names) throws IOException {
    try {
      BundleWriter.writeZip(
          out,
          signed.note(),
          minimum.map(note -> new BundleWriter.Deleted(note, deleted())),
          new BundleWriter.Beside(names, stamped),
          entries());
    } catch (FormatException e) {
      throw new IOException("the checkpoint of log " + log + " is damaged", e);
    }
  }

  /** The index of the first entry: those before it were deleted after their term. */
  public long first() {
    return first;
  }

  /** The hashes of the deleted entries. */
  private Iterator<Hash> deleted() {
    return Stream.iterate(0L, from -> from < first, from -> from + CHUNK)
        .flatMap(from -> {
          long to = Math.min(first, from + CHUNK);
          return database.read(handle -> LogTables.leaves(handle, log, from, to)).stream();
        })
        .iterator();
  }

  /**
   * The entries' canonical bodies, from {@link #first}.
   *
   * @return throws {@link TamperedException} at its end, unless the entries have the root that was
   *     signed
   */
  public Iterator<byte[]> entries() {
    return new Bodies();
  }

  /** The bodies in order, read in pieces. */
  private final class Bodies implements Iterator<byte[]> {
    Bodies() {
      deleted().forEachRemaining(leaf -> tree = tree.append(leaf));
    }

    private Iterator<LogTables.Integrated> chunk = Collections.emptyIterator();
    private Frontier tree = Frontier.empty();

    @Override
    public boolean hasNext() {
      if (!chunk.hasNext() && tree.size() < size) {
        long from = tree.size();
        long to = Math.min(size, from + CHUNK);
        chunk = database.read(handle -> LogTables.range(handle, log, from, to)).iterator();
      }
      boolean more = chunk.hasNext();
      if (!more && !(tree.size() == size && tree.root().equals(signed.checkpoint().root()))) {
        throw new TamperedException("audit_entry", log);
      }
      return more;
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      byte[] body = chunk.next().body();
      tree = tree.append(Rfc6962.leaf(body));
      return body;
    }
  }
}
