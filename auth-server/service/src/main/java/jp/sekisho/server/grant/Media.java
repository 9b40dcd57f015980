package jp.sekisho.server.grant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/** The register of media, table {@code medium}; nobody else writes it. Thread-safe. */
public final class Media {
  private static final String TABLE = "medium";

  private final Transactions transactions;
  private final RowSeal seal;

  public Media(Transactions transactions, RowSeal seal) {
    this.transactions = transactions;
    this.seal = seal;
  }

  /** What became of a registration. */
  public sealed interface Outcome {
    /** It is registered. */
    record Registered(Medium medium) implements Outcome {}

    /** INPUT_MALFORMED without an entry; MEDIUM_TAKEN, and the log says so. */
    record Refused(Refusal reason) implements Outcome {}
  }

  /**
   * Registers a medium.
   *
   * @param organ an organ that has a log
   */
  public Outcome register(String id, String organ, String fingerprint) {
    if (!Names.isMedium(id) || !Names.isOrgan(organ) || !isHash(fingerprint)) {
      return new Outcome.Refused(Refusal.INPUT_MALFORMED);
    }
    Entry.Subject subject = new Entry.Subject(organ, null, null, null, null);
    return transactions.<Outcome, RuntimeException>write(change -> {
      if (isTaken(change.handle(), id, fingerprint)) {
        change.record(subject, new GrantEvent.MediumRefused(id, Refusal.MEDIUM_TAKEN));
        return new Outcome.Refused(Refusal.MEDIUM_TAKEN);
      }
      Medium medium = new Medium(id, organ, fingerprint);
      insert(
          change, change.record(subject, new GrantEvent.MediumRegistered(id, fingerprint)), medium);
      return new Outcome.Registered(medium);
    });
  }

  /** The medium called {@code id}, of any organ. */
  Optional<Medium> find(Handle handle, String id) {
    return handle
        .createQuery("select * from medium where id = :id")
        .bind("id", id)
        .map((row, _) -> read(row))
        .findOne();
  }

  /** All media of an organ, by id. */
  List<Medium> ofOrgan(Handle handle, String organ) {
    return handle
        .createQuery("select * from medium where organ = :organ order by id")
        .bind("organ", organ)
        .map((row, _) -> read(row))
        .list();
  }

  private static boolean isHash(String text) {
    try {
      return Base64Url.decode(text, 32).length == 32;
    } catch (MalformedException e) {
      return false;
    }
  }

  private static boolean isTaken(Handle handle, String id, String fingerprint) {
    return handle
        .createQuery("select 1 from medium where id = :id or fingerprint = :fingerprint")
        .bind("id", id)
        .bind("fingerprint", fingerprint)
        .mapTo(Integer.class)
        .findFirst()
        .isPresent();
  }

  private void insert(Change change, EntryReceipt entry, Medium medium) {
    Instant now = change.now();
    change
        .handle()
        .execute(
            "insert into medium (id, organ, fingerprint, registered, entry_id, mac)"
                + " values (?, ?, ?, ?, ?, ?)",
            medium.id(),
            medium.organ(),
            medium.fingerprint(),
            now.toEpochMilli(),
            entry.entryId(),
            seal.seal(TABLE, entry, medium.id(), medium.organ(), medium.fingerprint(), now));
  }

  private Medium read(ResultSet row) throws SQLException {
    Medium medium =
        new Medium(row.getString("id"), row.getString("organ"), row.getString("fingerprint"));
    boolean sound =
        seal.verify(
            row.getBytes("mac"),
            TABLE,
            row.getBytes("entry_id"),
            medium.id(),
            medium.organ(),
            medium.fingerprint(),
            Instant.ofEpochMilli(row.getLong("registered")));
    if (!sound) {
      throw new TamperedException(TABLE, medium.id());
    }
    return medium;
  }
}
