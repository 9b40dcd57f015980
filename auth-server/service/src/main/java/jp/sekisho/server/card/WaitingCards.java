package jp.sekisho.server.card;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Sql;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

/**
 * The table {@code card_waiting}; written by {@link CardRegistry}. A card that waited too long is
 * found no more, and its row goes with the next one that is asked for. Reading throws {@link
 * TamperedException} for a row that fails its seal; let it pass. Thread-safe.
 */
public final class WaitingCards {
  /** Name of the table, in seals and in the log. */
  public static final String TABLE = "card_waiting";

  private final RowSeal seal;

  WaitingCards(RowSeal seal) {
    this.seal = seal;
  }

  /** The card with this key, if it waits for this person. */
  public Optional<WaitingCard> find(Handle handle, String person, byte[] spkiHash, Instant at) {
    return handle
        .createQuery("select * from card_waiting where spki_hash = :hash and person = :person")
        .bind("hash", spkiHash)
        .bind("person", person)
        .map((row, _) -> read(handle, row))
        .findOne()
        .filter(card -> at.isBefore(card.expires()));
  }

  /** Whether a card waits for this person to confirm it. */
  public boolean hasAny(Handle handle, String person, Instant at) {
    return Sql.list(
            handle, "select * from card_waiting where person = ?", row -> read(handle, row), person)
        .stream()
        .anyMatch(card -> at.isBefore(card.expires()));
  }

  /** What waits in a 機関, the oldest first. */
  public List<WaitingCard> ofOrgan(Handle handle, String organ, Instant at) {
    return handle
        .createQuery("select * from card_waiting where organ = :organ order by asked, spki_hash")
        .bind("organ", organ)
        .map((row, _) -> read(handle, row))
        .list()
        .stream()
        .filter(card -> at.isBefore(card.expires()))
        .toList();
  }

  /** Replaces what waited for the same key. */
  void insert(Change change, EntryReceipt entry, WaitingCard card) {
    change
        .handle()
        .execute(
            "delete from card_waiting where spki_hash = ? or asked < ?",
            card.spkiHash(),
            card.asked().minus(WaitingCard.LIFE).toEpochMilli());
    change
        .handle()
        .execute(
            "insert into card_waiting (spki_hash, person, organ, certificate, asked_by, asked,"
                + " entry_id, mac) values (?, ?, ?, ?, ?, ?, ?, ?)",
            card.spkiHash(),
            card.person(),
            card.organ(),
            card.certificate(),
            card.askedBy(),
            card.asked().toEpochMilli(),
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, card.spkiHash(), columns(card)));
  }

  /** Its row is put back in vain: the newest word about it is that it was declined. */
  void decline(Change change, EntryReceipt entry, WaitingCard card) {
    change.wrote(entry, seal.name(TABLE, card.spkiHash()));
    delete(change, card);
  }

  /**
   * Without a word of its own: a row that is put back once its card was registered asks for what
   * there is already.
   */
  void delete(Change change, WaitingCard card) {
    change.handle().execute("delete from card_waiting where spki_hash = ?", card.spkiHash());
  }

  private WaitingCard read(Handle handle, ResultSet row) throws SQLException {
    byte[] hash = row.getBytes("spki_hash");
    WaitingCard card =
        new WaitingCard(
            hash,
            row.getString("person"),
            row.getString("organ"),
            row.getBytes("certificate"),
            row.getString("asked_by"),
            Instant.ofEpochMilli(row.getLong("asked")));
    if (!seal.verifyNewest(
        handle, row.getBytes("mac"), TABLE, hash, row.getBytes("entry_id"), columns(card))) {
      throw new TamperedException(TABLE, Base64Url.encode(hash));
    }
    return card;
  }

  private static Object[] columns(WaitingCard card) {
    return new Object[] {
      card.spkiHash(), card.person(), card.organ(), card.certificate(), card.askedBy(), card.asked()
    };
  }
}
