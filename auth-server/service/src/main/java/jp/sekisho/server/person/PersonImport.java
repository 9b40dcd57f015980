package jp.sekisho.server.person;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.PersonEvent;
import jp.sekisho.server.person.PersonnelOrders.Changed;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Takes a personnel file (発令) into the directory, and takes one back before it has effect: all in
 * one transaction or nothing, with an entry for each person and 機関 changed. Persons whom the file
 * does not name stay as they are. Thread-safe.
 *
 * <p>A row changes what holds from its first day on; what held before stays. Nothing has to be run
 * on that day: every question is answered by the rows' days and the clock.
 *
 * <p>Over 400 lines, for looking, taking and undoing share one plan and one set of rules.
 */
public final class PersonImport {
  private final Transactions transactions;
  private final Timelines timelines;
  private final PersonnelOrders orders;
  private final ToIntFunction<Handle> officers;
  private final InstantSource clock;

  /**
   * @param officers how many policy officers must sign (k), as the newest root says
   */
  public PersonImport(
      Transactions transactions,
      RowSeal seal,
      ToIntFunction<Handle> officers,
      InstantSource clock) {
    this.transactions = transactions;
    this.timelines = new Timelines(seal);
    this.orders = new PersonnelOrders(seal);
    this.officers = officers;
    this.clock = clock;
  }

  /** What came, or would come, of a file. */
  public sealed interface Outcome {
    /**
     * The persons added or updated, in the order of the file.
     *
     * @param order null in a dry run and when nothing was to change
     * @param effective the first day on which it makes a difference; null when nothing changes
     * @param gaps offices that run empty on some day although this file is no reason for it
     */
    record Done(
        List<PersonDiff> changed,
        int unchanged,
        @Nullable String order,
        @Nullable LocalDate effective,
        List<RowFault> gaps)
        implements Outcome {
      public Done {
        changed = List.copyOf(changed);
        gaps = List.copyOf(gaps);
      }
    }

    /** Nothing was changed; an applied file that was refused is an entry. */
    record Refused(List<RowFault> faults) implements Outcome {
      public Refused {
        faults = List.copyOf(faults);
      }
    }
  }

  /** What came of undoing an order. */
  public sealed interface Undone {
    /** Everything is as it was before the order. */
    record Done(PersonnelOrder order, int persons) implements Undone {}

    /** There is no such order, or it was undone before. */
    record Unknown() implements Undone {}

    /** The first day of its effect has begun. */
    record TooLate(LocalDate effective) implements Undone {}

    /** Later orders changed some of its persons: those must be undone first. */
    record ChangedSince(List<String> persons) implements Undone {
      public ChangedSince {
        persons = List.copyOf(persons);
      }
    }

    /** Without it an office would be empty. */
    record Understaffed(List<RowFault> faults) implements Undone {
      public Understaffed {
        faults = List.copyOf(faults);
      }
    }
  }

  /** What a file would make of the directory. */
  private record Plan(
      List<Changed> changed, int unchanged, List<DivisionName> divisions, List<RowFault> faults) {}

  /**
   * Imports a file.
   *
   * @param file at most 4 MiB and 1,000 rows
   * @param dryRun only says what would change
   * @throws jp.sekisho.server.storage.StorageException when nothing could be stored
   * @throws jp.sekisho.server.storage.TamperedException when a row to be replaced fails its MAC
   */
  public Outcome run(byte[] file, boolean dryRun) {
    return run(file, dryRun, Authority.CONSOLE);
  }

  /**
   * As {@link #run(byte[], boolean)}, for somebody who may not touch every organ: a person whose
   * posts, roles or name elsewhere would change is the fault {@code NOT_YOURS}, and nothing of that
   * person is shown.
   */
  public Outcome run(byte[] file, boolean dryRun, Authority authority) {
    PersonCsv.Content content =
        transactions.read(handle -> PersonCsv.read(file, Organs.names(handle).keySet()));
    String hash = Sha256.text(file);
    return switch (content) {
      case PersonCsv.Content.Faulty(var faults) -> {
        if (!dryRun) {
          transactions.write(change -> refuse(change, authority, hash, Refusal.ORDER_INVALID));
        }
        yield new Outcome.Refused(faults);
      }
      case PersonCsv.Content.Rows(var rows) when dryRun ->
          transactions.read(handle -> {
            Instant now = clock.instant();
            Plan plan = plan(handle, rows, now, authority);
            return plan.faults().isEmpty()
                ? done(handle, plan, null, now, authority)
                : new Outcome.Refused(plan.faults());
          });
      case PersonCsv.Content.Rows(var rows) ->
          transactions.<Outcome, RuntimeException>write(
              change -> apply(change, rows, hash, authority));
    };
  }

  private Outcome apply(Change change, List<OrderRow> rows, String hash, Authority authority) {
    Handle handle = change.handle();
    Plan plan = plan(handle, rows, change.now(), authority);
    if (!plan.faults().isEmpty()) {
      boolean staffing = plan.faults().stream().allMatch(fault -> fault.line() == 0);
      EntryReceipt _ =
          refuse(
              change,
              authority,
              hash,
              staffing ? Refusal.ORDER_UNDERSTAFFED : Refusal.ORDER_INVALID);
      return new Outcome.Refused(plan.faults());
    }
    if (plan.changed().isEmpty() && plan.divisions().isEmpty()) {
      change.unchanged();
      return done(handle, plan, null, change.now(), authority);
    }
    LocalDate effective = effective(plan, change.now());
    String id = orders.nextId(handle);
    EntryReceipt entry =
        change.record(
            authority.subject(),
            new PersonEvent.OrderApplied(id, hash, effective.toString(), plan.changed().size()));
    plan.divisions().forEach(name -> name.store(handle));
    orders.insert(
        handle,
        entry,
        new PersonnelOrder(
            id, PersonnelOrder.State.APPLIED, change.now(), effective, hash, plan.changed().size()),
        plan.divisions());
    for (Changed one : plan.changed()) {
      EntryReceipt about =
          OrderEntries.record(
              change, id, one.before().isKnown() ? "updated" : "added", effective, one);
      timelines.replace(change, about, one.after());
      orders.insert(handle, about, id, one);
    }
    return done(handle, plan, id, change.now(), authority);
  }

  private Plan plan(Handle handle, List<OrderRow> rows, Instant now, Authority authority) {
    Predicate<String> mine = organ -> authority.covers(handle, organ, now);
    Map<String, List<OrderRow>> byPerson = new LinkedHashMap<>();
    rows.forEach(row -> byPerson.computeIfAbsent(row.number(), _ -> new ArrayList<>()).add(row));
    List<Changed> changed = new ArrayList<>();
    List<RowFault> faults = new ArrayList<>();
    LocalDate today = Validity.day(now);
    byPerson.forEach((number, orderRows) -> {
      Timeline before = timelines.read(handle, number);
      Orders.Result result = Orders.apply(before, orderRows);
      Timeline after = result.after();
      if (!isOf(mine, new Changed(before, after), orderRows)) {
        // In place of every other fault: those would tell of posts elsewhere.
        faults.add(RowFault.ofLine(orderRows.getFirst().line(), RowFault.Code.NOT_YOURS, number));
        return;
      }
      faults.addAll(result.faults());
      if (!after.equals(before)) {
        changed.add(new Changed(before, after));
        long coming =
            after.posts().stream().filter(one -> !one.validity().until().isBefore(today)).count()
                + after.roles().stream()
                    .filter(one -> !one.validity().until().isBefore(today))
                    .count();
        if (coming > Orders.MAX_COMING) {
          faults.add(
              RowFault.ofLine(
                  orderRows.getFirst().line(),
                  RowFault.Code.TOO_MANY_POSTS,
                  number,
                  String.valueOf(Orders.MAX_COMING)));
        }
      }
    });
    faults.sort(Comparator.comparingLong(RowFault::line));
    if (faults.isEmpty()) {
      faults.addAll(obstacles(handle, changed, today));
    }
    return new Plan(
        changed, byPerson.size() - changed.size(), DivisionName.of(handle, rows), faults);
  }

  /** Whether all that the rows say and change of one person lies in these organs. */
  private static boolean isOf(Predicate<String> mine, Changed changed, List<OrderRow> rows) {
    Set<String> touched = touched(changed);
    rows.stream().map(OrderRow::organ).filter(organ -> !organ.isEmpty()).forEach(touched::add);
    return touched.stream().allMatch(mine)
        && (changed.after().organs().stream().anyMatch(mine) || !changed.before().isKnown());
  }

  /** The organs in which something but the name changes. */
  private static Set<String> touched(Changed changed) {
    Set<String> touched = new TreeSet<>(changed.before().organs());
    touched.addAll(changed.after().organs());
    touched.removeIf(organ -> !OrderEntries.differs(changed, organ));
    return touched;
  }

  private List<RowFault> obstacles(Handle handle, List<Changed> changed, LocalDate today) {
    Map<String, Timeline> before = new TreeMap<>(timelines.officeHolders(handle));
    Map<String, Timeline> after = new TreeMap<>(before);
    for (Changed one : changed) {
      before.put(one.before().number(), one.before());
      after.put(one.after().number(), one.after());
    }
    return staffing(handle).obstacles(before, after, today);
  }

  private Staffing staffing(Handle handle) {
    return new Staffing(Organs.names(handle).keySet(), officers.applyAsInt(handle));
  }

  /** The offices that run empty on some day from now on. */
  public List<RowFault> gaps() {
    return transactions.read(handle -> gaps(handle, List.of(), clock.instant(), Authority.CONSOLE));
  }

  private List<RowFault> gaps(
      Handle handle, List<Changed> changed, Instant now, Authority authority) {
    Map<String, Timeline> persons = new TreeMap<>(timelines.officeHolders(handle));
    changed.forEach(one -> persons.put(one.after().number(), one.after()));
    return staffing(handle).gaps(persons, Validity.day(now)).stream()
        .filter(gap -> isOfAll(gap) || authority.covers(handle, gap.values().getFirst(), now))
        .toList();
  }

  private static boolean isOfAll(RowFault gap) {
    return gap.values().getFirst().equals("*");
  }

  private static LocalDate effective(Plan plan, Instant now) {
    return plan.changed().stream()
        .map(one -> Timeline.firstDifference(one.before(), one.after()))
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder())
        .orElse(Validity.day(now)); // names only: at once
  }

  private Outcome.Done done(
      Handle handle, Plan plan, @Nullable String order, Instant now, Authority authority) {
    return new Outcome.Done(
        plan.changed().stream().map(one -> PersonDiff.of(one.before(), one.after())).toList(),
        plan.unchanged(),
        order,
        plan.changed().isEmpty() ? null : effective(plan, now),
        gaps(handle, plan.changed(), now, authority));
  }

  /**
   * Undoes an order: posts, roles and names become exactly what they were.
   *
   * @throws jp.sekisho.server.storage.TamperedException when a row of it fails its MAC
   */
  public Undone undo(String id) {
    return undo(id, Authority.CONSOLE);
  }

  /**
   * As {@link #undo(String)}, for somebody who may not touch every organ: an order that changed
   * anything elsewhere is unknown.
   */
  public Undone undo(String id, Authority authority) {
    return transactions.<Undone, RuntimeException>write(change -> {
      Handle handle = change.handle();
      Optional<PersonnelOrder> found =
          orders.find(handle, id).filter(one -> one.state() == PersonnelOrder.State.APPLIED);
      if (found.isEmpty()) {
        change.unchanged();
        return new Undone.Unknown();
      }
      PersonnelOrder order = found.get();
      if (!isOf(handle, order, authority, change.now())) {
        return refuseUndo(change, authority, id, new Undone.Unknown());
      }
      if (!order.isUndoable(change.now())) {
        return refuseUndo(change, authority, id, new Undone.TooLate(order.effective()));
      }
      List<Changed> back = new ArrayList<>();
      List<String> since = new ArrayList<>();
      for (Changed one : orders.persons(handle, order)) {
        Timeline now = timelines.read(handle, one.after().number());
        if (!now.equals(one.after())) {
          since.add(now.number());
        }
        back.add(new Changed(one.after(), one.before()));
      }
      if (!since.isEmpty()) {
        return refuseUndo(change, authority, id, new Undone.ChangedSince(since));
      }
      // The newest order gives way to what was; a later one may have counted on this one's
      // successors.
      List<RowFault> faults =
          orders.isBuiltUpon(handle, order)
              ? obstacles(handle, back, Validity.day(change.now()))
              : List.of();
      if (!faults.isEmpty()) {
        return refuseUndo(change, authority, id, new Undone.Understaffed(faults));
      }
      restore(change, authority, order, back);
      return new Undone.Done(order, back.size());
    });
  }

  /** The newest orders all of whose changes lie where {@code authority} may look, newest first. */
  public List<PersonnelOrder> orders(Authority authority, int most) {
    Instant now = clock.instant();
    return transactions.read(handle ->
        orders.all(handle).stream()
            .filter(order -> isOf(handle, order, authority, now))
            .limit(most)
            .toList());
  }

  private boolean isOf(Handle handle, PersonnelOrder order, Authority authority, Instant now) {
    return authority.coversAll()
        || (orders.divisions(handle, order).stream()
                .allMatch(name -> authority.covers(handle, name.organ(), now))
            && orders.persons(handle, order).stream()
                .allMatch(changed ->
                    isOf(organ -> authority.covers(handle, organ, now), changed, List.of())));
  }

  private void restore(
      Change change, Authority authority, PersonnelOrder order, List<Changed> back) {
    Handle handle = change.handle();
    EntryReceipt entry =
        change.record(authority.subject(), new PersonEvent.OrderUndone(order.id(), back.size()));
    List<DivisionName> divisions = orders.divisions(handle, order);
    orders.undone(handle, entry, order);
    for (Changed one : back) {
      timelines.replace(
          change,
          OrderEntries.record(change, order.id(), "restored", order.effective(), one),
          one.after());
    }
    divisions.forEach(name -> name.undo(handle));
  }

  private static EntryReceipt refuse(
      Change change, Authority authority, String hash, Refusal reason) {
    return change.record(authority.subject(), new PersonEvent.OrderRefused(hash, reason));
  }

  private static Undone refuseUndo(Change change, Authority authority, String id, Undone why) {
    Refusal reason =
        why instanceof Undone.Understaffed
            ? Refusal.ORDER_UNDERSTAFFED
            : Refusal.ORDER_NOT_UNDOABLE;
    change.record(
        authority.subject(), new PersonEvent.OrderRefused(Objects.requireNonNull(id), reason));
    return why;
  }
}
