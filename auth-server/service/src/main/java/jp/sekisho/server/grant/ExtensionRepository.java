package jp.sekisho.server.grant;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.grant.Extension.Approval;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table {@code export_extension}; nobody else writes it. Thread-safe. */
final class ExtensionRepository {
  private static final String TABLE = "export_extension";

  private final RowSeal seal;

  ExtensionRepository(RowSeal seal) {
    this.seal = seal;
  }

  /**
   * Those asked for a grant, oldest first.
   *
   * @throws TamperedException when one was edited or put back
   */
  List<Extension> of(Handle handle, String grant) {
    return handle
        .createQuery(
            "select id, grant_id, text, state, asked, asked_by, decided, decided_by,"
                + " transaction_id, statement, signature, spki, entry_id, mac"
                + " from export_extension where grant_id = :grant order by asked, id")
        .bind("grant", grant)
        .map((row, _) -> read(handle, row))
        .list();
  }

  void insert(Change change, EntryReceipt entry, Extension extension) {
    change
        .handle()
        .execute(
            "insert into export_extension (id, grant_id, text, state, asked, asked_by, entry_id,"
                + " mac) values (?, ?, ?, ?, ?, ?, ?, ?)",
            extension.id(),
            extension.grant(),
            extension.text().bytes(),
            extension.state().text(),
            extension.asked().toEpochMilli(),
            extension.askedBy(),
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, key(extension), columns(extension)));
  }

  void update(Change change, EntryReceipt entry, Extension extension) {
    Instant decided = extension.decided();
    Approval approval = extension.approval();
    int updated =
        change
            .handle()
            .execute(
                "update export_extension set state = ?, decided = ?, decided_by = ?,"
                    + " transaction_id = ?, statement = ?, signature = ?, spki = ?, entry_id = ?,"
                    + " mac = ? where id = ?",
                extension.state().text(),
                decided == null ? null : decided.toEpochMilli(),
                extension.decidedBy(),
                approval == null ? null : approval.transaction(),
                approval == null ? null : approval.statement(),
                approval == null ? null : approval.signature(),
                approval == null ? null : approval.spki(),
                entry.entryId(),
                seal.sealNewest(change, entry, TABLE, key(extension), columns(extension)),
                extension.id());
    if (updated != 1) {
      throw new IllegalStateException("the row of an extension is gone");
    }
  }

  private Extension read(Handle handle, ResultSet row) throws SQLException {
    String id = row.getString("id");
    String transaction = row.getString("transaction_id");
    long decided = row.getLong("decided");
    boolean isDecided = !row.wasNull();
    Extension extension;
    try {
      extension =
          new Extension(
              id,
              ExportGrant.parse(row.getBytes("text")),
              Extension.State.parse(row.getString("state")),
              Instant.ofEpochMilli(row.getLong("asked")),
              row.getString("asked_by"),
              isDecided ? Instant.ofEpochMilli(decided) : null,
              row.getString("decided_by"),
              transaction == null
                  ? null
                  : new Approval(
                      transaction,
                      row.getBytes("statement"),
                      row.getBytes("signature"),
                      row.getBytes("spki")));
    } catch (MalformedException | IllegalArgumentException e) {
      throw new TamperedException(TABLE, id);
    }
    boolean sound =
        extension.grant().equals(row.getString("grant_id"))
            && (extension.state() == Extension.State.APPROVED) == (extension.approval() != null)
            && seal.verifyNewest(
                handle,
                row.getBytes("mac"),
                TABLE,
                key(extension),
                row.getBytes("entry_id"),
                columns(extension));
    if (!sound) {
      throw new TamperedException(TABLE, id);
    }
    return extension;
  }

  private static byte[] key(Extension extension) {
    return extension.id().getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object[] columns(Extension extension) {
    Approval approval = extension.approval();
    return new @Nullable Object[] {
      extension.id(),
      extension.text().bytes(),
      extension.state().text(),
      extension.asked(),
      extension.askedBy(),
      extension.decided(),
      extension.decidedBy(),
      approval == null ? null : approval.transaction(),
      approval == null ? null : approval.statement(),
      approval == null ? null : approval.signature(),
      approval == null ? null : approval.spki()
    };
  }
}
