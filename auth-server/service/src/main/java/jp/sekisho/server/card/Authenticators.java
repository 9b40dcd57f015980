package jp.sekisho.server.card;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.Authenticator.State;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Sql;
import org.jdbi.v3.core.Handle;

/** The table {@code authenticator}: read by all, written only by {@link CardRegistry}. */
public final class Authenticators {
  /** Name of the table, in seals and in the log. */
  public static final String TABLE = "authenticator";

  private final RowSeal seal;

  public Authenticators(RowSeal seal) {
    this.seal = seal;
  }

  /** What is found under a key. */
  public sealed interface Found {
    /** A genuine card perhaps, but nobody's here. */
    record Absent() implements Found {}

    /** A row that carries its seal. */
    record Sound(Authenticator authenticator) implements Found {}

    /**
     * A row that was edited, written by somebody else, or put back as it was earlier.
     *
     * @param row its key in base64url
     */
    record Tampered(String row) implements Found {}
  }

  /** The card with this key. */
  public Found find(Handle handle, byte[] spkiHash) {
    return Sql.<Found>first(handle, look(spkiHash), row -> read(handle, row))
        .orElseGet(Found.Absent::new);
  }

  /** What {@link #find} asks. */
  public static Look look(byte[] spkiHash) {
    return new Look("select * from authenticator where spki_hash = ?", spkiHash);
  }

  /** All cards of everybody, in every state, in the order of their keys. */
  public List<Found> all(Handle handle) {
    return handle
        .createQuery("select * from authenticator order by spki_hash")
        .map((row, context) -> read(handle, row))
        .list();
  }

  /** All cards of a person, in every state. */
  public List<Found> ofPerson(Handle handle, String person) {
    return handle
        .createQuery("select * from authenticator where person = :person")
        .bind("person", person)
        .map((row, context) -> read(handle, row))
        .list();
  }

  void insert(Change change, EntryReceipt entry, Authenticator card) {
    change
        .handle()
        .execute(
            "insert into authenticator (spki_hash, person, kind, certificate_hash, assurance,"
                + " state, entry_id, mac) values (?, ?, ?, ?, ?, ?, ?, ?)",
            card.spkiHash(),
            card.person(),
            card.kind().text(),
            card.certificateHash(),
            card.assurance().text(),
            card.state().text(),
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, card.spkiHash(), columns(card)));
  }

  void update(Change change, EntryReceipt entry, Authenticator card) {
    int updated =
        change
            .handle()
            .execute(
                "update authenticator set state = ?, entry_id = ?, mac = ? where spki_hash = ?",
                card.state().text(),
                entry.entryId(),
                seal.sealNewest(change, entry, TABLE, card.spkiHash(), columns(card)),
                card.spkiHash());
    if (updated != 1) {
      throw new IllegalStateException("the card's row is gone");
    }
  }

  /** Writes the hash of a renewed certificate, and what it is worth. */
  void relink(Change change, EntryReceipt entry, Authenticator card) {
    int updated =
        change
            .handle()
            .execute(
                "update authenticator set certificate_hash = ?, assurance = ?, entry_id = ?,"
                    + " mac = ? where spki_hash = ?",
                card.certificateHash(),
                card.assurance().text(),
                entry.entryId(),
                seal.sealNewest(change, entry, TABLE, card.spkiHash(), columns(card)),
                card.spkiHash());
    if (updated != 1) {
      throw new IllegalStateException("the card's row is gone");
    }
  }

  /** The cards of which a login must tell. */
  public CardNews news() {
    return new CardNews(seal);
  }

  /** Further cards that wait for a second word. */
  public WaitingCards waiting() {
    return new WaitingCards(seal);
  }

  /** The temporary cards, which are in a table of their own. */
  public TemporaryCards temporary() {
    return new TemporaryCards(seal);
  }

  private Found read(Handle handle, ResultSet row) throws SQLException {
    byte[] hash = row.getBytes("spki_hash");
    Found tampered = new Found.Tampered(Base64Url.encode(hash));
    Authenticator card;
    try {
      card =
          new Authenticator(
              hash,
              row.getString("person"),
              CardKind.find(row.getString("kind")).orElseThrow(IllegalArgumentException::new),
              row.getBytes("certificate_hash"),
              Assurance.valueOf(row.getString("assurance").toUpperCase(Locale.ROOT)),
              State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      return tampered; // no such kind, assurance or state
    }
    boolean sound =
        seal.verifyNewest(
            handle, row.getBytes("mac"), TABLE, hash, row.getBytes("entry_id"), columns(card));
    return sound ? new Found.Sound(card) : tampered;
  }

  private static Object[] columns(Authenticator card) {
    return new Object[] {
      card.spkiHash(),
      card.person(),
      card.kind().text(),
      card.certificateHash(),
      card.assurance().text(),
      card.state().text()
    };
  }
}
