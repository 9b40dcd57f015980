package jp.sekisho.server.person;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

/**
 * The tables {@code personnel_order} and {@code personnel_order_person}. Reading throws {@link
 * TamperedException} for a row that fails its seal, and for an order some of whose persons are
 * missing. Thread-safe.
 */
public final class PersonnelOrders {
  private static final String TABLE = "personnel_order";
  private static final String PERSONS = "personnel_order_person";

  private final RowSeal seal;

  public PersonnelOrders(RowSeal seal) {
    this.seal = seal;
  }

  /** What an order made of one person. */
  record Changed(Timeline before, Timeline after) {}

  /** An order with the names of divisions that it changed. */
  private record Row(PersonnelOrder order, String divisions) {}

  /** All orders, the newest first. */
  public List<PersonnelOrder> all(Handle handle) {
    return handle
        .createQuery("select * from personnel_order order by applied_at desc, id desc")
        .map((row, _) -> read(row).order())
        .list();
  }

  /** Another text whenever an order was applied or undone; nothing else changes posts. */
  public String state(Handle handle) {
    return handle
        .createQuery(
            "select state, count(*) as n from personnel_order group by state order by state")
        .map((row, _) -> row.getString("state") + row.getLong("n"))
        .collect(java.util.stream.Collectors.joining(" "));
  }

  Optional<PersonnelOrder> find(Handle handle, String id) {
    return row(handle, id).map(Row::order);
  }

  private Optional<Row> row(Handle handle, String id) {
    return handle
        .createQuery("select * from personnel_order where id = :id")
        .bind("id", id)
        .map((row, _) -> read(row))
        .findOne();
  }

  /** Whether any order that came after this one stands. */
  boolean isBuiltUpon(Handle handle, PersonnelOrder order) {
    return all(handle).stream()
        .anyMatch(other ->
            other.state() == PersonnelOrder.State.APPLIED && other.number() > order.number());
  }

  /** The id of the next order: orders are never deleted. */
  String nextId(Handle handle) {
    long count = handle.createQuery("select count(*) from personnel_order").mapTo(Long.class).one();
    return String.format(Locale.ROOT, "O-%04d", count + 1);
  }

  void insert(
      Handle handle, EntryReceipt entry, PersonnelOrder order, List<DivisionName> divisions) {
    String names = DivisionName.write(divisions);
    handle.execute(
        "insert into personnel_order (id, state, applied_at, effective, file_hash, persons,"
            + " divisions, entry_id, mac) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        order.id(),
        order.state().name(),
        order.applied().toEpochMilli(),
        order.effective().toString(),
        order.fileHash(),
        order.persons(),
        names,
        entry.entryId(),
        seal.seal(TABLE, entry, columns(order, names)));
  }

  void insert(Handle handle, EntryReceipt entry, String order, Changed changed) {
    String before = TimelineJson.write(changed.before());
    String after = TimelineJson.write(changed.after());
    String person = changed.after().number();
    handle.execute(
        "insert into personnel_order_person (order_id, person, before, after, entry_id, mac)"
            + " values (?, ?, ?, ?, ?, ?)",
        order,
        person,
        before,
        after,
        entry.entryId(),
        seal.seal(PERSONS, entry, order, person, before, after));
  }

  /** Marks an order as undone. */
  void undone(Handle handle, EntryReceipt entry, PersonnelOrder order) {
    PersonnelOrder undone = order.undone();
    String names = row(handle, order.id()).map(Row::divisions).orElseThrow();
    handle.execute(
        "update personnel_order set state = ?, entry_id = ?, mac = ? where id = ?",
        undone.state().name(),
        entry.entryId(),
        seal.seal(TABLE, entry, columns(undone, names)),
        order.id());
  }

  List<DivisionName> divisions(Handle handle, PersonnelOrder order) {
    return row(handle, order.id()).map(row -> DivisionName.read(row.divisions())).orElse(List.of());
  }

  /** Everybody an order changed, by staff number. */
  List<Changed> persons(Handle handle, PersonnelOrder order) {
    List<Changed> persons =
        handle
            .createQuery(
                "select person, before, after, entry_id, mac from personnel_order_person"
                    + " where order_id = :id order by person")
            .bind("id", order.id())
            .map((row, _) -> changed(order.id(), row))
            .list();
    if (persons.size() != order.persons()) {
      throw new TamperedException(TABLE, order.id()); // somebody took a person's row away
    }
    return persons;
  }

  /**
   * Everybody of whom an order took away or changed that role in that organ, by staff number; what
   * an order for a past day replaced is found here and nowhere else.
   */
  public List<String> heldBefore(Handle handle, Role role, String organ) {
    return handle
        .createQuery(
            "select order_id, person, before, after, entry_id, mac from personnel_order_person"
                + " where before like :role order by person")
        .bind("role", "%" + role.name() + "%")
        .map((row, _) -> changed(row.getString("order_id"), row))
        .list()
        .stream()
        .filter(one ->
            one.before().roles().stream()
                .anyMatch(held -> held.role() == role && held.organ().equals(organ)))
        .map(one -> one.before().number())
        .distinct()
        .toList();
  }

  /**
   * A person's name.
   *
   * @param from the first day on which it was theirs or the division's, as the order says; {@link
   *     LocalDate#MIN} for the first one known
   */
  public record Called(LocalDate from, String name) {
    /** No name in a trace. */
    @Override
    public String toString() {
      return "Called[" + from + "]";
    }
  }

  /**
   * How a person was called according to the orders that stand, the newest name last; empty for
   * somebody no order knows.
   *
   * @throws TamperedException when a row fails its seal; let it pass
   */
  public List<Called> names(Handle handle, String number) {
    List<Called> names = new ArrayList<>();
    handle
        .createQuery(
            "select order_id, person, before, after, entry_id, mac from personnel_order_person"
                + " where person = :person")
        .bind("person", number)
        .map((row, _) ->
            Map.entry(row.getString("order_id"), changed(row.getString("order_id"), row)))
        .list()
        .stream()
        .flatMap(one ->
            find(handle, one.getKey()).stream().map(order -> Map.entry(order, one.getValue())))
        .filter(one -> one.getKey().state() == PersonnelOrder.State.APPLIED)
        .sorted(Comparator.comparingLong(one -> one.getKey().number()))
        .forEach(one -> add(names, one.getKey().effective(), one.getValue()));
    return List.copyOf(names);
  }

  private static void add(List<Called> names, LocalDate effective, Changed changed) {
    boolean known = changed.before().isKnown();
    add(names, effective, known ? changed.before().name() : "", changed.after().name());
  }

  /**
   * How the divisions of an organ were called, by their codes, according to the orders that stand;
   * the newest name last. A name counts from its order's day, though screens show it at once.
   *
   * @throws TamperedException when a row fails its seal; let it pass
   */
  public Map<String, List<Called>> divisionNames(Handle handle, String organ) {
    Map<String, List<Called>> names = new HashMap<>();
    handle.createQuery("select * from personnel_order").map((row, _) -> read(row)).list().stream()
        .filter(one -> one.order().state() == PersonnelOrder.State.APPLIED)
        .sorted(Comparator.comparingLong(one -> one.order().number()))
        .forEach(one -> {
          for (DivisionName name : DivisionName.read(one.divisions())) {
            if (name.organ().equals(organ)) {
              add(
                  names.computeIfAbsent(name.code(), _ -> new ArrayList<>()),
                  one.order().effective(),
                  name.before(),
                  name.after());
            }
          }
        });
    return names;
  }

  /** Adds a name to those before it; the first one known is taken to have been there ever. */
  private static void add(List<Called> names, LocalDate effective, String before, String after) {
    if (names.isEmpty()) {
      names.add(new Called(LocalDate.MIN, before.isEmpty() ? after : before));
    }
    if (!names.getLast().name().equals(after)) {
      names.removeIf(one -> !one.from().isBefore(effective)); // an order for an earlier day
      names.add(new Called(effective, after));
    }
  }

  private Changed changed(String order, ResultSet row) throws SQLException {
    String person = row.getString("person");
    String before = row.getString("before");
    String after = row.getString("after");
    if (!seal.verify(
        row.getBytes("mac"), PERSONS, row.getBytes("entry_id"), order, person, before, after)) {
      throw new TamperedException(PERSONS, order + "/" + person);
    }
    return new Changed(TimelineJson.read(person, before), TimelineJson.read(person, after));
  }

  private Row read(ResultSet row) throws SQLException {
    String id = row.getString("id");
    String divisions = row.getString("divisions");
    PersonnelOrder order;
    try {
      order =
          new PersonnelOrder(
              id,
              PersonnelOrder.State.valueOf(row.getString("state")),
              Instant.ofEpochMilli(row.getLong("applied_at")),
              LocalDate.parse(row.getString("effective")),
              row.getString("file_hash"),
              row.getLong("persons"));
    } catch (RuntimeException e) { // a state or a day that we did not write
      throw new TamperedException(TABLE, id);
    }
    if (!seal.verify(
        row.getBytes("mac"), TABLE, row.getBytes("entry_id"), columns(order, divisions))) {
      throw new TamperedException(TABLE, id);
    }
    return new Row(order, divisions);
  }

  private static Object[] columns(PersonnelOrder order, String divisions) {
    return new Object[] {
      order.id(),
      order.state().name(),
      order.applied(),
      order.effective().toString(),
      order.fileHash(),
      order.persons(),
      divisions
    };
  }
}
