package jp.sekisho.server.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.bundle.BundleWriter;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.audit.names.SealedNames;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tile.EntryBundle;
import jp.sekisho.audit.tree.GrowingTree;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.NodeSink;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;

/**
 * A log up to its newest checkpoint, for taking away: as the bundle for offline verification or
 * entry by entry. Whoever reads it to its end has the entries that were signed, or an exception.
 */
public final class LogBundle {
  private static final int CHUNK = 2000;
  private static final NodeSink NOBODY = (level, index, hash) -> {};

  private final Database database;
  private final String log;
  private final long size;
  private final SignedCheckpoint signed;
  private final Optional<SignedNote> minimum;
  private final long first;
  private final LongSupplier firstNow;
  private final BundleWriter.Beside beside;

  /**
   * @param minimum the signed statement of which entries were deleted after their term
   * @param first the first one that was not
   * @param firstNow the same, asked again: entries may be deleted while they are read
   * @param beside the newest time-stamp over a checkpoint that this one continues, and an older one
   *     over what was deleted, as witnesses saw it then
   */
  LogBundle(
      Database database,
      String log,
      SignedCheckpoint signed,
      Optional<SignedNote> minimum,
      long first,
      LongSupplier firstNow,
      BundleWriter.Beside beside) {
    this.beside = beside;
    this.minimum = minimum;
    this.first = first;
    this.firstNow = firstNow;
    this.database = database;
    this.log = log;
    this.size = signed.size();
    this.signed = signed;
  }

  /** How many entries it holds. */
  public long size() {
    return size;
  }

  /** Whether a ZIP can hold it; reads the lengths of all entries where there are many. */
  public boolean fitsZip() {
    return fits(BundleWriter.MAX_ZIP_ENTRIES, BundleWriter.MAX_ZIP_BYTES);
  }

  boolean fits(long entries, long bytes) {
    if (size > entries) {
      return false;
    }
    return (size - first) * (EntryBundle.MAX_ENTRY_BYTES + 1L) <= bytes
        || database.read(handle -> LogTables.lineBytes(handle, log, first, size)) <= bytes;
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
          new BundleWriter.Beside(names, beside.stamped(), beside.aged()),
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
   *     signed; {@link StorageException} where some were deleted after their term meanwhile
   */
  public Iterator<byte[]> entries() {
    return new Bodies();
  }

  /**
   * The bodies in order, read in pieces: the next one on a thread of its own, while whoever asked
   * works on this one.
   */
  private final class Bodies implements Iterator<byte[]> {
    private final GrowingTree tree = new GrowingTree();
    private Iterator<Body> chunk = Collections.emptyIterator();
    private Future<List<Body>> ahead;

    Bodies() {
      deleted().forEachRemaining(leaf -> tree.append(leaf, NOBODY));
      ahead = read(tree.size());
    }

    private Future<List<Body>> read(long from) {
      long to = Math.min(size, from + CHUNK);
      FutureTask<List<Body>> reading =
          new FutureTask<>(() ->
              from >= to
                  ? List.of()
                  : database.read(handle ->
                      LogTables.bodies(handle, log, from, to).stream().map(Body::new).toList()));
      var _ = Thread.ofPlatform().name("log-bundle").daemon(true).start(reading);
      return reading;
    }

    @Override
    public boolean hasNext() {
      if (!chunk.hasNext()) {
        List<Body> found = taken(ahead);
        // Where one is missing, what follows has the wrong place: the root shows it.
        ahead = read(tree.size() + found.size());
        chunk = found.iterator();
      }
      boolean more = chunk.hasNext();
      if (!more && !(tree.size() == size && tree.root().equals(signed.checkpoint().root()))) {
        if (firstNow.getAsLong() != first) {
          throw new StorageException(
              "entries of log " + log + " were deleted after their term meanwhile; try again");
        }
        throw new TamperedException("audit_entry", log);
      }
      return more;
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Body next = chunk.next();
      tree.append(next.leaf(), NOBODY);
      return next.bytes();
    }
  }

  /** An entry on its way out. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Body(byte[] bytes, Hash leaf) {
    Body(byte[] bytes) {
      this(bytes, Rfc6962.leaf(bytes));
    }
  }

  private static <T> T taken(Future<T> reading) {
    try {
      return reading.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException("interrupted while reading the log", e);
    } catch (ExecutionException e) {
      throw new StorageException("the log cannot be read", e);
    }
  }
}
