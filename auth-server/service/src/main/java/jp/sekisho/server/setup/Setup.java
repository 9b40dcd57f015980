package jp.sekisho.server.setup;

import java.io.IOException;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SetupEvent;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Whether the first start is still open, its one-time code and the browser that entered it: one
 * sealed row of the table {@code setup} and the file {@code keys/setup} beside the database.
 *
 * <p>There is one way only, open → finished. Finished counts as soon as either of the two says so;
 * open needs both. Thread-safe.
 */
public final class Setup {
  /** How long a code may be entered. */
  public static final Duration CODE_LIFE = Duration.ofMinutes(30);

  /** How long the browser that entered it may go on. */
  public static final Duration SESSION_LIFE = Duration.ofHours(1);

  private static final String TABLE = "setup";
  private static final String ROW = "1";

  private final Transactions transactions;
  private final RowSeal seal;
  private final SetupMark mark;
  private volatile boolean finished;

  private Setup(Transactions transactions, RowSeal seal, SetupMark mark) {
    this.transactions = transactions;
    this.seal = seal;
    this.mark = mark;
  }

  /** That of an installation; also for a console command, which has no context. */
  public static Setup of(Installation installation) {
    return new Setup(
        installation.transactions(),
        installation.seal(),
        new SetupMark(installation.directory().setup()));
  }

  static Setup of(Transactions transactions, RowSeal seal, SetupMark mark) {
    return new Setup(transactions, seal, mark);
  }

  /**
   * The row. Hashes are of 32 bytes, both parts of a pair present or absent together.
   *
   * @param finished whether it is over
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed; equality is not asked for
  private record Row(
      boolean finished,
      byte @Nullable [] codeHash,
      @Nullable Instant codeExpires,
      byte @Nullable [] sessionHash,
      @Nullable Instant sessionExpires) {
    static final Row OPEN = new Row(false, null, null, null, null);

    Row withCode(byte[] hash, Instant expires) {
      return new Row(false, hash, expires, sessionHash, sessionExpires);
    }

    @Nullable Object[] columns() {
      return new @Nullable Object[] {state(), codeHash, codeExpires, sessionHash, sessionExpires};
    }

    String state() {
      return finished ? "finished" : "open";
    }
  }

  /** Demands a first start of a new installation, before anything is in its database. */
  public static void demand(DataDirectory directory) throws IOException {
    new SetupMark(directory.setup()).open();
  }

  /** Opens the first start of a new installation, in the unit that makes it. */
  public SetupCode begin(Change change) {
    return code(change, Row.OPEN);
  }

  /**
   * A new code in place of any earlier one; empty once the first start is finished. Who entered an
   * earlier one goes on until that hour is over.
   */
  public Optional<SetupCode> newCode() {
    return transactions.<Optional<SetupCode>, RuntimeException>write(change -> {
      Optional<Row> open = open(change.handle());
      if (open.isEmpty()) {
        change.unchanged();
        return Optional.empty();
      }
      return Optional.of(code(change, open.get()));
    });
  }

  private SetupCode code(Change change, Row row) {
    SetupCode code = SetupCode.random();
    Instant expires = change.now().plus(CODE_LIFE);
    EntryReceipt entry =
        change.record(Entry.Subject.NONE, new SetupEvent.CodeMade(expires.toString()));
    save(change.handle(), entry, row.withCode(code.hash(), expires));
    return code;
  }

  /**
   * Whether the first start is open.
   *
   * @throws TamperedException when its row fails the MAC, or is gone; let it pass
   */
  public boolean isOpen(Handle handle) {
    return !finished && open(handle).isPresent();
  }

  /** As {@link #isOpen(Handle)}, in a reading of its own. */
  public boolean isOpen() {
    return !finished && transactions.read(this::isOpen);
  }

  /** At the start of the service: a crash may have come between the finishing unit and the file. */
  public void settle() {
    boolean over =
        mark.read() == SetupMark.Says.OPEN
            && transactions.read(handle -> find(handle).filter(Row::finished)).isPresent();
    if (over) {
      finished();
    }
  }

  private Optional<Row> open(Handle handle) {
    if (finished) {
      return Optional.empty();
    }
    if (mark.read() != SetupMark.Says.OPEN) {
      finished = true;
      return Optional.empty();
    }
    Row row = find(handle).orElseThrow(() -> new TamperedException(TABLE, ROW));
    // Remembered only by finished(): what a unit sees may be of one before it that fails to commit.
    return row.finished() ? Optional.empty() : Optional.of(row);
  }

  /** What became of a code that was entered. */
  public sealed interface Entered {
    /** It is used up; the browser goes on with this secret. */
    record Accepted(Token secret) implements Entered {}

    /** {@code SETUP_CODE}, or {@code NOT_FOUND} once it is finished. */
    record Refused(Refusal reason) implements Entered {}
  }

  /** Uses a code up. Refusals have nobody to name: the caller counts them by source. */
  public Entered enter(SetupCode code) {
    Token secret = Token.random();
    return transactions.<Entered, RuntimeException>write(change -> {
      Optional<Row> open = open(change.handle());
      if (open.isEmpty() || !isCode(open.get(), code, change.now())) {
        change.unchanged();
        return new Entered.Refused(open.isEmpty() ? Refusal.NOT_FOUND : Refusal.SETUP_CODE);
      }
      EntryReceipt entry = change.record(Entry.Subject.NONE, new SetupEvent.Opened());
      save(
          change.handle(),
          entry,
          new Row(false, null, null, secret.hash(), change.now().plus(SESSION_LIFE)));
      return new Entered.Accepted(secret);
    });
  }

  private static boolean isCode(Row row, SetupCode code, Instant now) {
    return row.codeHash() != null
        && row.codeExpires() != null
        && now.isBefore(row.codeExpires())
        && MessageDigest.isEqual(row.codeHash(), code.hash());
  }

  /** Whether this is the secret of the browser that entered the newest code, within its hour. */
  public boolean isHolder(Handle handle, Token secret, Instant now) {
    return open(handle)
        .filter(row ->
            row.sessionHash() != null
                && row.sessionExpires() != null
                && now.isBefore(row.sessionExpires())
                && secret.matches(row.sessionHash()))
        .isPresent();
  }

  /**
   * Finishes it, in the unit that found nothing missing; {@link #finished()} follows its commit.
   */
  void finish(Change change, Entry.Subject by) {
    EntryReceipt entry = change.record(by, new SetupEvent.Finished());
    save(change.handle(), entry, new Row(true, null, null, null, null));
  }

  /** Says so beside the database too, after the unit is durable. */
  void finished() {
    mark.finish();
    finished = true;
  }

  /** A refusal within the first start; in the unit that found it. */
  static Refusal refuse(
      Change change, Entry.Subject by, String action, List<String> missing, Refusal reason) {
    EntryReceipt _ = change.record(by, new SetupEvent.Refused(action, missing, reason));
    return reason;
  }

  private Optional<Row> find(Handle handle) {
    return handle
        .createQuery("select * from setup where id = 1")
        .map((row, _) -> read(row))
        .findOne();
  }

  private void save(Handle handle, EntryReceipt entry, Row row) {
    Instant code = row.codeExpires();
    Instant session = row.sessionExpires();
    int _ =
        handle
            .createUpdate(
                """
                insert into setup
                  (id, state, code_hash, code_expires, session_hash, session_expires, entry_id, mac)
                values (1, :state, :code, :codeExpires, :session, :sessionExpires, :entry, :mac)
                on conflict (id) do update set state = excluded.state,
                  code_hash = excluded.code_hash, code_expires = excluded.code_expires,
                  session_hash = excluded.session_hash, session_expires = excluded.session_expires,
                  entry_id = excluded.entry_id, mac = excluded.mac
                """)
            .bind("state", row.state())
            .bind("code", row.codeHash())
            .bind("codeExpires", code == null ? null : code.toEpochMilli())
            .bind("session", row.sessionHash())
            .bind("sessionExpires", session == null ? null : session.toEpochMilli())
            .bind("entry", entry.entryId())
            .bind("mac", seal.seal(TABLE, entry, row.columns()))
            .execute();
  }

  private Row read(ResultSet found) throws SQLException {
    Row row =
        new Row(
            found.getString("state").equals("finished"),
            found.getBytes("code_hash"),
            instant(found, "code_expires"),
            found.getBytes("session_hash"),
            instant(found, "session_expires"));
    if (!seal.verify(found.getBytes("mac"), TABLE, found.getBytes("entry_id"), row.columns())) {
      throw new TamperedException(TABLE, ROW);
    }
    return row;
  }

  private static @Nullable Instant instant(ResultSet found, String column) throws SQLException {
    long millis = found.getLong(column);
    return found.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
