package jp.sekisho.server.breach;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.BreachItems;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.server.breach.BreachCase.Closing;
import jp.sekisho.server.breach.BreachCase.Made;
import jp.sekisho.server.breach.BreachCase.Origin;
import jp.sekisho.server.breach.BreachCase.Told;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.SealedRows;
import jp.sekisho.server.storage.SealedTable;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code breach_case}; nobody else writes it. Its rows are compared with the log, so that
 * no case is forgotten by deleting it. Thread-safe.
 */
final class BreachRepository {
  private static final String OPEN_FIRST =
      "order by case when closed is null then 0 else 1 end, seq desc";

  private final SealedTable<BreachCase> table;

  BreachRepository(RowSeal seal) {
    this.table = new SealedTable<>(seal, "breach_case", new Case());
  }

  /** One case; throws as {@link SealedTable#find}. */
  Optional<BreachCase> find(Handle handle, String id) {
    return table.find(handle, id);
  }

  /** Those of an organ, open ones first, then the newest. */
  SealedRows<BreachCase> ofOrgan(Handle handle, String organ, int most) {
    return table.all(
        handle,
        table
            .select(handle, "where organ = :organ " + OPEN_FIRST + " limit :most")
            .bind("organ", organ)
            .bind("most", most));
  }

  /** Those of every organ that are not closed, and every row that was edited. */
  SealedRows<BreachCase> open(Handle handle) {
    return table.all(handle, table.select(handle, OPEN_FIRST), one -> one.closed() == null);
  }

  /** How many of an organ a person opened since then. */
  int openedBy(Handle handle, String organ, String opener, Instant since) {
    return handle
        .createQuery(
            "select count(*) from breach_case"
                + " where organ = :organ and opener = :opener and opened > :since")
        .bind("organ", organ)
        .bind("opener", opener)
        .bind("since", since.toEpochMilli())
        .mapTo(Integer.class)
        .one();
  }

  /** Whether there is none in any organ. */
  boolean isEmpty(Handle handle) {
    return table.isEmpty(handle);
  }

  /** The digits of the next number. */
  int next(Handle handle) {
    return table.next(handle);
  }

  void insert(Change change, EntryReceipt entry, BreachCase one) {
    Origin origin = one.origin();
    change
        .handle()
        .execute(
            "insert into breach_case (id, organ, seq, opener, opened, known, kinds, origin, item,"
                + " items, entry_id, mac) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            one.id(),
            one.organ(),
            one.seq(),
            one.opener(),
            one.opened().toEpochMilli(),
            one.known().toEpochMilli(),
            kinds(one),
            origin == null ? null : origin.kind(),
            origin == null ? null : origin.item(),
            one.items().bytes(),
            entry.entryId(),
            table.seal(change, entry, one));
  }

  void update(Change change, EntryReceipt entry, BreachCase one) {
    Made preliminary = one.preliminary();
    Made complete = one.complete();
    Closing closed = one.closed();
    table.updated(
        change
            .handle()
            .execute(
                """
                update breach_case set kinds = ?, items = ?, preliminary_date = ?,
                  preliminary_reference = ?, preliminary_by = ?, preliminary_at = ?,
                  complete_date = ?, complete_reference = ?, complete_by = ?, complete_at = ?,
                  closed = ?, closed_by = ?, reason = ?, told_preliminary = ?,
                  told_complete = ?, entry_id = ?, mac = ? where id = ?
                """,
                kinds(one),
                one.items().bytes(),
                preliminary == null ? null : preliminary.date().toString(),
                preliminary == null ? null : preliminary.reference(),
                preliminary == null ? null : preliminary.by(),
                preliminary == null ? null : preliminary.at().toEpochMilli(),
                complete == null ? null : complete.date().toString(),
                complete == null ? null : complete.reference(),
                complete == null ? null : complete.by(),
                complete == null ? null : complete.at().toEpochMilli(),
                closed == null ? null : closed.at().toEpochMilli(),
                closed == null ? null : closed.by(),
                closed == null ? null : closed.reason(),
                text(one.told().preliminary()),
                text(one.told().complete()),
                entry.entryId(),
                table.seal(change, entry, one),
                one.id()));
  }

  /** A row of the table. */
  private static final class Case implements SealedTable.Shape<BreachCase> {
    @Override
    public BreachCase read(ResultSet row) throws SQLException, MalformedException {
      return new BreachCase(
          row.getString("id"),
          row.getString("organ"),
          row.getInt("seq"),
          row.getString("opener"),
          Instant.ofEpochMilli(row.getLong("opened")),
          Instant.ofEpochMilli(row.getLong("known")),
          BreachKind.parse(List.of(row.getString("kinds").split(" ", -1))),
          origin(row),
          BreachItems.parse(row.getBytes("items")),
          made(row, "preliminary"),
          made(row, "complete"),
          closing(row),
          new Told(day(row.getString("told_preliminary")), day(row.getString("told_complete"))));
    }

    @Override
    public String id(BreachCase one) {
      return one.id();
    }

    @Override
    public @Nullable Object[] columns(BreachCase one) {
      Origin origin = one.origin();
      Made preliminary = one.preliminary();
      Made complete = one.complete();
      Closing closed = one.closed();
      return new @Nullable Object[] {
        one.id(),
        one.organ(),
        one.seq(),
        one.opener(),
        one.opened(),
        one.known(),
        kinds(one),
        origin == null ? null : origin.kind(),
        origin == null ? null : origin.item(),
        one.items().bytes(),
        preliminary == null ? null : preliminary.date().toString(),
        preliminary == null ? null : preliminary.reference(),
        preliminary == null ? null : preliminary.by(),
        preliminary == null ? null : preliminary.at(),
        complete == null ? null : complete.date().toString(),
        complete == null ? null : complete.reference(),
        complete == null ? null : complete.by(),
        complete == null ? null : complete.at(),
        closed == null ? null : closed.at(),
        closed == null ? null : closed.by(),
        closed == null ? null : closed.reason(),
        text(one.told().preliminary()),
        text(one.told().complete())
      };
    }
  }

  private static @Nullable Origin origin(ResultSet row) throws SQLException {
    String kind = row.getString("origin");
    String item = row.getString("item");
    return kind == null || item == null ? null : new Origin(kind, item);
  }

  private static @Nullable Made made(ResultSet row, String report) throws SQLException {
    LocalDate date = day(row.getString(report + "_date"));
    String reference = row.getString(report + "_reference");
    String by = row.getString(report + "_by");
    return date == null || reference == null || by == null
        ? null
        : new Made(date, reference, by, Instant.ofEpochMilli(row.getLong(report + "_at")));
  }

  private static @Nullable Closing closing(ResultSet row) throws SQLException {
    String by = row.getString("closed_by");
    return by == null
        ? null
        : new Closing(Instant.ofEpochMilli(row.getLong("closed")), by, row.getString("reason"));
  }

  private static @Nullable LocalDate day(@Nullable String text) {
    return text == null ? null : LocalDate.parse(text);
  }

  private static @Nullable String text(@Nullable LocalDate day) {
    return day == null ? null : day.toString();
  }

  private static String kinds(BreachCase one) {
    return String.join(" ", BreachKind.words(one.kinds()));
  }
}
