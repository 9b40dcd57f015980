package jp.sekisho.server.person;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;

/** A row of {@code post}, its seal checked when it was read. */
record PostRow(String person, String organ, String division, String title, Validity validity) {
  static final String TABLE = "post";

  static final String SELECT =
      "select person, organ, division, title, valid_from, valid_until, entry_id, mac from post";

  byte[] seal(RowSeal seal, EntryReceipt entry) {
    return seal.seal(TABLE, entry, (Object[]) columns());
  }

  static PostRow read(ResultSet row, RowSeal seal) throws SQLException {
    String person = row.getString("person");
    PostRow post;
    try {
      post =
          new PostRow(
              person,
              row.getString("organ"),
              row.getString("division"),
              row.getString("title"),
              new Validity(
                  LocalDate.parse(row.getString("valid_from")),
                  LocalDate.parse(row.getString("valid_until"))));
    } catch (RuntimeException e) { // days that we did not write
      throw new TamperedException(TABLE, person);
    }
    if (!seal.verify(
        row.getBytes("mac"), TABLE, row.getBytes("entry_id"), (Object[]) post.columns())) {
      throw new TamperedException(TABLE, person);
    }
    return post;
  }

  private String[] columns() {
    return new String[] {
      person, organ, division, title, validity.from().toString(), validity.until().toString()
    };
  }
}
