package jp.sekisho.server.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Sql;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table {@code web_session}; nobody else writes it. */
final class SessionRepository {
  static final String TABLE = "web_session";

  // Not by a range of texts: what is greater than what depends on a database's collation.
  private static final String KEPT_BY = "substr(relying, 1, length(:keeper)) = :keeper";

  /** Where other cookies than the first stand. */
  private static final List<String> RENEWED = List.of("secret_hash", "replaced_hash");

  private final RowSeal seal;

  SessionRepository(RowSeal seal) {
    this.seal = seal;
  }

  /** What is found under a hash. */
  sealed interface Found {
    /** No row. */
    record Absent() implements Found {}

    /** A row that carries its seal. */
    record Sound(Session session) implements Found {}

    /**
     * A row that was edited, written by somebody else, or put back as it was earlier; nothing in it
     * is believed.
     */
    record Tampered(String name) implements Found {}
  }

  Found find(Handle handle, byte[] tokenHash) {
    return Sql.<Found>first(
            handle,
            "select * from web_session where token_hash = ?",
            row -> read(handle, row),
            tokenHash)
        .orElseGet(Found.Absent::new);
  }

  /** The session that has or had this cookie: the valid one, the one before, or the first. */
  Found ofCookie(Handle handle, byte[] hash) {
    Found found = find(handle, hash);
    for (String column : RENEWED) {
      if (found instanceof Found.Absent) {
        found =
            Sql.<Found>first(
                    handle,
                    "select * from web_session where " + column + " = ?",
                    row -> read(handle, row),
                    hash)
                .orElse(found);
      }
    }
    return found;
  }

  /** Sessions of a terminal that are not ended, as far as the rows can be believed or not. */
  List<Found> openOfTerminal(Handle handle, String terminal) {
    return Sql.list(handle, look(terminal), row -> read(handle, row));
  }

  /** What {@link #openOfTerminal} asks. */
  static Look look(String terminal) {
    return new Look("select * from web_session where terminal = ? and state <> 'ended'", terminal);
  }

  /** As {@link #openOfTerminal}, of a person. */
  List<Found> openOfPerson(Handle handle, String person) {
    return handle
        .createQuery("select * from web_session where person = :key and state <> 'ended'")
        .bind("key", person)
        .map((row, context) -> read(handle, row))
        .list();
  }

  /** As {@link #openOfTerminal}, of a 機関. */
  List<Found> openOfOrgan(Handle handle, String organ) {
    return handle
        .createQuery("select * from web_session where organ = :key and state <> 'ended'")
        .bind("key", organ)
        .map((row, context) -> read(handle, row))
        .list();
  }

  /** All that are not ended. */
  List<Found> open(Handle handle) {
    return handle
        .createQuery("select * from web_session where state <> 'ended'")
        .map((row, context) -> read(handle, row))
        .list();
  }

  /**
   * A row of a relying service's realm.
   *
   * @param session the service's id for it as it stands in the row, also in one that fails its seal
   */
  record Kept(Found found, String session) {}

  /**
   * The rows of a relying service's realm that are open or changed at {@code after} or later,
   * oldest change first.
   */
  List<Kept> keptSince(Handle handle, String service, String realm, long after) {
    String keeper = service + " " + realm + " ";
    return handle
        .createQuery(
            "select * from web_session where "
                + KEPT_BY
                + " and (state <> 'ended' or changed >= :after) order by changed")
        .bind("keeper", keeper)
        .bind("after", after)
        .map((row, context) ->
            new Kept(read(handle, row), row.getString("relying").substring(keeper.length())))
        .list();
  }

  /** The open sessions that a relying service keeps under this id. */
  List<Found> openAs(Handle handle, Relying relying) {
    return handle
        .createQuery("select * from web_session where state <> 'ended' and relying = :relying")
        .bind("relying", relying.text())
        .map((row, context) -> read(handle, row))
        .list();
  }

  /** The open sessions of a relying service. */
  List<Found> openOfService(Handle handle, String service) {
    return handle
        .createQuery("select * from web_session where state <> 'ended' and " + KEPT_BY)
        .bind("keeper", service + " ")
        .map((row, context) -> read(handle, row))
        .list();
  }

  void insert(Change change, EntryReceipt entry, Session session) {
    int _ =
        Sql.execute(
            change.handle(),
            "insert into web_session (token_hash, person, organ, post, terminal, boot,"
                + " transaction_id, assurance, state, cause, created, resumed, changed,"
                + " absolute_end, source, authenticator, relying, entry_id, mac)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            session.tokenHash(),
            session.person(),
            session.organ(),
            session.post(),
            session.terminal(),
            session.boot(),
            session.transaction(),
            session.assurance(),
            session.state().text(),
            cause(session),
            session.created().toEpochMilli(),
            session.resumed().toEpochMilli(),
            session.changed().toEpochMilli(),
            session.absoluteEnd().toEpochMilli(),
            session.source(),
            session.authenticator(),
            relying(session),
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, session.tokenHash(), columns(session)));
  }

  /** Writes what can change in a session's life, under a new seal. */
  void update(Change change, EntryReceipt entry, Session session) {
    Session.Secret secret = session.secret();
    int updated =
        Sql.execute(
            change.handle(),
            "update web_session set boot = ?, transaction_id = ?, assurance = ?, state = ?, cause = ?,"
                + " resumed = ?, changed = ?, authenticator = ?, secret_hash = ?, replaced_hash = ?,"
                + " renewed = ?, entry_id = ?, mac = ? where token_hash = ?",
            session.boot(),
            session.transaction(),
            session.assurance(),
            session.state().text(),
            cause(session),
            session.resumed().toEpochMilli(),
            session.changed().toEpochMilli(),
            session.authenticator(),
            secret == null ? null : secret.hash(),
            secret == null ? null : secret.replaced(),
            secret == null ? null : secret.since().toEpochMilli(),
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, session.tokenHash(), columns(session)),
            session.tokenHash());
    if (updated != 1) {
      throw new IllegalStateException("the session's row is gone");
    }
  }

  /** Writes the post that was chosen, under a new seal. */
  void choose(Change change, EntryReceipt entry, Session session) {
    int updated =
        change
            .handle()
            .execute(
                "update web_session set post = ?, entry_id = ?, mac = ? where token_hash = ?",
                session.post(),
                entry.entryId(),
                seal.sealNewest(change, entry, TABLE, session.tokenHash(), columns(session)),
                session.tokenHash());
    if (updated != 1) {
      throw new IllegalStateException("the session's row is gone");
    }
  }

  /**
   * Removes sessions that ended before {@code limit}: a unit with an entry of its own calls this.
   */
  void forgetEnded(Change change, Instant limit) {
    int _ =
        Sql.execute(
            change.handle(),
            "delete from web_session where state = 'ended' and changed < ?",
            limit.toEpochMilli());
  }

  private Found read(Handle handle, ResultSet row) throws SQLException {
    byte[] hash = row.getBytes("token_hash");
    Session session;
    try {
      String cause = row.getString("cause");
      String relying = row.getString("relying");
      session =
          new Session(
              hash,
              row.getString("person"),
              row.getString("organ"),
              row.getString("post"),
              row.getString("terminal"),
              row.getString("boot"),
              row.getString("transaction_id"),
              row.getString("assurance"),
              Session.State.parse(row.getString("state")),
              cause == null ? null : Cause.parse(cause),
              Instant.ofEpochMilli(row.getLong("created")),
              Instant.ofEpochMilli(row.getLong("resumed")),
              Instant.ofEpochMilli(row.getLong("changed")),
              Instant.ofEpochMilli(row.getLong("absolute_end")),
              row.getString("source"),
              row.getString("authenticator"),
              relying == null ? null : Relying.parse(relying),
              secret(row));
    } catch (IllegalArgumentException e) {
      return new Found.Tampered(Session.nameOf(hash)); // no such state, cause or place
    }
    return seal.verifyNewest(
            handle, row.getBytes("mac"), TABLE, hash, row.getBytes("entry_id"), columns(session))
        ? new Found.Sound(session)
        : new Found.Tampered(session.name());
  }

  private static Session.@Nullable Secret secret(ResultSet row) throws SQLException {
    byte[] hash = row.getBytes("secret_hash");
    byte[] replaced = row.getBytes("replaced_hash");
    long since = row.getLong("renewed");
    if (hash == null && replaced == null && row.wasNull()) {
      return null;
    }
    if (hash == null || replaced == null) {
      throw new IllegalArgumentException("half a secret");
    }
    return new Session.Secret(hash, replaced, Instant.ofEpochMilli(since));
  }

  /**
   * A row from before sessions had a source, an authenticator, a relying service or another cookie
   * than the first is sealed without them, as is one that has none; what stands before one that is
   * there is sealed even where null.
   */
  private static @Nullable Object[] columns(Session session) {
    Session.Secret secret = session.secret();
    @Nullable Object[] columns = {
      session.tokenHash(),
      session.person(),
      session.organ(),
      session.post(),
      session.terminal(),
      session.boot(),
      session.transaction(),
      session.assurance(),
      session.state().text(),
      cause(session),
      session.created(),
      session.resumed(),
      session.changed(),
      session.absoluteEnd(),
      session.source(),
      session.authenticator(),
      relying(session),
      secret == null ? null : secret.hash(),
      secret == null ? null : secret.replaced(),
      secret == null ? null : secret.since()
    };
    int said = columns.length;
    while (said > columns.length - 6 && columns[said - 1] == null) {
      said--;
    }
    return Arrays.copyOf(columns, said);
  }

  private static @Nullable String relying(Session session) {
    Relying relying = session.relying();
    return relying == null ? null : relying.text();
  }

  private static @Nullable String cause(Session session) {
    Cause cause = session.cause();
    return cause == null ? null : cause.text();
  }
}
