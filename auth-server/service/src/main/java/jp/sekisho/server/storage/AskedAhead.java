package jp.sekisho.server.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What a unit was going to ask anyway, asked in one round trip; on PostgreSQL, where the way there
 * and back takes longer than the answer. The answers are those of the unit's own snapshot, and are
 * let go before anything is changed in it: whoever asks then, asks the database. A unit has one
 * connection only, so it does not matter by which handle they are asked. One thread's.
 */
final class AskedAhead {
  private final PreparedStatement statement;
  private final Map<Look, ResultSet> answers;

  private AskedAhead(PreparedStatement statement, Map<Look, ResultSet> answers) {
    this.statement = statement;
    this.answers = answers;
  }

  static AskedAhead of(Handle handle, List<Look> looks) throws SQLException {
    String sql = looks.stream().map(Look::sql).collect(Collectors.joining("; "));
    PreparedStatement statement =
        handle
            .getConnection()
            .prepareStatement(sql, ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
    try {
      int place = 1;
      for (Look look : looks) {
        place = Sql.bind(statement, place, look.values());
      }
      Map<Look, ResultSet> answers = HashMap.newHashMap(looks.size());
      boolean rows = statement.execute();
      for (Look look : looks) {
        ResultSet answer = rows ? statement.getResultSet() : null;
        if (answer == null) {
          throw new SQLException("a question without an answer");
        }
        answers.put(look, answer);
        rows = statement.getMoreResults(Statement.KEEP_CURRENT_RESULT);
      }
      return new AskedAhead(statement, answers);
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /** The answer, before its first row; null when that was not asked. Not to be closed. */
  @Nullable ResultSet answer(Look look) throws SQLException {
    ResultSet answer = answers.get(look);
    if (answer != null) {
      answer.beforeFirst();
    }
    return answer;
  }

  void close() {
    try {
      statement.close();
    } catch (SQLException e) {
      // Its answers are gone, whatever the driver says of it.
    }
  }
}
