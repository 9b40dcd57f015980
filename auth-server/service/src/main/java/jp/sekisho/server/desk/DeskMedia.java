package jp.sekisho.server.desk;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.protocol.MediaCounted;
import jp.sekisho.protocol.MediaFound;
import jp.sekisho.protocol.MediumEnd;
import jp.sekisho.protocol.MediumLoan;
import jp.sekisho.protocol.NamedMedium;
import jp.sekisho.protocol.NewMedium;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.DeskEvent;
import jp.sekisho.protocol.event.MediumEvent;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.grant.Loans;
import jp.sekisho.server.grant.Media;
import jp.sekisho.server.grant.MediaList;
import jp.sekisho.server.grant.Medium;
import jp.sekisho.server.grant.Stocktake;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.storage.Transactions;

/**
 * The register of media (媒体台帳) at the desk: looked at, added to, counted, handed out and taken
 * back, and what is lost or disposed of written down. What opens or closes something needs the
 * administrator's card for exactly that; all of it is of the session's 機関 only. Thread-safe.
 */
public final class DeskMedia {
  /** Who may look. */
  public static final Set<Role> READERS =
      EnumSet.of(Role.ADMIN, Role.APPROVER, Role.CISO, Role.AUDITOR);

  private static final String COUNT = "medium-count";

  private final Desk desk;
  private final Media media;
  private final MediaList list;
  private final Stocktake stocktake;
  private final Loans loans;
  private final Transactions transactions;

  public DeskMedia(
      Desk desk,
      Media media,
      MediaList list,
      Stocktake stocktake,
      Loans loans,
      Transactions transactions) {
    this.desk = desk;
    this.media = media;
    this.list = list;
    this.stocktake = stocktake;
    this.loans = loans;
    this.transactions = transactions;
  }

  /** The register; empty for who may not look. */
  public Optional<List<MediaList.Line>> list(Session session) {
    return desk.holds(session, READERS) ? Optional.of(list.of(session.organ())) : Optional.empty();
  }

  /** Whether the session's person looks after the register. */
  public boolean keeps(Session session) {
    return desk.holds(session, Desk.ADMINISTRATORS);
  }

  /** Adds a medium. */
  public Verdict<String> register(Session session, NewMedium wanted) {
    String action = StepUps.REGISTER_MEDIUM + wanted.medium() + ":" + wanted.fingerprint();
    if (!StepUps.isAction(action)) {
      return Verdict.refused(Refusal.MEDIUM_FORM);
    }
    Media.Outcome outcome =
        media.register(
            session.subject(),
            gate(session, action),
            wanted.medium(),
            session.organ(),
            wanted.fingerprint());
    return switch (outcome) {
      case Media.Outcome.Refused(Refusal reason) -> Verdict.refused(reason);
      case Media.Outcome.Registered registered -> Verdict.passed(registered.medium().id());
    };
  }

  /** Writes down that a medium was disposed of. */
  public Verdict<String> dispose(Session session, MediumEnd end) {
    String action = StepUps.DISPOSE_MEDIUM + end.medium();
    if (!StepUps.isAction(action)) {
      return Verdict.refused(Refusal.MEDIUM_FORM);
    }
    Media.Disposed outcome =
        media.dispose(
            session.subject(),
            gate(session, action),
            end.medium(),
            session.organ(),
            end.reference());
    return switch (outcome) {
      case Media.Disposed.Refused(Refusal reason) -> Verdict.refused(reason);
      case Media.Disposed.Done done -> Verdict.passed(done.medium().id());
    };
  }

  /** Hands a medium out at the counter (貸出); it allows nobody anything, so the session does. */
  public Verdict<String> checkOut(Session session, MediumLoan wanted) {
    return of(
        loans.checkOut(
            session.subject(),
            change -> desk.obstacle(change, session, Desk.ADMINISTRATORS, wanted.person()),
            wanted.medium(),
            session.organ(),
            wanted.person(),
            wanted.due(),
            wanted.reference()));
  }

  /** Takes it back (返却). */
  public Verdict<String> checkIn(Session session, NamedMedium back) {
    return of(
        loans.checkIn(
            session.subject(),
            change -> desk.obstacle(change, session, Desk.ADMINISTRATORS, ""),
            back.medium(),
            session.organ()));
  }

  /** Writes down that a medium is lost (紛失); it ends what was approved for it. */
  public Verdict<String> lose(Session session, MediumEnd lost) {
    String action = StepUps.LOSE_MEDIUM + lost.medium();
    if (!StepUps.isAction(action)) {
      return Verdict.refused(Refusal.MEDIUM_FORM);
    }
    return of(
        loans.lose(
            session.subject(),
            gate(session, action),
            lost.medium(),
            session.organ(),
            lost.reference()));
  }

  private static Verdict<String> of(Loans.Outcome outcome) {
    return switch (outcome) {
      case Loans.Outcome.Refused(Refusal reason) -> Verdict.refused(reason);
      case Loans.Outcome.Done(Medium medium) -> Verdict.passed(medium.id());
    };
  }

  private Media.Gate gate(Session session, String action) {
    // The proof is used up before anything is looked at; a unit may run more than once.
    Optional<Refusal> unproved =
        desk.holds(session, Desk.ADMINISTRATORS)
            ? desk.prove(session, action)
            : Optional.of(Refusal.ROLE_MISSING);
    return change -> unproved.or(() -> desk.obstacle(change, session, Desk.ADMINISTRATORS, ""));
  }

  /** Counts (棚卸). It changes nothing but the log, so the session does. */
  public Verdict<MediaCounted> count(Session session, MediaFound found) {
    if (!desk.holds(session, Desk.ADMINISTRATORS)) {
      transactions.write(change ->
          change.record(session.subject(), new DeskEvent.Refused(COUNT, "", Refusal.ROLE_MISSING)));
      return Verdict.refused(Refusal.ROLE_MISSING);
    }
    Stocktake.Outcome outcome =
        stocktake.count(session.subject(), session.organ(), found.reference(), found.found());
    return switch (outcome) {
      case Stocktake.Outcome.Refused(Refusal reason) -> Verdict.refused(reason);
      case Stocktake.Outcome.Done(MediumEvent.Counted counted) ->
          Verdict.passed(
              new MediaCounted(
                  counted.reference(),
                  counted.expected(),
                  counted.present(),
                  counted.missing(),
                  counted.out(),
                  counted.unreturned(),
                  counted.foreign()));
    };
  }
}
