package jp.sekisho.server.breach;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.protocol.BreachView;
import jp.sekisho.protocol.BreachViews;
import jp.sekisho.protocol.MadeReport;
import jp.sekisho.server.breach.BreachCase.Closing;
import jp.sekisho.server.breach.BreachCase.Made;
import jp.sekisho.server.breach.BreachCase.Origin;
import jp.sekisho.server.desk.Desk;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.SealedRows;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * The cases of 漏えい等 as the session's person may see them: those of the own 機関, for who has an
 * office there. Thread-safe.
 */
public final class BreachRegister {
  private final Transactions transactions;
  private final BreachRepository rows;
  private final Desk desk;
  private final Holidays holidays;
  private final Persons persons;
  private final InstantSource clock;
  private final TamperedRows tampered;

  BreachRegister(
      Transactions transactions,
      BreachRepository rows,
      Desk desk,
      Holidays holidays,
      Persons persons,
      InstantSource clock) {
    this.transactions = transactions;
    this.rows = rows;
    this.desk = desk;
    this.holidays = holidays;
    this.persons = persons;
    this.clock = clock;
    this.tampered = new TamperedRows(transactions);
  }

  private record Found(SealedRows<BreachCase> cases, Set<LocalDate> holidays) {}

  /** The cases, overdue ones first; empty for who may not see them. */
  public Optional<BreachViews> list(Session session) {
    if (!desk.holds(session, Breaches.READERS)) {
      return Optional.empty();
    }
    boolean keeps = desk.holds(session, Breaches.KEEPERS);
    Found found =
        transactions.read(handle ->
            new Found(
                rows.ofOrgan(handle, session.organ(), BreachViews.MOST), holidays.of(handle)));
    found.cases().tampered().forEach(tampered::report);
    return Optional.of(
        new BreachViews(
            found.cases().sound().stream()
                .map(one -> view(one, found.holidays(), keeps))
                .sorted(Comparator.comparing(view -> view.overdue().isEmpty()))
                .toList()));
  }

  /** How many are overdue, for who may see them; a row that was edited counts in every organ. */
  public int overdue(Session session) {
    LocalDate today = Validity.day(clock.instant());
    boolean none = transactions.read(rows::isEmpty);
    if (none || !desk.holds(session, Breaches.READERS)) {
      return 0;
    }
    return transactions.read(handle -> {
      SealedRows<BreachCase> open = rows.open(handle);
      Set<LocalDate> days = holidays.of(handle);
      long late =
          open.sound().stream()
              .filter(one -> one.organ().equals(session.organ()))
              .filter(one -> !one.overdue(today, days).isEmpty())
              .count();
      return (int) late + open.tampered().size();
    });
  }

  /** One case; empty when there is none that this person may see. */
  public Optional<BreachView> find(Session session, String id) {
    if (!Ids.isId(id) || !desk.holds(session, Breaches.READERS)) {
      return Optional.empty();
    }
    boolean keeps = desk.holds(session, Breaches.KEEPERS);
    return transactions.read(handle ->
        rows.find(handle, id)
            .filter(one -> one.organ().equals(session.organ()))
            .map(one -> view(one, holidays.of(handle), keeps)));
  }

  /** The name of the session's 機関, for paper. */
  public String organ(Session session) {
    return transactions.read(
        handle -> persons.organName(handle, session.organ()).orElse(session.organ()));
  }

  private BreachView view(BreachCase one, Set<LocalDate> days, boolean keeps) {
    Instant now = clock.instant();
    LocalDate today = Validity.day(now);
    ReportClock until = one.clock(days);
    Origin origin = one.origin();
    Closing closed = one.closed();
    List<String> actions =
        Stream.of(BreachStep.values())
            .filter(step -> keeps && step.obstacle(one) == null)
            .map(BreachStep::text)
            .toList();
    return new BreachView(
        one.id(),
        one.number(),
        one.state(),
        one.known().toString(),
        BreachKind.words(one.kinds()),
        origin == null ? null : origin.kind(),
        origin == null ? null : origin.item(),
        one.items(),
        one.items().detail(),
        one.shown(),
        one.opener(),
        one.opened().toString(),
        until.soon().toString(),
        until.preliminary().toString(),
        until.lastDay().toString(),
        until.complete().toString(),
        days.stream().anyMatch(day -> day.getYear() == until.complete().getYear()),
        one.overdue(today, days).stream().map(Report::text).toList(),
        one.isSoon(today, days),
        made(one.preliminary()),
        made(one.complete()),
        closed == null ? null : closed.by(),
        closed == null ? null : closed.at().toString(),
        closed == null ? null : closed.reason(),
        actions);
  }

  private static @Nullable MadeReport made(@Nullable Made made) {
    return made == null
        ? null
        : new MadeReport(made.date().toString(), made.reference(), made.by(), made.at().toString());
  }
}
