package jp.sekisho.server.grant;

import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Fingerprint;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.grant.Grant.Use;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What printed forms say of exceptions: 申請書, 許可書 and 持出簿. Thread-safe. */
public final class Papers {
  /** Most lines of one month's register. */
  public static final int MOST = 2_000;

  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final ReviewRepository reviews;
  private final Shelf shelf;
  private final Persons persons;
  private final java.time.InstantSource clock;
  private final TamperedRows tampered;

  Papers(
      Transactions transactions,
      DossierRepository dossiers,
      RowSeal seal,
      Shelf shelf,
      java.time.InstantSource clock) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.reviews = new ReviewRepository(seal);
    this.shelf = shelf;
    this.persons = new Persons(seal);
    this.clock = clock;
    this.tampered = new TamperedRows(transactions);
  }

  /**
   * A person on paper.
   *
   * @param name "" when the directory has none
   */
  public record Named(String number, String name) {}

  /**
   * A card's signature on paper.
   *
   * @param what {@code approval}, or {@code first} and {@code second} of two, or {@code extension}
   * @param represented the absent approver in whose place it was (代決); null in the own right
   * @param signature short id of the signature: 80 bits of its SHA-256
   * @param end what was approved
   * @param minutes the same
   */
  public record Signed(
      String what,
      Instant at,
      Named by,
      @Nullable Named represented,
      String signature,
      Instant end,
      int minutes) {}

  /**
   * One exception.
   *
   * @param organ name of the 機関
   * @param text what counts, with what extensions added
   * @param turn of a series, or an occurrence of one; null for what is used once
   * @param returned when its return was confirmed, or it was handed over
   * @param receipt number of who got it (受領番号); null where it was not handed over
   * @param erased when its erasure was confirmed
   * @param signatures of its approval and its extensions, in order
   */
  public record Paper(
      String organ,
      String state,
      ExportGrant text,
      @Nullable Turn turn,
      Named requester,
      Named user,
      Instant asked,
      List<Signed> signatures,
      @Nullable Instant activated,
      @Nullable Instant deadline,
      @Nullable Instant ended,
      @Nullable Instant returned,
      @Nullable Named returnedBy,
      @Nullable String receipt,
      @Nullable Instant erased,
      boolean overdue) {
    public Paper {
      signatures = List.copyOf(signatures);
    }
  }

  /** One exception; empty when there is none that this person may see. */
  public Optional<Paper> find(Session session, String id) {
    Instant now = clock.instant();
    return transactions.read(
        handle -> shelf.find(handle, session, id, now).map(found -> paper(handle, found, now)));
  }

  /**
   * The register (持出簿): the media that were in use in a month, by its beginning.
   *
   * @return empty for who may not see the organ's exceptions
   */
  public Optional<List<Paper>> register(Session session, YearMonth month) {
    Instant now = clock.instant();
    Instant from = Validity.start(month.atDay(1));
    Instant until = Validity.start(month.plusMonths(1).atDay(1));
    List<jp.sekisho.server.storage.TamperedException> edited = new ArrayList<>();
    Optional<List<Paper>> register =
        transactions.read(handle -> {
          if (!shelf.rights(handle, session, now).seesAll()) {
            return Optional.empty();
          }
          DossierRepository.Listed used =
              dossiers.usedBetween(handle, session.organ(), from, until, MOST);
          edited.addAll(used.tampered());
          return Optional.of(
              used.sound().stream()
                  .filter(Dossier::isOfMedium)
                  .map(found -> paper(handle, found, now))
                  .toList());
        });
    edited.forEach(tampered::report);
    return register;
  }

  private Paper paper(Handle handle, Dossier dossier, Instant now) {
    Request request = dossier.request();
    Grant grant = dossier.grant();
    Use use = grant == null ? null : grant.use();
    String returnedBy = grant == null ? null : grant.returnedBy();
    return new Paper(
        persons.organName(handle, request.organ()).orElse(request.organ()),
        dossier.state(),
        dossier.text(),
        request.turn(),
        named(handle, request.requester()),
        named(handle, request.text().person()),
        request.created(),
        signatures(handle, dossier),
        use == null ? null : use.at(),
        use == null ? null : use.deadline(),
        grant == null ? null : grant.ended(),
        grant == null ? null : grant.returned(),
        returnedBy == null ? null : named(handle, returnedBy),
        grant == null ? null : grant.receipt(),
        grant == null || grant.erasure() == null ? null : grant.erasure().at(),
        dossier.isOut() && !now.isBefore(dossier.text().end()));
  }

  private List<Signed> signatures(Handle handle, Dossier dossier) {
    List<Signed> signed = new ArrayList<>();
    Grant grant = dossier.grant();
    Request request = dossier.request();
    List<Review> made = reviews.of(handle, dossier.id());
    Request.First first = request.first();
    if (first != null) {
      signed.add(
          signed(
              "first",
              handle,
              made,
              first.at(),
              first.person(),
              first.approval().signature(),
              request.text()));
    }
    if (grant != null && request.decided() != null && request.decidedBy() != null) {
      signed.add(
          signed(
              first == null ? "approval" : "second",
              handle,
              made,
              request.decided(),
              request.decidedBy(),
              grant.signature(),
              request.text()));
    }
    for (Extension one : dossier.extensions()) {
      if (one.approval() != null && one.decided() != null && one.decidedBy() != null) {
        signed.add(
            signed(
                "extension",
                handle,
                made,
                one.decided(),
                one.decidedBy(),
                one.approval().signature(),
                one.text()));
      }
    }
    return signed;
  }

  private Signed signed(
      String what,
      Handle handle,
      List<Review> made,
      Instant at,
      String by,
      byte[] signature,
      ExportGrant text) {
    Named represented =
        made.stream()
            .filter(one -> one.decided().equals(at) && one.step().equals(Step.APPROVE.text()))
            .findFirst()
            .map(one -> named(handle, one.represented()))
            .orElse(null);
    return new Signed(
        what,
        at,
        named(handle, by),
        represented,
        Fingerprint.of(signature),
        text.end(),
        text.minutes());
  }

  private Named named(Handle handle, String number) {
    return new Named(number, persons.name(handle, number).orElse(""));
  }
}
