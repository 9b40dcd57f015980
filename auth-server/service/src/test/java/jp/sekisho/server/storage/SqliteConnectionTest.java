package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.StringJoiner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/** Statements that come back to their connection. */
class SqliteConnectionTest {
  private static final String ALL = "select id from t order by id";
  private static final String ADD = "insert into t (id) values (?)";

  private SqliteConnection connection;

  @BeforeEach
  void open(@TempDir Path directory) throws SQLException {
    connection =
        assertInstanceOf(
            SqliteConnection.class,
            SqliteConnection.source(directory.resolve("a.db").toString(), new SQLiteConfig())
                .getConnection());
    run("create table t (id integer primary key)");
    run("insert into t (id) values (1), (2), (3)");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean _ = statement.execute(sql);
    }
  }

  private int rows() throws SQLException {
    int rows = 0;
    try (PreparedStatement query = connection.prepareStatement(ALL);
        ResultSet found = query.executeQuery()) {
      while (found.next()) {
        rows++;
      }
    }
    return rows;
  }

  @Test
  void aClosedStatementIsLentAgainAndSeesWhatChangedMeanwhile() throws SQLException {
    PreparedStatement first = connection.prepareStatement(ALL);
    first.close();
    assertTrue(first.isClosed());
    assertEquals(3, rows());
    run("insert into t (id) values (4)");
    assertEquals(4, rows());
    assertSame(first, connection.prepareStatement(ALL));
    assertFalse(first.isClosed());
  }

  @Test
  void twoThatAreOpenAtATimeAreTwo() throws SQLException {
    try (PreparedStatement outer = connection.prepareStatement(ALL);
        ResultSet all = outer.executeQuery()) {
      assertTrue(all.next());
      try (PreparedStatement inner = connection.prepareStatement(ALL)) {
        assertNotSame(outer, inner);
        assertEquals(3, rows());
      }
      assertTrue(all.next(), "the outer one goes on where it was");
      assertEquals(2, all.getInt(1));
    }
    assertEquals(1, connection.idle());
  }

  @Test
  void closingTwiceDoesNotLendOneStatementToTwo() throws SQLException {
    PreparedStatement once = connection.prepareStatement(ALL);
    once.close();
    once.close();
    PreparedStatement mine = connection.prepareStatement(ALL);
    PreparedStatement other = connection.prepareStatement(ALL);
    assertNotSame(mine, other);
  }

  @Test
  void aResultThatWasNotReadToItsEndHoldsNoLock() throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(ALL)) {
      assertTrue(query.executeQuery().next()); // left as it is
    }
    run("drop table t");
  }

  @Test
  void whatWasBoundIsGone() throws SQLException {
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      add.setInt(1, 7);
      assertEquals(1, add.executeUpdate());
    }
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      assertEquals(1, add.executeUpdate(), "an unbound key is the next one");
    }
    try (PreparedStatement last = connection.prepareStatement("select max(id) from t");
        ResultSet found = last.executeQuery()) {
      assertTrue(found.next());
      assertEquals(8, found.getInt(1));
    }
  }

  @Test
  void aBatchThatWasNotRunIsForgotten() throws SQLException {
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      add.setInt(1, 7);
      add.addBatch();
    }
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      add.setInt(1, 9);
      add.addBatch();
      assertEquals(1, add.executeBatch().length);
    }
    assertEquals(4, rows());
  }

  @Test
  void oneThatFailedIsNotKeptOrRunsAgain() throws SQLException {
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      add.setInt(1, 1);
      assertThrows(SQLException.class, add::executeUpdate);
    }
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      add.setInt(1, 5);
      assertEquals(1, add.executeUpdate());
    }
    assertEquals(4, rows());
  }

  @Test
  void columnsAreCalledWhatTheyAreCalledNow(@TempDir Path directory) throws SQLException {
    String file = directory.resolve("c.db").toString();
    try (Connection one = SqliteConnection.source(file, new SQLiteConfig()).getConnection();
        Connection other = SqliteConnection.source(file, new SQLiteConfig()).getConnection();
        Statement alter = other.createStatement()) {
      boolean _ = alter.execute("create table t (b text, c text)");
      boolean _ = alter.execute("insert into t (b, c) values ('b', 'c')");
      assertEquals("b c", row(one, "b", "c"));
      assertEquals("b c", row(one, "b", "c"), "as they are known by now");
      boolean _ = alter.execute("create table n (a text, b text, c text)");
      boolean _ = alter.execute("insert into n (a, b, c) select 'a', b, c from t");
      boolean _ = alter.execute("drop table t");
      boolean _ = alter.execute("alter table n rename to t");
      assertEquals("a b c", row(one, "a", "b", "c"));
    }
  }

  private static String row(Connection connection, String... columns) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement("select * from t");
        ResultSet row = query.executeQuery()) {
      assertTrue(row.next());
      StringJoiner values = new StringJoiner(" ");
      for (String column : columns) {
        values.add(row.getString(column));
      }
      return values.toString();
    }
  }

  @Test
  void noMoreAreKeptThanMeant() throws SQLException {
    for (int i = 0; i < SqliteConnection.MOST + 10; i++) {
      connection.prepareStatement("select " + i).close();
    }
    assertEquals(SqliteConnection.MOST, connection.idle());
  }

  @Test
  void whoeverHasTransactionsOfTheirOwnIsTakenForOneInOne(@TempDir Path directory)
      throws SQLException {
    String file = directory.resolve("b.db").toString();
    try (Connection own =
            SqliteConnection.sourceOfOwnTransactions(file, new SQLiteConfig()).getConnection();
        Connection other = SqliteConnection.source(file, new SQLiteConfig()).getConnection();
        Statement statement = own.createStatement();
        Statement look = other.createStatement()) {
      assertFalse(own.getAutoCommit());
      boolean _ = statement.execute("create table t (id integer primary key)");
      boolean _ = statement.execute("BEGIN IMMEDIATE");
      assertEquals(1, statement.executeUpdate("insert into t (id) values (1)"));
      assertEquals(0, count(look), "it did not commit by itself");
      boolean _ = statement.execute("COMMIT");
      assertEquals(1, count(look));
      assertEquals(1, statement.executeUpdate("insert into t (id) values (2)"));
      assertEquals(2, count(look), "and what begins nothing is its own transaction");
    }
  }

  private static int count(Statement look) throws SQLException {
    try (ResultSet found = look.executeQuery("select count(*) from t")) {
      return found.next() ? found.getInt(1) : -1;
    }
  }
}
