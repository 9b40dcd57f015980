package jp.sekisho.server.grant;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.ConfirmedMonth;
import jp.sekisho.protocol.DueMonth;
import jp.sekisho.protocol.ExtensionView;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.GrantViews;
import jp.sekisho.protocol.NewBounds;
import jp.sekisho.protocol.NewExport;
import jp.sekisho.protocol.OccurrenceView;
import jp.sekisho.protocol.Remanded;
import jp.sekisho.protocol.SeriesView;
import jp.sekisho.protocol.UseReport;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.protocol.statement.SeriesConfirmation;
import jp.sekisho.server.grant.DossierRepository.Listed;
import jp.sekisho.server.grant.Grant.Use;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Exceptions as the session's person may see them, each with what that person may do. */
public final class Overview {
  /** State of an occurrence whose row is not believed. */
  private static final String TAMPERED = "tampered";

  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final Shelf shelf;
  private final Media media;
  private final Limits limits;
  private final Reviews reviews;
  private final Occurrences occurrences;
  private final InstantSource clock;
  private final TamperedRows tampered;

  Overview(
      Transactions transactions,
      DossierRepository dossiers,
      Shelf shelf,
      Media media,
      Limits limits,
      Reviews reviews,
      Occurrences occurrences,
      InstantSource clock) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.shelf = shelf;
    this.media = media;
    this.limits = limits;
    this.reviews = reviews;
    this.occurrences = occurrences;
    this.clock = clock;
    this.tampered = new TamperedRows(transactions);
  }

  /**
   * What a form for a new request offers.
   *
   * @param media ids of the organ's registered media
   * @param minutes longest use
   * @param hours longest time from start to end
   * @param seriesDays longest series; 0 for none
   * @param choices what can be asked for, and to whom files may go
   * @param now to begin with
   */
  public record Offer(
      List<String> media,
      long minutes,
      long hours,
      long seriesDays,
      Limits.Choices choices,
      Instant now) {
    public Offer {
      media = List.copyOf(media);
    }
  }

  private record Seen(Rights rights, Listed found) {}

  /**
   * What is only read for one exception alone.
   *
   * @param due what a card could confirm now; null for nothing
   * @param two whether the rules of its terminal demand two approvers
   */
  private record Times(List<OccurrenceView> made, @Nullable SeriesConfirmation due, boolean two) {
    static final Times NONE = new Times(List.of(), null, false);
  }

  /** The newest exceptions: the own ones, or all of the organ where the role allows. */
  public GrantViews list(Session session) {
    Instant now = clock.instant();
    Seen seen =
        transactions.read(handle -> {
          Rights rights = shelf.rights(handle, session, now);
          return new Seen(
              rights,
              rights.seesAll()
                  ? dossiers.ofOrgan(handle, session.organ(), GrantViews.MOST)
                  : dossiers.ofPerson(handle, session.organ(), session.person(), GrantViews.MOST));
        });
    seen.found().tampered().forEach(tampered::report);
    return new GrantViews(
        seen.found().sound().stream()
            .map(dossier -> view(dossier, seen.rights(), List.of(), Times.NONE, false, now))
            .toList());
  }

  /** One exception; empty when there is none that this person may see. */
  public Optional<GrantView> find(Session session, String id) {
    Instant now = clock.instant();
    List<TamperedException> met = new ArrayList<>();
    Optional<GrantView> found =
        transactions.read(handle ->
            shelf
                .find(handle, session, id, now)
                .map(dossier -> whole(handle, session, dossier, now, met)));
    met.forEach(tampered::report);
    return found;
  }

  /** An exception after a step of this person. */
  public GrantView view(Session session, Dossier dossier) {
    Instant now = clock.instant();
    List<TamperedException> met = new ArrayList<>();
    GrantView view = transactions.read(handle -> whole(handle, session, dossier, now, met));
    met.forEach(tampered::report);
    return view;
  }

  /**
   * @param met takes the rows that are not believed
   */
  private GrantView whole(
      Handle handle, Session session, Dossier dossier, Instant now, List<TamperedException> met) {
    Rights rights = shelf.rights(handle, session, now);
    List<Review> made = reviews.of(handle, dossier);
    boolean may =
        made.stream().anyMatch(one -> reviews.isFor(handle, rights, dossier.request(), one, now));
    boolean two = limits.needsTwo(handle, dossier.request().text());
    Times times =
        new Times(times(handle, dossier, met), due(handle, dossier, rights, now, met), two);
    return view(dossier, rights, made, times, may, now);
  }

  /** What is shown to those only who may confirm it. */
  private @Nullable SeriesConfirmation due(
      Handle handle, Dossier dossier, Rights rights, Instant now, List<TamperedException> met) {
    try {
      return Step.CONFIRM.obstacle(dossier, rights, now) == null
          ? occurrences.due(handle, dossier, now)
          : null;
    } catch (TamperedException e) {
      met.add(e);
      return null;
    }
  }

  /** One that was edited or is gone is shown as such: it must not hide the others. */
  private List<OccurrenceView> times(Handle handle, Dossier dossier, List<TamperedException> met) {
    Turn turn = dossier.request().turn();
    Grant grant = dossier.grant();
    List<OccurrenceView> times = new ArrayList<>();
    if (turn != null && turn.isSeries() && grant != null) {
      for (int number = 1; number <= grant.occurrences(); number++) {
        ExportGrant text = turn.series().occurrence(number);
        String state = TAMPERED;
        boolean settled = false;
        try {
          Dossier one = occurrences.occurrence(handle, turn.series(), number);
          state = one.state();
          settled = one.isSettled();
        } catch (TamperedException e) {
          met.add(e);
        }
        times.add(
            new OccurrenceView(
                text.request(),
                number,
                text.start().toString(),
                text.end().toString(),
                state,
                settled));
      }
    }
    return times;
  }

  /** What this person's form offers. */
  public Offer offer(Session session) {
    return transactions.read(handle -> {
      List<String> ids =
          media.ofOrgan(handle, session.organ()).stream()
              .filter(Medium::usable)
              .map(Medium::id)
              .toList();
      Limits.Maxima maxima = limits.maxima(handle);
      return new Offer(
          ids,
          maxima.use().toMinutes(),
          maxima.span().toHours(),
          maxima.series().toDays(),
          limits.choices(handle),
          clock.instant());
    });
  }

  private static GrantView view(
      Dossier dossier,
      Rights rights,
      List<Review> made,
      Times times,
      boolean mayReview,
      Instant now) {
    ExportGrant text = dossier.text();
    Request request = dossier.request();
    GrantText signed = dossier.extension() == null ? request.signed() : text;
    Grant grant = dossier.grant();
    Use use = grant == null ? null : grant.use();
    List<String> actions = new ArrayList<>();
    for (Step step : Step.values()) {
      if (step.obstacle(dossier, rights, now) == null) {
        actions.add(step.text());
      }
    }
    if (mayReview) {
      actions.add(Reviews.STEP);
    }
    return new GrantView(
        dossier.id(),
        dossier.state(),
        dossier.isOut() && !now.isBefore(text.end()),
        request.requester(),
        text.person(),
        text.terminal(),
        text.medium(),
        text.start().toString(),
        text.end().toString(),
        text.minutes(),
        new String(signed.bytes(), StandardCharsets.UTF_8),
        signed.detail(),
        request.created().toString(),
        request.decidedBy(),
        time(request.decided()),
        use == null ? null : use.at().toString(),
        use == null ? null : use.deadline().toString(),
        grant == null ? null : time(grant.ended()),
        grant == null ? null : time(grant.returned()),
        grant == null ? null : grant.receipt(),
        grant == null || grant.erasure() == null ? null : time(grant.erasure().at()),
        remanded(request),
        extension(dossier),
        made.stream().map(Reviews::line).toList(),
        series(dossier, times, now),
        report(grant),
        dossier.isUnreported(),
        time(dossier.reportDue()),
        dossier.isReportLate(now),
        text.capability().text(),
        text.attendant(),
        export(text.export()),
        text.amount() instanceof ExportGrant.Bounds(int files, long bytes)
            ? new NewBounds(files, bytes)
            : null,
        times.two() || request.first() != null || text.capability() == Capability.EXPORT_PLAIN,
        request.first() == null ? null : request.first().person(),
        request.first() == null ? null : time(request.first().at()),
        actions);
  }

  private static @Nullable NewExport export(ExportGrant.@Nullable Export export) {
    return export == null
        ? null
        : new NewExport(
            export.recipient(),
            export.files(),
            export.bytes(),
            export.names().isEmpty() ? null : export.names());
  }

  private static @Nullable SeriesView series(Dossier dossier, Times times, Instant now) {
    Turn turn = dossier.request().turn();
    if (turn == null) {
      return null;
    }
    SeriesConfirmation due = times.due();
    return new SeriesView(
        turn.series().request(),
        turn.number(),
        turn.series().repeat().text(),
        turn.series().count(),
        turn.series().people(),
        times.made(),
        dossier.confirmations().stream()
            .map(one -> new ConfirmedMonth(one.month().toString(), one.by(), one.at().toString()))
            .toList(),
        due == null
            ? null
            : new DueMonth(
                due.month().toString(),
                new String(due.bytes(), StandardCharsets.UTF_8),
                due.detail()),
        dossier.isSuspended(now) || isClosed(dossier));
  }

  /** Whether an occurrence that could be used else waits for its month. */
  private static boolean isClosed(Dossier dossier) {
    Grant grant = dossier.grant();
    return dossier.isUnconfirmed() && grant != null && grant.state() == GrantState.APPROVED;
  }

  private static @Nullable UseReport report(@Nullable Grant grant) {
    Grant.Report report = grant == null ? null : grant.report();
    return report == null
        ? null
        : new UseReport(report.at().toString(), report.by(), report.said());
  }

  private static @Nullable ExtensionView extension(Dossier dossier) {
    if (dossier.extensions().isEmpty()) {
      return null;
    }
    Extension newest = dossier.extensions().getLast();
    boolean lapsed = newest.state() == Extension.State.ASKED && dossier.waiting() == null;
    return new ExtensionView(
        lapsed ? "lapsed" : newest.state().text(),
        newest.text().end().toString(),
        newest.text().minutes(),
        new String(newest.text().bytes(), StandardCharsets.UTF_8),
        newest.text().detail(),
        newest.askedBy(),
        newest.asked().toString(),
        newest.decidedBy(),
        time(newest.decided()));
  }

  private static @Nullable Remanded remanded(Request request) {
    Request.Remand remand = request.remand();
    return remand == null
        ? null
        : new Remanded(remand.at().toString(), remand.by(), remand.reason());
  }

  private static @Nullable String time(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
