package jp.sekisho.server.terminal;

import jakarta.inject.Singleton;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EnrollmentTicket;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.TerminalEvent;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.ServerKeys;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Enrolment tickets: makes them and keeps their sealed rows in the table {@code invitation}. The
 * token itself is stored nowhere, only its hash. Thread-safe.
 */
@Singleton
public final class Tickets {
  /** Longest life of a ticket. */
  public static final Duration MAX_VALID = Duration.ofHours(24);

  private static final String TABLE = "invitation";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Transactions transactions;
  private final RowSeal seal;
  private final TerminalRepository terminals;
  private final ListenerSettings settings;
  private final ServerKeys keys;
  private final RootPin root;

  Tickets(
      Transactions transactions,
      RowSeal seal,
      TerminalRepository terminals,
      ListenerSettings settings,
      ServerKeys keys,
      RootPin root) {
    this.transactions = transactions;
    this.seal = seal;
    this.terminals = terminals;
    this.settings = settings;
    this.keys = keys;
    this.root = root;
  }

  /** What became of the wish for a ticket. */
  public sealed interface Made {
    /** The ticket, to be shown once. */
    record Ticket(EnrollmentTicket ticket, Instant expires) implements Made {}

    /** Refused. */
    record Refused(Why why) implements Made {}
  }

  /** Why there is no ticket. */
  public enum Why {
    /** Not a terminal id. */
    BAD_TERMINAL,
    /** No such 機関. */
    BAD_ORGAN,
    /** Not more than zero and at most 24 hours. */
    BAD_VALIDITY,
    /** A terminal of that id is registered; revoke it first. */
    REGISTERED
  }

  /**
   * A ticket's row.
   *
   * @param tokenHash base64url SHA-256 of the token
   * @param consumedSpki base64url SHA-256 of the key that used it; null while unused
   */
  record Invitation(
      String tokenHash,
      String terminal,
      String organ,
      Instant expires,
      @Nullable String consumedSpki) {}

  /** Makes a ticket for an asset number; the log of {@code organ} must exist. */
  public Made make(String terminal, String organ, Duration valid) {
    if (!Names.isTerminal(terminal)) {
      return new Made.Refused(Why.BAD_TERMINAL);
    }
    if (!Names.isOrgan(organ) || organ.equals("system")) {
      return new Made.Refused(Why.BAD_ORGAN);
    }
    if (valid.compareTo(Duration.ZERO) <= 0 || valid.compareTo(MAX_VALID) > 0) {
      return new Made.Refused(Why.BAD_VALIDITY);
    }
    byte[] token = new byte[16];
    RANDOM.nextBytes(token);
    return transactions.<Made, RuntimeException>write(change -> {
      if (!hasLog(change.handle(), organ)) {
        change.unchanged();
        return new Made.Refused(Why.BAD_ORGAN);
      }
      Optional<Terminal> present = terminals.find(change.handle(), terminal);
      if (present.isPresent() && present.get().state() != Terminal.State.REVOKED) {
        change.unchanged();
        return new Made.Refused(Why.REGISTERED);
      }
      Instant expires = change.now().plus(valid);
      EntryReceipt entry =
          change.record(
              Entry.Subject.terminal(organ, terminal),
              new TerminalEvent.Ticketed(expires.toString()));
      save(
          change.handle(),
          new Invitation(Sha256.text(token), terminal, organ, expires, null),
          entry);
      return new Made.Ticket(ticket(token, root.hash(change.handle())), expires);
    });
  }

  private EnrollmentTicket ticket(byte[] token, Optional<String> rootHash) {
    URI url = URI.create("https://" + settings.agentHosts().get(0) + ":" + settings.agentsPort());
    byte[] ca = Certificates.der(keys.serverCa().certificate());
    return new EnrollmentTicket(
        url, Base64Url.encode(token), rootHash.orElse(null), Sha256.text(ca));
  }

  /** The ticket with that token, used or not, expired or not. */
  Optional<Invitation> find(Handle handle, byte[] token) {
    return handle
        .createQuery("select * from invitation where token_hash = :hash")
        .bind("hash", Sha256.text(token))
        .map((row, context) -> read(row))
        .findOne();
  }

  /** Marks a ticket as used by a key. */
  void consume(Change change, Invitation invitation, String spkiHash, EntryReceipt entry) {
    save(
        change.handle(),
        new Invitation(
            invitation.tokenHash(),
            invitation.terminal(),
            invitation.organ(),
            invitation.expires(),
            spkiHash),
        entry);
  }

  private static boolean hasLog(Handle handle, String organ) {
    return handle
            .createQuery("select count(*) from audit_log_state where log = :log")
            .bind("log", organ)
            .mapTo(Long.class)
            .one()
        > 0;
  }

  private void save(Handle handle, Invitation row, EntryReceipt entry) {
    int _ =
        handle
            .createUpdate(
                """
                insert into invitation
                  (token_hash, terminal, organ, expires, consumed_spki, entry_id, mac)
                values (:hash, :terminal, :organ, :expires, :consumed, :entry, :mac)
                on conflict (token_hash) do update set
                  consumed_spki = excluded.consumed_spki, entry_id = excluded.entry_id,
                  mac = excluded.mac
                """)
            .bind("hash", row.tokenHash())
            .bind("terminal", row.terminal())
            .bind("organ", row.organ())
            .bind("expires", row.expires().toEpochMilli())
            .bind("consumed", row.consumedSpki())
            .bind("entry", entry.entryId())
            .bind("mac", seal.seal(TABLE, entry, columns(row)))
            .execute();
  }

  private Invitation read(ResultSet row) throws SQLException {
    Invitation invitation =
        new Invitation(
            row.getString("token_hash"),
            row.getString("terminal"),
            row.getString("organ"),
            Instant.ofEpochMilli(row.getLong("expires")),
            row.getString("consumed_spki"));
    if (!seal.verify(row.getBytes("mac"), TABLE, row.getBytes("entry_id"), columns(invitation))) {
      throw new TamperedException(TABLE, invitation.terminal());
    }
    return invitation;
  }

  private static @Nullable Object[] columns(Invitation row) {
    return new @Nullable Object[] {
      row.tokenHash(), row.terminal(), row.organ(), row.expires(), row.consumedSpki()
    };
  }
}
