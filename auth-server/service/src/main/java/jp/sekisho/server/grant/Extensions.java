package jp.sekisho.server.grant;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import jp.sekisho.protocol.MoreTime;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.FreeText;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests for more time (延長) while a medium is in use. Nothing is longer until another
 * person's card approved the new text ({@link CardApprovals}). Thread-safe.
 */
public final class Extensions {
  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final Shelf shelf;
  private final Limits limits;

  Extensions(Transactions transactions, DossierRepository dossiers, Shelf shelf, Limits limits) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.shelf = shelf;
    this.limits = limits;
  }

  /** By who asked for the exception, or uses it. */
  public Verdict<Dossier> ask(Session by, String id, MoreTime wanted) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.EXTEND, id)
            .then(dossier ->
                switch (text(change, dossier, wanted)) {
                  case Verdict.Refused<ExportGrant>(Refusal reason) ->
                      Shelf.refuse(change, by, Step.EXTEND.text(), id, reason);
                  case Verdict.Passed<ExportGrant>(ExportGrant text) ->
                      insert(change, by, dossier, text);
                }));
  }

  private Verdict<ExportGrant> text(Change change, Dossier dossier, MoreTime wanted) {
    Integer minutes = wanted.minutes();
    if (wanted.end() == null || minutes == null) {
      return Verdict.refused(Refusal.GRANT_INCOMPLETE);
    }
    ExportGrant present = dossier.text();
    ExportGrant text;
    try {
      Instant end = OffsetDateTime.parse(wanted.end()).toInstant();
      String reason = FreeText.normal(wanted.reason());
      Refusal limit =
          limits.obstacle(change.handle(), minutes, Duration.between(present.start(), end));
      if (limit != null) {
        return Verdict.refused(limit);
      }
      if (FreeText.holdsNumber(reason)) {
        return Verdict.refused(Refusal.GRANT_CONTENT);
      }
      text = present.extended(reason, end, minutes);
    } catch (DateTimeException | IllegalArgumentException e) {
      return Verdict.refused(Refusal.GRANT_INCOMPLETE);
    }
    return isLonger(dossier.grant(), present, text)
        ? Verdict.passed(text)
        : Verdict.refused(Refusal.GRANT_NOT_LONGER);
  }

  private static boolean isLonger(@Nullable Grant grant, ExportGrant present, ExportGrant text) {
    Grant.Use use = grant == null ? null : grant.use();
    return use != null
        && present.isExtendedBy(text)
        && text.deadline(use.at()).isAfter(use.deadline());
  }

  private Verdict<Dossier> insert(Change change, Session by, Dossier dossier, ExportGrant text) {
    Extension asked =
        new Extension(
            Ids.next(), text, Extension.State.ASKED, change.now(), by.person(), null, null, null);
    EntryReceipt entry =
        change.record(
            by.subject(),
            new GrantEvent.ExtensionRequested(
                dossier.id(), text.detail(), text.end().toString(), text.minutes()));
    dossiers.insert(change, entry, asked);
    return Verdict.passed(dossiers.find(change.handle(), dossier.id()).orElseThrow());
  }
}
