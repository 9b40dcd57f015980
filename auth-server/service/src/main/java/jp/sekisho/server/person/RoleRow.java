package jp.sekisho.server.person;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;

/** A row of {@code role_assignment}, its seal checked when it was read. */
record RoleRow(String person, String organ, Role role, Validity validity) {
  static final String TABLE = "role_assignment";

  static final String SELECT =
      "select person, organ, role, valid_from, valid_until, entry_id, mac from role_assignment";

  byte[] seal(RowSeal seal, EntryReceipt entry) {
    return seal.seal(TABLE, entry, (Object[]) columns());
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
                  LocalDate.parse(row.getString("valid_until"))));
    } catch (RuntimeException e) { // a role or days that we did not write
      throw new TamperedException(TABLE, key);
    }
    if (!seal.verify(
        row.getBytes("mac"), TABLE, row.getBytes("entry_id"), (Object[]) assignment.columns())) {
      throw new TamperedException(TABLE, key);
    }
    return assignment;
  }

  private String[] columns() {
    return new String[] {
      person, organ, role.name(), validity.from().toString(), validity.until().toString()
    };
  }
}
