package jp.sekisho.server.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.core.DB;
import org.sqlite.jdbc4.JDBC4Connection;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * A connection to SQLite that keeps the statements it compiled: every login runs the same two
 * dozen, and compiling one costs more than running it. A statement that is closed is reset, loses
 * what was bound and waits for the next who asks for the same text; whoever asks while it is lent
 * gets one of their own. Used by one thread at a time, as every connection.
 */
final class SqliteConnection extends JDBC4Connection {
  /** Statements that wait; some kilobytes each. */
  static final int MOST = 128;

  private static final String PREFIX = "jdbc:sqlite:";

  /** What waits, the one that waits longest first. */
  private final Map<String, Kept> idle = new LinkedHashMap<>();

  private SqliteConnection(String url, Properties settings) throws SQLException {
    super(url, url.substring(PREFIX.length()), settings);
  }

  /** A source of such connections to one file. */
  static SQLiteDataSource source(String file, SQLiteConfig config) {
    SQLiteDataSource source = new Source(config);
    source.setUrl(PREFIX + file);
    return source;
  }

  /**
   * As {@link #source}, for who begins and ends transactions by statements: the driver takes these
   * connections for some that are in one. Otherwise it tries after each statement whether it can
   * begin one, and undoes that, which takes as long as a small statement.
   */
  static SQLiteDataSource sourceOfOwnTransactions(String file, SQLiteConfig config) {
    SQLiteDataSource source = new OwnTransactions(config);
    source.setUrl(PREFIX + file);
    return source;
  }

  private static class Source extends SQLiteDataSource {
    Source(SQLiteConfig config) {
      super(config);
    }

    @Override
    public Connection getConnection() throws SQLException {
      return connect();
    }

    SqliteConnection connect() throws SQLException {
      return new SqliteConnection(getUrl(), getConfig().toProperties());
    }

    @Override
    public SQLiteConnection getConnection(String user, String password) {
      throw new UnsupportedOperationException("SQLite knows no users");
    }
  }

  private static final class OwnTransactions extends Source {
    OwnTransactions(SQLiteConfig config) {
      super(config);
    }

    @Override
    public Connection getConnection() throws SQLException {
      SqliteConnection connection = connect();
      connection.getConnectionConfig().setAutoCommit(false); // says so, and runs nothing
      return connection;
    }
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    checkOpen();
    checkCursor(type, concurrency, holdability);
    Kept kept = idle.remove(sql);
    if (kept == null) {
      return new Kept(this, sql);
    }
    kept.lent = true;
    return kept;
  }

  /** How many statements wait. */
  int idle() {
    return idle.size();
  }

  private void keep(Kept statement) throws SQLException {
    if (idle.putIfAbsent(statement.text, statement) != null) {
      statement.end(); // another one of the same text came back before
    } else if (idle.size() > MOST) {
      Iterator<Kept> longest = idle.values().iterator();
      Kept oldest = longest.next();
      longest.remove();
      oldest.end();
    }
  }

  /** A statement that comes back. */
  private static final class Kept extends JDBC4PreparedStatement {
    private final SqliteConnection home;
    private final String text;
    private String @Nullable [] columns; // their names: to ask for each takes as long as a row
    private boolean lent = true;

    Kept(SqliteConnection home, String text) throws SQLException {
      super(home, text);
      this.home = home;
      this.text = text;
    }

    @Override
    public ResultSet getResultSet() throws SQLException {
      String[] known = columns;
      if (known != null && known.length == pointer.safeRunInt(DB::column_count)) {
        rs.colsMeta = known;
      }
      ResultSet result = super.getResultSet();
      columns = rs.colsMeta;
      return result;
    }

    @Override
    public void close() throws SQLException {
      if (!lent) {
        return; // it may be somebody else's by now
      }
      if (pointer.isClosed() || home.isClosed()) {
        end(); // the driver ended it after an error, or it went with its connection
        return;
      }
      rs.close();
      int _ = pointer.safeRunInt(DB::reset); // says again how the last run failed
      // All values are bound anew at each run, those that nobody gave as null. To clear them below
      // as well would have SQLite compile each statement with an ORDER BY again: its plan might
      // depend on them.
      clearBatch();
      clearWarnings();
      lent = false;
      home.keep(this);
    }

    @Override
    public boolean isClosed() {
      return !lent || super.isClosed();
    }

    private void end() throws SQLException {
      lent = false;
      super.close();
    }
  }
}
