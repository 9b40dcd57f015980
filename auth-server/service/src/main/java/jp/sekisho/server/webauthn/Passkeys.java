package jp.sekisho.server.webauthn;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.PasskeyEvent;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.Authenticator.State;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Sql;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table {@code passkey}: nobody else writes it. Every row is sealed. */
public final class Passkeys {
  /** Name of the table, in seals and in the log. */
  public static final String TABLE = "passkey";

  private final RowSeal seal;

  public Passkeys(RowSeal seal) {
    this.seal = seal;
  }

  /** What is found under a credential's id. */
  public sealed interface Found {
    /** No such passkey here. */
    record Absent() implements Found {}

    /** A row that carries its seal. */
    record Sound(Passkey passkey) implements Found {}

    /**
     * A row that was edited, written by somebody else, or put back as it was earlier; nothing in it
     * is believed.
     *
     * @param row its key in base64url
     */
    record Tampered(String row) implements Found {}
  }

  /** The passkey with this credential id, in any state. */
  public Found find(Handle handle, byte[] credentialId) {
    return Sql.<Found>first(handle, look(credentialId), row -> read(handle, row))
        .orElseGet(Found.Absent::new);
  }

  /** What {@link #find} asks. */
  public static Look look(byte[] credentialId) {
    return new Look("select * from passkey where credential_id = ?", credentialId);
  }

  /** All passkeys of a person, in every state, oldest first. */
  public List<Found> ofPerson(Handle handle, String person) {
    return Sql.list(
        handle,
        "select * from passkey where person = ? order by registered",
        row -> read(handle, row),
        person);
  }

  /** Whether a person has a passkey of which a login must tell. */
  public boolean hasNews(Handle handle, String person, Instant now) {
    // Asked by every login; a row that is edited to be left out here opens nothing any more.
    return Sql.list(
            handle,
            "select * from passkey where person = ? and (seen = 0 or registered > ?)",
            row -> read(handle, row),
            person,
            Passkey.newsSince(now).toEpochMilli())
        .stream()
        .anyMatch(found ->
            found instanceof Found.Sound(Passkey passkey)
                && passkey.isNews(now)
                && passkey.state() != State.REVOKED);
  }

  /**
   * Suspends every active passkey of a person, each with its entry; how many. A row that fails its
   * seal opens nothing as it is.
   */
  public int suspendAll(Change change, Entry.Subject holder, String person) {
    int suspended = 0;
    for (Found found : ofPerson(change.handle(), person)) {
      if (found instanceof Found.Sound(Passkey passkey) && passkey.state() == State.ACTIVE) {
        EntryReceipt entry = change.record(holder, new PasskeyEvent.Suspended(passkey.id()));
        update(change, entry, passkey.in(State.SUSPENDED));
        suspended++;
      }
    }
    return suspended;
  }

  void insert(Change change, EntryReceipt entry, Passkey passkey) {
    change
        .handle()
        .execute(
            "insert into passkey (credential_id, person, user_handle, spki, sign_count, aaguid,"
                + " model, assurance, state, label, registered, last_used, seen, entry_id, mac)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            passkey.credentialId(),
            passkey.person(),
            passkey.userHandle(),
            passkey.spki(),
            passkey.signCount(),
            passkey.aaguid(),
            passkey.model(),
            passkey.assurance().text(),
            passkey.state().text(),
            passkey.label(),
            passkey.registered().toEpochMilli(),
            lastUsed(passkey),
            passkey.seen() ? 1 : 0,
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, passkey.credentialId(), columns(passkey)));
  }

  /** Writes what changes in a passkey's life, under a new seal. */
  public void update(Change change, EntryReceipt entry, Passkey passkey) {
    int updated =
        Sql.execute(
            change.handle(),
            "update passkey set sign_count = ?, state = ?, last_used = ?, seen = ?,"
                + " entry_id = ?, mac = ? where credential_id = ?",
            passkey.signCount(),
            passkey.state().text(),
            lastUsed(passkey),
            passkey.seen() ? 1 : 0,
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, passkey.credentialId(), columns(passkey)),
            passkey.credentialId());
    if (updated != 1) {
      throw new IllegalStateException("the passkey's row is gone");
    }
  }

  private Found read(Handle handle, ResultSet row) throws SQLException {
    byte[] id = row.getBytes("credential_id");
    Found tampered = new Found.Tampered(Base64Url.encode(id));
    Passkey passkey;
    try {
      long used = row.getLong("last_used");
      Instant lastUsed = row.wasNull() ? null : Instant.ofEpochMilli(used);
      passkey =
          new Passkey(
              id,
              row.getString("person"),
              row.getBytes("user_handle"),
              row.getBytes("spki"),
              row.getLong("sign_count"),
              row.getString("aaguid"),
              row.getString("model"),
              Assurance.valueOf(row.getString("assurance").toUpperCase(Locale.ROOT)),
              State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
              row.getString("label"),
              Instant.ofEpochMilli(row.getLong("registered")),
              lastUsed,
              row.getInt("seen") == 1);
    } catch (IllegalArgumentException e) {
      return tampered; // no such assurance or state
    }
    return seal.verifyNewest(
            handle, row.getBytes("mac"), TABLE, id, row.getBytes("entry_id"), columns(passkey))
        ? new Found.Sound(passkey)
        : tampered;
  }

  private static @Nullable Object[] columns(Passkey passkey) {
    return new @Nullable Object[] {
      passkey.credentialId(),
      passkey.person(),
      passkey.userHandle(),
      passkey.spki(),
      passkey.signCount(),
      passkey.aaguid(),
      passkey.model(),
      passkey.assurance().text(),
      passkey.state().text(),
      passkey.label(),
      passkey.registered(),
      passkey.lastUsed(),
      passkey.seen()
    };
  }

  private static @Nullable Long lastUsed(Passkey passkey) {
    Instant used = passkey.lastUsed();
    return used == null ? null : used.toEpochMilli();
  }
}
