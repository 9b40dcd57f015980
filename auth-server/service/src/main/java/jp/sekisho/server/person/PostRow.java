package jp.sekisho.server.person;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code post}, its seal checked when it was read.
 *
 * @param contract null but for a contractor's employee
 */
record PostRow(
    String person,
    String organ,
    String division,
    String title,
    Validity validity,
    Kind kind,
    Appointment appointment,
    @Nullable Contract contract) {
  static final String TABLE = "post";

  static final String SELECT =
      "select person, organ, division, title, valid_from, valid_until, kind, appointment,"
          + " contract_until, subcontract, entry_id, mac from post";

  static final String INSERT =
      "insert into post (person, organ, division, title, valid_from, valid_until, kind,"
          + " appointment, contract_until, subcontract, entry_id, mac)"
          + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  /** Whether it is held on that day, the contract included. */
  boolean holds(LocalDate day) {
    Contract under = contract;
    return validity.includes(day) && (under == null || !day.isAfter(under.until()));
  }

  PostRow during(Validity other) {
    return new PostRow(person, organ, division, title, other, kind, appointment, contract);
  }

  /** What it is, its days apart. */
  PostRow undated() {
    return during(new Validity(LocalDate.EPOCH, LocalDate.EPOCH));
  }

  @Nullable Object[] values(RowSeal seal, EntryReceipt entry) {
    Contract under = contract;
    return new @Nullable Object[] {
      person,
      organ,
      division,
      title,
      validity.from().toString(),
      validity.until().toString(),
      kind.name(),
      appointment.name(),
      under == null ? null : under.until().toString(),
      under != null && under.subcontract() ? 1 : 0,
      entry.entryId(),
      seal.seal(TABLE, entry, columns())
    };
  }

  static PostRow read(ResultSet row, RowSeal seal) throws SQLException {
    String person = row.getString("person");
    PostRow post;
    try {
      String contractEnd = row.getString("contract_until");
      int subcontract = row.getInt("subcontract");
      if (subcontract != 0 && (subcontract != 1 || contractEnd == null)) {
        throw new TamperedException(TABLE, person); // we write 0, or 1 with a contract
      }
      post =
          new PostRow(
              person,
              row.getString("organ"),
              row.getString("division"),
              row.getString("title"),
              new Validity(
                  LocalDate.parse(row.getString("valid_from")),
                  LocalDate.parse(row.getString("valid_until"))),
              Kind.valueOf(row.getString("kind")),
              Appointment.valueOf(row.getString("appointment")),
              contractEnd == null
                  ? null
                  : new Contract(LocalDate.parse(contractEnd), subcontract == 1));
    } catch (RuntimeException e) { // words or days that we did not write
      throw new TamperedException(TABLE, person);
    }
    if (!seal.verify(row.getBytes("mac"), TABLE, row.getBytes("entry_id"), post.columns())) {
      throw new TamperedException(TABLE, person);
    }
    return post;
  }

  /**
   * What is sealed. The six columns of the first version, and the later ones only where one of them
   * differs from its default: each content has one form, and rows of the first version keep theirs.
   * The number of columns is sealed too, so the two forms cannot be taken for each other.
   */
  private @Nullable Object[] columns() {
    List<@Nullable Object> columns = new ArrayList<>();
    columns.add(person);
    columns.add(organ);
    columns.add(division);
    columns.add(title);
    columns.add(validity.from().toString());
    columns.add(validity.until().toString());
    Contract under = contract;
    if (kind != Kind.MAIN || appointment != Appointment.STAFF || under != null) {
      columns.add(kind.name());
      columns.add(appointment.name());
      columns.add(under == null ? null : under.until().toString());
      columns.add(under != null && under.subcontract());
    }
    return columns.toArray();
  }
}
