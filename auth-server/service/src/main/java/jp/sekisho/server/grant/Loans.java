package jp.sekisho.server.grant;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.event.MediumEvent;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;

/**
 * Media that go out and come back at the counter (貸出・返却) without any exception, those that an
 * exception handed over, and those that are lost (紛失). Thread-safe.
 *
 * <p>To have a medium allows nobody anything: what opens it is an exception alone.
 */
public final class Loans {
  /** Longest loan. */
  static final Duration LONGEST = Duration.ofDays(366);

  private final Transactions transactions;
  private final Media media;
  private final DossierRepository dossiers;

  public Loans(Transactions transactions, Media media, RowSeal seal) {
    this.transactions = transactions;
    this.media = media;
    this.dossiers = new DossierRepository(seal);
  }

  /** What became of a step. */
  public sealed interface Outcome {
    /** The register says so. */
    record Done(Medium medium) implements Outcome {}

    /**
     * MEDIUM_FORM without an entry; MEDIUM_UNKNOWN, MEDIUM_PLACE (it is out already, or it was not
     * out) and what the gate says, and the log says so.
     */
    record Refused(Refusal reason) implements Outcome {}
  }

  /** What one step makes of a medium that is there; empty where it is not the place for it. */
  @FunctionalInterface
  private interface Move {
    Optional<Medium> of(Change change, Medium medium);
  }

  /**
   * Hands a medium out.
   *
   * @param by who does it, in whose name the entry is
   * @param gate asks whether they may, and whether {@code person} is of the 機関
   * @param due the last day, such as {@code 2026-11-27}
   * @param reference the document of the loan
   */
  public Outcome checkOut(
      Entry.Subject by,
      Media.Gate gate,
      String id,
      String organ,
      String person,
      String due,
      String reference) {
    Optional<Instant> end = end(due);
    if (!Names.isPerson(person) || !Names.isReference(reference) || end.isEmpty()) {
      return new Outcome.Refused(Refusal.MEDIUM_FORM);
    }
    return step(
        by,
        gate,
        id,
        organ,
        new MediumEvent.CheckedOut(id, person, due, reference),
        (change, medium) ->
            medium.loan() == null
                    && medium.usable()
                    && end.get().isAfter(change.now())
                    && !end.get().isAfter(change.now().plus(LONGEST))
                    && !dossiers.out(change.handle(), organ).contains(id)
                ? Optional.of(
                    medium.lent(new Medium.Loan(change.now(), person, end.get(), reference)))
                : Optional.empty());
  }

  private static Optional<Instant> end(String due) {
    try {
      return Optional.of(Validity.start(LocalDate.parse(due).plusDays(1)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Takes a medium back that was handed out, or that an exception had handed over. */
  public Outcome checkIn(Entry.Subject by, Media.Gate gate, String id, String organ) {
    return step(
        by,
        gate,
        id,
        organ,
        new MediumEvent.CheckedIn(id),
        (_, medium) ->
            medium.loan() != null && medium.usable()
                ? Optional.of(medium.lent(null))
                : Optional.empty());
  }

  /**
   * Writes down that a medium is lost. What was approved for it ends now, each by an entry of its
   * own, a series (定例許可) with all its times; what was already used stays due.
   *
   * @param reference the document that reports it
   */
  public Outcome lose(
      Entry.Subject by, Media.Gate gate, String id, String organ, String reference) {
    if (!Names.isReference(reference)) {
      return new Outcome.Refused(Refusal.MEDIUM_FORM);
    }
    return step(
        by,
        gate,
        id,
        organ,
        new MediumEvent.Lost(id, reference),
        (change, medium) -> {
          if (!medium.usable()) {
            return Optional.empty();
          }
          end(change, by, organ, id);
          return Optional.of(medium.lost(new Medium.Loss(change.now(), reference)));
        });
  }

  /** An edited row opens nothing any more, and must not keep the others. */
  private void end(Change change, Entry.Subject by, String organ, String medium) {
    DossierRepository.Listed open = dossiers.needing(change.handle(), organ);
    for (TamperedException e : open.tampered()) {
      change.record(Entry.Subject.NONE, new ServiceEvent.StateTampered(e.table(), e.row()));
    }
    for (Dossier dossier : open.sound()) {
      Grant grant = dossier.grant();
      if (grant != null
          && medium.equals(dossier.text().medium())
          && grant.state().leadsTo(GrantState.REVOKED)) {
        GrantEvent event =
            dossier.request().turn() == null
                ? new GrantEvent.Revoked(grant.id())
                : new GrantEvent.SeriesEnded(grant.id(), SeriesStanding.Broken.MEDIUM.text());
        EntryReceipt entry = change.record(by, event);
        dossiers.update(change, entry, grant.ended(GrantState.REVOKED, change.now()));
      }
    }
  }

  /** As the entry of a hand-over says: the recipient has it. */
  void handedOver(Change change, EntryReceipt entry, String id, String organ, String receipt) {
    media
        .find(change.handle(), id)
        .filter(medium -> medium.organ().equals(organ) && medium.usable())
        .ifPresent(medium ->
            media.update(
                change, entry, medium.lent(new Medium.Loan(change.now(), null, null, receipt))));
  }

  private Outcome step(
      Entry.Subject by, Media.Gate gate, String id, String organ, MediumEvent event, Move move) {
    if (!Names.isMedium(id) || !Names.isOrgan(organ)) {
      return new Outcome.Refused(Refusal.MEDIUM_FORM);
    }
    return transactions.<Outcome, RuntimeException>write(change -> {
      Refusal closed = gate.obstacle(change).orElse(null);
      if (closed != null) {
        return refused(change, by, id, closed);
      }
      Medium medium =
          media.find(change.handle(), id).filter(found -> found.organ().equals(organ)).orElse(null);
      if (medium == null) {
        return refused(change, by, id, Refusal.MEDIUM_UNKNOWN);
      }
      Medium moved = move.of(change, medium).orElse(null);
      if (moved == null) {
        return refused(change, by, id, Refusal.MEDIUM_PLACE);
      }
      media.update(change, change.record(by, event), moved);
      return new Outcome.Done(moved);
    });
  }

  private static Outcome refused(Change change, Entry.Subject by, String id, Refusal reason) {
    change.record(by, new MediumEvent.Kept(id, reason));
    return new Outcome.Refused(reason);
  }
}
