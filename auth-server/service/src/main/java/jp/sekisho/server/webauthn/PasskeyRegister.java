package jp.sekisho.server.webauthn;

import java.util.List;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.PasskeyEvent;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.card.Authenticator.State;
import jp.sekisho.server.card.CardRegistry.Holders;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;

/**
 * A person's passkeys as the console has them: to look at, and to remove where the holder cannot.
 * Suspending them is part of {@link jp.sekisho.server.card.CardRegistry#suspend}. Thread-safe.
 */
public final class PasskeyRegister {
  private final Transactions transactions;
  private final Passkeys passkeys;
  private final Holders holders;
  private final Sessions sessions;

  /** What became of a removal. */
  public sealed interface Outcome {
    /** It never counts again, and the person's sessions ended. */
    record Removed(Passkey passkey) implements Outcome {}

    /** It counts again. */
    record Resumed(Passkey passkey) implements Outcome {}

    /** Refused; the log says so. */
    record Refused(Refusal reason) implements Outcome {}
  }

  public PasskeyRegister(
      Transactions transactions, Passkeys passkeys, Holders holders, Sessions sessions) {
    this.transactions = transactions;
    this.passkeys = passkeys;
    this.holders = holders;
    this.sessions = sessions;
  }

  /** All passkeys of a person, the removed ones too, oldest first. */
  public List<Passkeys.Found> of(String person) {
    return transactions.read(handle -> passkeys.ofPerson(handle, person));
  }

  /**
   * Removes a passkey of a person and ends the person's sessions.
   *
   * @param id as {@link Passkey#id}
   */
  public Outcome remove(String person, String id) {
    return transactions.write(change -> {
      // A person who has left keeps no organ, but the passkey must still go.
      Entry.Subject holder =
          new Entry.Subject(holders.organ(change, person).orElse(null), person, null, null, null);
      for (Passkeys.Found found : passkeys.ofPerson(change.handle(), person)) {
        if (found instanceof Passkeys.Found.Tampered(String row)) {
          change.record(holder, new ServiceEvent.StateTampered(Passkeys.TABLE, row));
        }
        if (found instanceof Passkeys.Found.Sound(Passkey passkey)
            && passkey.id().equals(id)
            && passkey.state() != State.REVOKED) {
          return removed(change, holder, passkey);
        }
      }
      change.record(holder, new PasskeyEvent.Refused(Refusal.PASSKEY_UNKNOWN));
      return new Outcome.Refused(Refusal.PASSKEY_UNKNOWN);
    });
  }

  /**
   * Lifts the suspension of a passkey that was suspended with its holder's cards. One whose counter
   * went back is refused {@code PASSKEY_COUNTER}: there may be two of it.
   *
   * @param id as {@link Passkey#id}
   */
  public Outcome resume(String person, String id) {
    return transactions.write(change -> {
      Entry.Subject holder =
          new Entry.Subject(holders.organ(change, person).orElse(null), person, null, null, null);
      Refusal reason = Refusal.PASSKEY_UNKNOWN;
      for (Passkeys.Found found : passkeys.ofPerson(change.handle(), person)) {
        if (found instanceof Passkeys.Found.Tampered(String row)) {
          change.record(holder, new ServiceEvent.StateTampered(Passkeys.TABLE, row));
        }
        if (found instanceof Passkeys.Found.Sound(Passkey passkey)
            && passkey.id().equals(id)
            && passkey.state() == State.SUSPENDED) {
          if (!passkey.isDoubted()) {
            EntryReceipt entry = change.record(holder, new PasskeyEvent.Resumed(id));
            Passkey again = passkey.in(State.ACTIVE);
            passkeys.update(change, entry, again);
            return new Outcome.Resumed(again);
          }
          reason = Refusal.PASSKEY_COUNTER;
        }
      }
      change.record(holder, new PasskeyEvent.Refused(reason));
      return new Outcome.Refused(reason);
    });
  }

  private Outcome removed(Change change, Entry.Subject holder, Passkey passkey) {
    EntryReceipt entry = change.record(holder, new PasskeyEvent.Removed(passkey.id()));
    Passkey gone = passkey.in(State.REVOKED);
    passkeys.update(change, entry, gone);
    sessions.endOfPerson(change, passkey.person());
    return new Outcome.Removed(gone);
  }
}
