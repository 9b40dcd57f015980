package jp.sekisho.server.card;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.AuthenticatorEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Sql;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

/**
 * The table {@code card_news}: cards that were registered beside another one of the same person, at
 * the console or the desk, and of which the person's logins tell for 30 days, confirmed or not.
 * Reading throws {@link TamperedException} for a row that fails its seal; let it pass. Thread-safe.
 */
public final class CardNews {
  /** So long every login tells of a card, as of a passkey. */
  public static final Duration LIFE = Duration.ofDays(30);

  private static final String TABLE = "card_news";

  private final RowSeal seal;

  CardNews(RowSeal seal) {
    this.seal = seal;
  }

  /**
   * A card that was new.
   *
   * @param spki how the log names it
   * @param seen whether its holder confirmed to know of it
   */
  public record News(String spki, Instant registered, boolean seen) {
    /** Whether a login must tell of it. */
    public boolean isNews(Instant now) {
      return !seen || now.isBefore(registered.plus(LIFE));
    }
  }

  /** Of a person, the oldest first. */
  public List<News> of(Handle handle, String person) {
    return Sql.list(
        handle, "select * from card_news where person = ? order by registered", this::read, person);
  }

  /** Whether a person has a card of which a login must tell. */
  public boolean hasNews(Handle handle, String person, Instant now) {
    return of(handle, person).stream().anyMatch(one -> one.isNews(now));
  }

  /** When a card was registered; empty for a person's first one, which is older than all news. */
  public Optional<Instant> registered(Handle handle, String person, String spki) {
    return of(handle, person).stream()
        .filter(one -> one.spki().equals(spki))
        .map(News::registered)
        .findFirst();
  }

  void insert(Change change, EntryReceipt entry, Authenticator card) {
    Instant now = change.now();
    change
        .handle()
        .execute(
            "insert into card_news (spki_hash, person, registered, seen, entry_id, mac)"
                + " values (?, ?, ?, ?, ?, ?)",
            card.spkiHash(),
            card.person(),
            now.toEpochMilli(),
            0,
            entry.entryId(),
            seal.seal(TABLE, entry, columns(card.spkiHash(), card.person(), now, false)));
  }

  /**
   * The holder confirms the cards that came before {@code limit}; how many.
   *
   * @param holder whom the entries are about: the session's subject
   * @param by which authenticator the holder proved with: what is not older confirms nothing
   */
  public int confirm(
      Change change, Entry.Subject holder, String person, Instant limit, Instant by) {
    int confirmed = 0;
    for (News one : of(change.handle(), person)) {
      if (!one.seen() && one.registered().isBefore(limit) && by.isBefore(one.registered())) {
        EntryReceipt entry = change.record(holder, new AuthenticatorEvent.Seen(one.spki()));
        byte[] hash = hash(one.spki());
        change
            .handle()
            .execute(
                "update card_news set seen = 1, entry_id = ?, mac = ? where spki_hash = ?",
                entry.entryId(),
                seal.seal(TABLE, entry, columns(hash, person, one.registered(), true)),
                hash);
        confirmed++;
      }
    }
    return confirmed;
  }

  private News read(ResultSet row) throws SQLException {
    byte[] hash = row.getBytes("spki_hash");
    Instant registered = Instant.ofEpochMilli(row.getLong("registered"));
    boolean seen = row.getInt("seen") == 1;
    if (!seal.verify(
        row.getBytes("mac"),
        TABLE,
        row.getBytes("entry_id"),
        columns(hash, row.getString("person"), registered, seen))) {
      throw new TamperedException(TABLE, Base64Url.encode(hash));
    }
    return new News(Base64Url.encode(hash), registered, seen);
  }

  private static byte[] hash(String spki) {
    try {
      return Base64Url.decode(spki);
    } catch (MalformedException e) {
      throw new IllegalStateException(e); // we encoded it
    }
  }

  private static Object[] columns(byte[] hash, String person, Instant registered, boolean seen) {
    return new Object[] {hash, person, registered, seen};
  }
}
