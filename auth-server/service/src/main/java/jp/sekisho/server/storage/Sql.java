package jp.sekisho.server.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;

/**
 * Statements that every login runs, in plain JDBC: what JDBI does around a statement costs more
 * than most of them. Values are texts, {@code Long}, {@code Integer}, {@code byte[]} or null; they
 * stand for the question marks in their order. Fails as JDBI does.
 */
public final class Sql {
  private Sql() {}

  /** Reads the row on which the result stands. */
  @FunctionalInterface
  public interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * Asks in one round trip what the rest of this unit asks one after another; where a round trip
   * costs nothing, nothing. Each answer counts until something is changed by this unit.
   */
  public static void ahead(Handle handle, Supplier<List<Look>> looks) {
    try {
      if (handle.getConnection().isWrapperFor(PgConnection.class)) {
        UnitScope.keep(AskedAhead.of(handle, looks.get()));
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** The first row, if there is one. */
  public static <T> Optional<T> first(Handle handle, Look look, RowReader<T> reader) {
    AskedAhead ahead = UnitScope.ahead();
    if (ahead != null) {
      try {
        ResultSet row = ahead.answer(look);
        if (row != null) {
          return row.next() ? Optional.of(reader.read(row)) : Optional.empty();
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    }
    return first(handle, look.sql(), reader, look.values());
  }

  /** All rows. */
  public static <T> List<T> list(Handle handle, Look look, RowReader<T> reader) {
    AskedAhead ahead = UnitScope.ahead();
    if (ahead != null) {
      try {
        ResultSet row = ahead.answer(look);
        if (row != null) {
          return all(row, reader);
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    }
    return list(handle, look.sql(), reader, look.values());
  }

  /** The first row, if there is one. */
  public static <T> Optional<T> first(
      Handle handle, String sql, RowReader<T> reader, @Nullable Object... values) {
    try (PreparedStatement query = prepare(handle, sql, values);
        ResultSet row = query.executeQuery()) {
      return row.next() ? Optional.of(reader.read(row)) : Optional.empty();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** All rows. */
  public static <T> List<T> list(
      Handle handle, String sql, RowReader<T> reader, @Nullable Object... values) {
    try (PreparedStatement query = prepare(handle, sql, values);
        ResultSet row = query.executeQuery()) {
      return all(row, reader);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static <T> List<T> all(ResultSet row, RowReader<T> reader) throws SQLException {
    List<T> rows = new ArrayList<>();
    while (row.next()) {
      rows.add(reader.read(row));
    }
    return rows;
  }

  /** Changes rows; how many. */
  public static int execute(Handle handle, String sql, @Nullable Object... values) {
    UnitScope.keep(null);
    try (PreparedStatement update = prepare(handle, sql, values)) {
      return update.executeUpdate();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static PreparedStatement prepare(Handle handle, String sql, @Nullable Object[] values)
      throws SQLException {
    PreparedStatement statement = handle.getConnection().prepareStatement(sql);
    try {
      int _ = bind(statement, 1, values);
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /** Binds the values from {@code place} on; the place behind them. */
  static int bind(PreparedStatement statement, int place, @Nullable Object[] values)
      throws SQLException {
    int next = place;
    for (Object value : values) {
      bind(statement, next++, value);
    }
    return next;
  }

  private static void bind(PreparedStatement statement, int place, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setObject(place, null);
      case String text -> statement.setString(place, text);
      case Long number -> statement.setLong(place, number);
      case Integer number -> statement.setInt(place, number);
      case byte[] bytes -> statement.setBytes(place, bytes);
      default ->
          throw new IllegalArgumentException(
              "no column holds a " + value.getClass().getSimpleName());
    }
  }

  private static UnableToExecuteStatementException failed(SQLException e) {
    return new UnableToExecuteStatementException("a statement failed", e, null);
  }
}
