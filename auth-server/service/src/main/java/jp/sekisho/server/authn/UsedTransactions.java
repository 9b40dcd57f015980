package jp.sekisho.server.authn;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.Seldom;
import jp.sekisho.server.storage.Sql;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/**
 * The table {@code login_transaction}: questions that a terminal answered, kept for a day so that a
 * replay is known as one also after a restart, and so that no answer is recorded twice.
 */
final class UsedTransactions {
  private static final Duration KEPT = Duration.ofDays(1);

  /** Base64url of the 6 bytes of time at the beginning of an id. */
  private static final int TIME_CHARACTERS = 8;

  private final Transactions transactions;
  private final Seldom forgetting = new Seldom();

  UsedTransactions(Transactions transactions) {
    this.transactions = transactions;
  }

  boolean holds(String id) {
    return transactions.read(handle -> holds(handle, id));
  }

  boolean holds(Handle handle, String id) {
    return Sql.first(handle, look(id), row -> row.getInt(1)).isPresent();
  }

  /** What {@link #holds} asks. */
  static Look look(String id) {
    return new Look("select 1 from login_transaction where id_hash = ?", hash(id));
  }

  void insert(Change change, EntryReceipt entry, OpenTransaction question, String terminal) {
    long now = change.now().toEpochMilli();
    if (forgetting.isDue(change.now())) {
      int _ =
          Sql.execute(
              change.handle(),
              "delete from login_transaction where answered < ?",
              now - KEPT.toMillis());
    }
    int _ =
        Sql.execute(
            change.handle(),
            "insert into login_transaction (id_hash, purpose, terminal, created, answered,"
                + " entry_id) values (?, ?, ?, ?, ?, ?)",
            hash(question.id()),
            question.purpose().text(),
            terminal,
            question.created().toEpochMilli(),
            now,
            entry.entryId());
  }

  /**
   * What stands for an id: its SHA-256, but first 8 characters of the id itself, which are the time
   * of the question, so that questions of one time stand beside each other in the index.
   */
  private static byte[] hash(String id) {
    byte[] ascii = id.getBytes(StandardCharsets.US_ASCII);
    byte[] hash = Sha256.of(ascii);
    System.arraycopy(ascii, 0, hash, 0, Math.min(TIME_CHARACTERS, ascii.length));
    return hash;
  }
}
