package jp.sekisho.server.card;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.TemporaryEvent;
import jp.sekisho.server.card.TemporaryCard.State;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code temporary_card}; written by {@link TemporaryStock} and {@link CardRegistry}.
 * Reading throws {@link TamperedException} for a row that fails its seal; let it pass. Thread-safe.
 */
public final class TemporaryCards {
  /** Name of the table, in seals and in the log. */
  public static final String TABLE = "temporary_card";

  private final RowSeal seal;

  TemporaryCards(RowSeal seal) {
    this.seal = seal;
  }

  /** What is found under a key. */
  public sealed interface Found {
    /** No temporary card. */
    record Absent() implements Found {}

    /** A row that carries its seal. */
    record Sound(TemporaryCard card) implements Found {}
  }

  /** The card with this key. */
  public Found find(Handle handle, byte[] spkiHash) {
    return handle
        .createQuery("select * from temporary_card where spki_hash = :hash")
        .bind("hash", spkiHash)
        .map((row, _) -> read(handle, row))
        .findOne()
        .<Found>map(Found.Sound::new)
        .orElseGet(Found.Absent::new);
  }

  boolean isKnown(Handle handle, byte[] spkiHash) {
    return find(handle, spkiHash) instanceof Found.Sound;
  }

  /** All cards of an organ that are not retired, by label. */
  public List<TemporaryCard> ofOrgan(Handle handle, String organ) {
    return handle
        .createQuery(
            "select * from temporary_card where organ = :organ and state <> 'retired'"
                + " order by label")
        .bind("organ", organ)
        .map((row, _) -> read(handle, row))
        .list();
  }

  /** Whether any card carries this label. */
  boolean isLabel(Handle handle, String label) {
    return handle
            .createQuery("select count(*) from temporary_card where label = :label")
            .bind("label", label)
            .mapTo(Long.class)
            .one()
        > 0;
  }

  /** The cards that a person has and should give back. */
  public List<TemporaryCard> awayWith(Handle handle, String person) {
    return handle
        .createQuery(
            "select * from temporary_card where person = :person"
                + " and state in ('out', 'stopped')")
        .bind("person", person)
        .map((row, _) -> read(handle, row))
        .list();
  }

  /**
   * Stops what a person has, as part of the suspension of everything of theirs; how many. Their own
   * cards will not be resumed by the return.
   */
  int stop(Change change, Entry.Subject holder, String person) {
    int stopped = 0;
    for (TemporaryCard card : awayWith(change.handle(), person)) {
      if (card.state() == State.OUT) {
        EntryReceipt entry =
            change.record(holder, new TemporaryEvent.Stopped(card.spki(), card.label()));
        update(change, entry, card.in(State.STOPPED));
        stopped++;
      }
    }
    return stopped;
  }

  void insert(Change change, EntryReceipt entry, TemporaryCard card) {
    change
        .handle()
        .execute(
            "insert into temporary_card (spki_hash, label, organ, state, person, attested, handed,"
                + " expires, own, entry_id, mac) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            card.spkiHash(),
            card.label(),
            card.organ(),
            card.state().text(),
            card.person(),
            card.attested(),
            millis(card.handed()),
            millis(card.expires()),
            String.join(" ", card.own()),
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, card.spkiHash(), columns(card)));
  }

  void update(Change change, EntryReceipt entry, TemporaryCard card) {
    int updated =
        change
            .handle()
            .execute(
                "update temporary_card set state = ?, person = ?, attested = ?, handed = ?,"
                    + " expires = ?, own = ?, entry_id = ?, mac = ? where spki_hash = ?",
                card.state().text(),
                card.person(),
                card.attested(),
                millis(card.handed()),
                millis(card.expires()),
                String.join(" ", card.own()),
                entry.entryId(),
                seal.sealNewest(change, entry, TABLE, card.spkiHash(), columns(card)),
                card.spkiHash());
    if (updated != 1) {
      throw new IllegalStateException("the card's row is gone");
    }
  }

  private TemporaryCard read(Handle handle, ResultSet row) throws SQLException {
    byte[] hash = row.getBytes("spki_hash");
    String name = Base64Url.encode(hash);
    TemporaryCard card;
    try {
      String own = row.getString("own");
      card =
          new TemporaryCard(
              hash,
              row.getString("label"),
              row.getString("organ"),
              State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
              row.getString("person"),
              row.getString("attested"),
              instant(row, "handed"),
              instant(row, "expires"),
              own.isEmpty() ? List.of() : List.of(own.split(" ", -1)));
    } catch (IllegalArgumentException e) {
      throw new TamperedException(TABLE, name); // no such state
    }
    if (!seal.verifyNewest(
        handle, row.getBytes("mac"), TABLE, hash, row.getBytes("entry_id"), columns(card))) {
      throw new TamperedException(TABLE, name);
    }
    return card;
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static @Nullable Long millis(@Nullable Instant instant) {
    return instant == null ? null : instant.toEpochMilli();
  }

  private static @Nullable Object[] columns(TemporaryCard card) {
    return new @Nullable Object[] {
      card.spkiHash(),
      card.label(),
      card.organ(),
      card.state().text(),
      card.person(),
      card.attested(),
      card.handed(),
      card.expires(),
      String.join(" ", card.own())
    };
  }
}
