package jp.sekisho.server.storage;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.Optional;
import java.util.function.Predicate;
import jp.sekisho.protocol.MalformedException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows are named by the text in {@code id}, each sealed and compared with the log
 * whenever it is read ({@link RowSeal#sealNewest}): of a row that was edited or put back nothing is
 * believed. The one repository that writes the table says what its rows are. Thread-safe.
 */
public final class SealedTable<T> {
  private final RowSeal seal;
  private final String name;
  private final Shape<T> shape;

  /** What a row is. */
  public interface Shape<T> {
    /**
     * The row as the database has it, before its seal was looked at. A row that cannot be read, by
     * any of these exceptions but the first, was edited.
     */
    T read(ResultSet row)
        throws SQLException, MalformedException, DateTimeException, IllegalArgumentException;

    /** Its id. */
    String id(T row);

    /** Every column under the seal, in an order that never changes. */
    @Nullable Object[] columns(T row);
  }

  /**
   * @param name the table's, as a seal and the log have it
   */
  public SealedTable(RowSeal seal, String name, Shape<T> shape) {
    this.seal = seal;
    this.name = name;
    this.shape = shape;
  }

  /** All columns of the rows for which {@code rest} holds, in its order. */
  public Query select(Handle handle, String rest) {
    return handle.createQuery("select * from " + name + " " + rest);
  }

  /**
   * The row of an id.
   *
   * @throws TamperedException when its row was edited or put back; let it pass
   */
  public Optional<T> find(Handle handle, String id) {
    return one(handle, select(handle, "where id = :id").bind("id", id));
  }

  /** The first row of a {@link #select}; throws as {@link #find}. */
  public Optional<T> one(Handle handle, Query query) {
    return query.map((row, _) -> read(handle, row)).findFirst();
  }

  /** The rows of a {@link #select}. */
  public SealedRows<T> all(Handle handle, Query query) {
    return SealedRows.of(query, (row, _) -> read(handle, row));
  }

  /** As {@link SealedRows#of(Query, org.jdbi.v3.core.mapper.RowMapper, Predicate)}. */
  public SealedRows<T> all(Handle handle, Query query, Predicate<T> wanted) {
    return SealedRows.of(query, (row, _) -> read(handle, row), wanted);
  }

  /** Whether there is a row of that id, sound or not. */
  public boolean exists(Handle handle, String id) {
    return handle
        .createQuery("select 1 from " + name + " where id = :id")
        .bind("id", id)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** Whether there is no row. */
  public boolean isEmpty(Handle handle) {
    return handle
        .createQuery("select 1 from " + name + " limit 1")
        .mapTo(Integer.class)
        .findOne()
        .isEmpty();
  }

  /** One more than the highest {@code seq}: numbers are one row in the whole installation. */
  public int next(Handle handle) {
    return handle
            .createQuery("select coalesce(max(seq), 0) from " + name)
            .mapTo(Integer.class)
            .one()
        + 1;
  }

  /** The seal of a row that is written with this entry. */
  public byte[] seal(Change change, EntryReceipt entry, T row) {
    return seal.sealNewest(change, entry, name, key(shape.id(row)), shape.columns(row));
  }

  /** An update that was of one row, as it has to be. */
  public void updated(int rows) {
    if (rows != 1) {
      throw new IllegalStateException("a row of " + name + " is gone");
    }
  }

  private T read(Handle handle, ResultSet columns) throws SQLException {
    String id = columns.getString("id");
    T row;
    try {
      row = shape.read(columns);
    } catch (MalformedException | DateTimeException | IllegalArgumentException e) {
      throw new TamperedException(name, id);
    }
    if (!shape.id(row).equals(id)
        || !seal.verifyNewest(
            handle,
            columns.getBytes("mac"),
            name,
            key(id),
            columns.getBytes("entry_id"),
            shape.columns(row))) {
      throw new TamperedException(name, id);
    }
    return row;
  }

  private static byte[] key(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }
}
