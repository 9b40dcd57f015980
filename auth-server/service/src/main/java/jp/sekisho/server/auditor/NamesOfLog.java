package jp.sekisho.server.auditor;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.audit.names.NameRow;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Directory;
import jp.sekisho.server.person.PersonnelOrders;
import jp.sekisho.server.person.PersonnelOrders.Called;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.storage.RowSeal;
import org.jdbi.v3.core.Handle;

/**
 * Whom the staff numbers of an organ's log mean: everybody with a post there, whenever it was, and
 * nothing of posts elsewhere; each under the name that was theirs then.
 */
public final class NamesOfLog {
  private NamesOfLog() {}

  /** The table of an organ; it leaves the service sealed, or not at all. */
  public static NameTable of(Installation installation, String organ) {
    LocalDate today = Validity.day(installation.clock().instant());
    return installation
        .transactions()
        .read(handle -> of(handle, installation.seal(), organ, today));
  }

  static NameTable of(Handle handle, RowSeal seal, String organ, LocalDate today) {
    PersonnelOrders orders = new PersonnelOrders(seal);
    return NameTable.of(
        new Directory(seal)
            .everybody(handle, organ, today).stream()
                .flatMap(person -> rows(person, orders.names(handle, person.number())))
                .toList());
  }

  private static Stream<NameRow> rows(Directory.Profile person, List<Called> names) {
    List<Called> called =
        names.isEmpty() ? List.of(new Called(LocalDate.MIN, person.name())) : names;
    return person.posts().stream().flatMap(post -> rows(person.number(), post, called));
  }

  /** A post once for each name that was theirs while they held it. */
  private static Stream<NameRow> rows(String number, Directory.Post post, List<Called> called) {
    List<NameRow> rows = new ArrayList<>();
    for (int i = 0; i < called.size(); i++) {
      LocalDate from = later(post.validity().from(), called.get(i).from());
      LocalDate until = post.validity().until();
      if (i + 1 < called.size() && !called.get(i + 1).from().isAfter(until)) {
        until = called.get(i + 1).from().minusDays(1);
      }
      if (!until.isBefore(from)) {
        rows.add(
            new NameRow(
                number,
                called.get(i).name(),
                post.division(),
                post.divisionName(),
                post.title(),
                from,
                until));
      }
    }
    return rows.stream();
  }

  private static LocalDate later(LocalDate one, LocalDate other) {
    return one.isAfter(other) ? one : other;
  }
}
