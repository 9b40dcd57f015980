package jp.sekisho.server.desk;

import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.PersonEvent;
import jp.sekisho.server.person.Authority;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.PersonnelOrder;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.storage.Transactions;

/**
 * Personnel files (発令) on the page: looked at in words, taken, taken back. The proof by card is
 * bound to the file's very bytes, so what was looked at is what is taken. Thread-safe.
 */
public final class DeskOrders {
  /** Orders that the page lists. */
  public static final int MOST_LISTED = 10;

  private final Desk desk;
  private final PersonImport files;
  private final Transactions transactions;

  public DeskOrders(Desk desk, PersonImport files, Transactions transactions) {
    this.desk = desk;
    this.files = files;
    this.transactions = transactions;
  }

  /**
   * What came of a wish.
   *
   * @param <T> the answer of the directory, which may be a refusal of its own
   */
  public sealed interface Outcome<T> {
    /** The directory answered. */
    record Answered<T>(T answer) implements Outcome<T> {}

    /** The gate refused; the log says so. */
    record Refused<T>(Refusal reason) implements Outcome<T> {}
  }

  /** What a file would change; nothing is changed. */
  public Outcome<PersonImport.Outcome> check(Session session, byte[] file) {
    return desk.holds(session, Desk.ADMINISTRATORS)
        ? new Outcome.Answered<>(files.run(file, true, desk.authority(session)))
        : refuse(session, Sha256.text(file), Refusal.ROLE_MISSING);
  }

  /** Takes a file that was proved by card. */
  public Outcome<PersonImport.Outcome> apply(Session session, byte[] file) {
    String hash = Sha256.text(file);
    return obstacle(session, StepUps.APPLY_ORDER + hash)
        .<Outcome<PersonImport.Outcome>>map(reason -> refuse(session, hash, reason))
        .orElseGet(() -> new Outcome.Answered<>(files.run(file, false, desk.authority(session))));
  }

  /** Takes an order back before its first day. */
  public Outcome<PersonImport.Undone> undo(Session session, String order) {
    if (!StepUps.isAction(StepUps.UNDO_ORDER + order)) {
      return refuse(session, "malformed", Refusal.INPUT_MALFORMED);
    }
    return obstacle(session, StepUps.UNDO_ORDER + order)
        .<Outcome<PersonImport.Undone>>map(reason -> refuse(session, order, reason))
        .orElseGet(() -> new Outcome.Answered<>(files.undo(order, desk.authority(session))));
  }

  /** The newest orders that the session's person could have taken. */
  public List<PersonnelOrder> orders(Session session) {
    Authority authority = desk.authority(session);
    return files.orders(authority, MOST_LISTED);
  }

  private Optional<Refusal> obstacle(Session session, String action) {
    return desk.holds(session, Desk.ADMINISTRATORS)
        ? desk.prove(session, action)
        : Optional.of(Refusal.ROLE_MISSING);
  }

  private <T> Outcome<T> refuse(Session session, String what, Refusal reason) {
    transactions.write(
        change -> change.record(session.subject(), new PersonEvent.OrderRefused(what, reason)));
    return new Outcome.Refused<>(reason);
  }
}
