package jp.sekisho.server.grant;

import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.SeriesConfirmation;
import jp.sekisho.protocol.statement.SeriesConfirmation.Used;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Makes the occurrences of approved series (定例許可) exceptions of their own when their time comes,
 * one after the other, says what stops one, and ends them with their series. Thread-safe.
 *
 * <p>Each is made once: how many there are stands in the series' own row, so the row of an
 * occurrence that somebody deleted is missed and never made anew.
 */
final class Occurrences {
  /** How long before its start one is made, so that its terminal has it in time. */
  static final Duration LEAD = Duration.ofDays(1);

  private static final String REQUEST = "export_request";
  private static final String GRANT = "export_grant";

  private final DossierRepository dossiers;
  private final SeriesStanding standing;
  private final Limits limits;

  Occurrences(DossierRepository dossiers, SeriesStanding standing, Limits limits) {
    this.dossiers = dossiers;
    this.standing = standing;
    this.limits = limits;
  }

  /**
   * Takes the next step that time or circumstances ask of a series: ends it, or makes its next
   * occurrence.
   *
   * @return whether there was one
   */
  boolean settle(Change change, Dossier series) {
    Grant grant = series.grant();
    if (grant == null || grant.state() != GrantState.APPROVED || !series.request().isSeries()) {
      return false;
    }
    SeriesStanding.Broken broken = standing.broken(change.handle(), series, change.now());
    if (broken != null) {
      EntryReceipt entry =
          change.record(organ(series), new GrantEvent.SeriesEnded(series.id(), broken.text()));
      dossiers.update(change, entry, grant.ended(GrantState.REVOKED, change.now()));
      end(change, organ(series), series, broken.text());
      return true;
    }
    GrantSeries text = text(series);
    int next = grant.occurrences() + 1;
    return next <= text.count() && make(change, series, grant, text.occurrence(next), next);
  }

  private boolean make(Change change, Dossier series, Grant grant, ExportGrant one, int number) {
    if (change.now().isBefore(one.start().minus(LEAD))) {
      return false;
    }
    if (dossiers.has(change.handle(), one.request())) {
      // Whoever has the series' text can compute the id; the series' row says that it is not ours.
      throw new TamperedException(REQUEST, one.request());
    }
    EntryReceipt entry =
        change.record(
            organ(series),
            new GrantEvent.Occurrence(
                one.request(), series.id(), number, one.start().toString(), one.end().toString()));
    Request request = series.request().occurrence(number, change.now());
    Grant its = grant.occurrence(one.request());
    dossiers.insert(change, entry, request);
    dossiers.insert(change, entry, its);
    dossiers.update(change, entry, grant.counted());
    if (new Dossier(request, its, List.of(), series.confirmations()).isUnconfirmed()
        && change.now().isBefore(one.end())) {
      String month = text(series).month(number).toString();
      var _ =
          change.record(organ(series), new GrantEvent.SeriesSuspended(series.id(), number, month));
    }
    return true;
  }

  /**
   * Ends what is left of a series' occurrences, each by an entry of its own; one that is in use is
   * taken away. An edited row opens nothing any more, and must not keep the others.
   *
   * @param by whom these entries are about
   * @param cause as in {@link GrantEvent.SeriesEnded}
   */
  void end(Change change, Entry.Subject by, Dossier series, String cause) {
    Grant grant = series.grant();
    for (int number = 1; grant != null && number <= grant.occurrences(); number++) {
      try {
        Dossier one = occurrence(change.handle(), text(series), number);
        Grant its = one.grant();
        if (its != null && its.state().leadsTo(GrantState.REVOKED)) {
          EntryReceipt entry = change.record(by, new GrantEvent.SeriesEnded(one.id(), cause));
          dossiers.update(change, entry, its.ended(GrantState.REVOKED, change.now()));
        }
      } catch (TamperedException e) {
        change.record(Entry.Subject.NONE, new ServiceEvent.StateTampered(e.table(), e.row()));
      }
    }
  }

  /**
   * Why an occurrence must not be used now, for the sake of its series; null when it may.
   *
   * @throws TamperedException when a row of the series is missing or was edited
   */
  @Nullable Refusal obstacle(Handle handle, Dossier occurrence, Instant now) {
    Turn turn = occurrence.request().turn();
    if (turn == null) {
      return null;
    }
    String id = turn.series().request();
    Dossier series = dossiers.find(handle, id).orElseThrow(() -> new TamperedException(GRANT, id));
    Grant grant = series.grant();
    if (grant == null
        || !text(series).equals(turn.series())
        || turn.number() > grant.occurrences()) {
      throw new TamperedException(GRANT, occurrence.id());
    }
    if (grant.state() != GrantState.APPROVED) {
      return Refusal.GRANT_DECIDED;
    }
    SeriesStanding.Broken broken = standing.broken(handle, series, now);
    if (broken != null) {
      return broken.refusal();
    }
    ExportGrant text = occurrence.request().text();
    if (!standing.isAble(handle, text.person(), text.organ(), now)) {
      return Refusal.GRANT_PERSON; // This turn is lost; the others have theirs.
    }
    if (occurrence.isUnconfirmed()) {
      return Refusal.GRANT_UNCONFIRMED;
    }
    Refusal limit = limits.obstacle(handle, turn.series());
    if (limit != null) {
      return limit;
    }
    for (int earlier = 1; earlier < turn.number(); earlier++) {
      if (!occurrence(handle, turn.series(), earlier).isSettled()) {
        return Refusal.GRANT_SERIES_STOPPED;
      }
    }
    return null;
  }

  /**
   * What a card would sign to let a series go on, as the rows of the month before say it now; null
   * when there is nothing to confirm.
   *
   * @throws TamperedException when one of these rows is missing or was edited
   */
  @Nullable SeriesConfirmation due(Handle handle, Dossier series, Instant now) {
    YearMonth month = series.due(now);
    Grant grant = series.grant();
    if (month == null || grant == null) {
      return null;
    }
    GrantSeries text = text(series);
    List<Used> used = new ArrayList<>();
    for (int number : text.numbers(month.minusMonths(1))) {
      // One that is not made yet, after a time without a service, was not used.
      Dossier one = number <= grant.occurrences() ? occurrence(handle, text, number) : null;
      Grant its = one == null ? null : one.grant();
      if (one != null && its != null && its.use() != null) {
        used.add(
            new Used(
                number,
                one.request().text().person(),
                its.use().at().truncatedTo(ChronoUnit.SECONDS)));
      }
    }
    return SeriesConfirmation.of(text, month, used);
  }

  /** One that was made. */
  Dossier occurrence(Handle handle, GrantSeries series, int number) {
    String id = series.occurrence(number).request();
    return dossiers.find(handle, id).orElseThrow(() -> new TamperedException(GRANT, id));
  }

  private static GrantSeries text(Dossier series) {
    Turn turn = series.request().turn();
    if (turn == null || !turn.isSeries()) {
      throw new TamperedException(GRANT, series.id());
    }
    return turn.series();
  }

  private static Entry.Subject organ(Dossier series) {
    return new Entry.Subject(series.request().organ(), null, null, null, null);
  }
}
