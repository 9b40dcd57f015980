package jp.sekisho.server.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A question to the database: a statement that reads, and what stands for its question marks, of
 * the types that {@link Sql} takes. Two are equal when they ask the same.
 */
public final class Look {
  private final String sql;
  private final @Nullable Object[] values;

  public Look(String sql, @Nullable Object... values) {
    this.sql = sql;
    this.values = values.clone();
  }

  String sql() {
    return sql;
  }

  @Nullable Object[] values() {
    return values.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Look look
        && sql.equals(look.sql)
        && Arrays.deepEquals(values, look.values);
  }

  @Override
  public int hashCode() {
    return 31 * sql.hashCode() + Arrays.deepHashCode(values);
  }

  /** Without the values: they are not for a log. */
  @Override
  public String toString() {
    return "Look[" + sql + "]";
  }
}
