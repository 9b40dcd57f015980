package jp.sekisho.server.person;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;

/**
 * A row of {@code role_assignment}, its seal checked when it was read.
 *
 * @param division of the post it goes with; empty in rows of the first version
 * @param lender the body that lends the person; empty for the organ's own
 */
record RoleRow(
    String person, String organ, Role role, Validity validity, String division, String lender) {
  static final String TABLE = "role_assignment";

  static final String SELECT =
      "select person, organ, role, valid_from, valid_until, division, lender, entry_id, mac"
          + " from role_assignment";

  static final String INSERT =
      "insert into role_assignment (person, organ, role, valid_from, valid_until, division,"
          + " lender, entry_id, mac) values (?, ?, ?, ?, ?, ?, ?, ?, ?)";

  RoleRow during(Validity other) {
    return new RoleRow(person, organ, role, other, division, lender);
  }

  /** What it is, its days apart. */
  RoleRow undated() {
    return during(new Validity(LocalDate.EPOCH, LocalDate.EPOCH));
  }

  Object[] values(RowSeal seal, EntryReceipt entry) {
    return new Object[] {
      person,
      organ,
      role.name(),
      validity.from().toString(),
      validity.until().toString(),
      division,
      lender,
      entry.entryId(),
      seal.seal(TABLE, entry, columns())
    };
  }

  static RoleRow read(ResultSet row, RowSeal seal) throws SQLException {
    String key =
        row.getString("person") + "/" + row.getString("organ") + "/" + row.getString("role");
    RoleRow assignment;
    try {
      assignment =
          new RoleRow(
              row.getString("person"),
              row.getString("organ"),
              Role.valueOf(row.getString("role")),
              new Validity(
                  LocalDate.parse(row.getString("valid_from")),
                  LocalDate.parse(row.getString("valid_until"))),
              row.getString("division"),
              row.getString("lender"));
    } catch (RuntimeException e) { // a role or days that we did not write
      throw new TamperedException(TABLE, key);
    }
    if (!seal.verify(row.getBytes("mac"), TABLE, row.getBytes("entry_id"), assignment.columns())) {
      throw new TamperedException(TABLE, key);
    }
    return assignment;
  }

  /**
   * As {@code PostRow}: the first version's columns, and the later ones where they say something.
   */
  private Object[] columns() {
    List<Object> columns = new ArrayList<>();
    columns.add(person);
    columns.add(organ);
    columns.add(role.name());
    columns.add(validity.from().toString());
    columns.add(validity.until().toString());
    if (!division.isEmpty() || !lender.isEmpty()) {
      columns.add(division);
      columns.add(lender);
    }
    return columns.toArray();
  }
}
