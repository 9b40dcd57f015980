package jp.sekisho.server.auditor;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * nothing of posts elsewhere; each under the name that was theirs then, in a division as it was
 * called then.
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
    Map<String, List<Called>> divisions = orders.divisionNames(handle, organ);
    return NameTable.of(
        new Directory(seal)
            .everybody(handle, organ, today).stream()
                .flatMap(person -> rows(person, orders.names(handle, person.number()), divisions))
                .toList());
  }

  private static Stream<NameRow> rows(
      Directory.Profile person, List<Called> names, Map<String, List<Called>> divisions) {
    List<Called> called = orNow(names, person.name());
    return person.posts().stream()
        .flatMap(post ->
            rows(
                person.number(),
                post,
                called,
                orNow(divisions.getOrDefault(post.division(), List.of()), post.divisionName())));
  }

  private static List<Called> orNow(List<Called> names, String now) {
    return names.isEmpty() ? List.of(new Called(LocalDate.MIN, now)) : names;
  }

  /** A post once for each name that was theirs, or the division's, while they held it. */
  private static Stream<NameRow> rows(
      String number, Directory.Post post, List<Called> names, List<Called> divisions) {
    Validity held = post.validity();
    return during(names, held.from(), held.until()).stream()
        .flatMap(name ->
            during(divisions, name.from(), name.until()).stream()
                .map(division ->
                    new NameRow(
                        number,
                        name.name(),
                        post.division(),
                        division.name(),
                        post.title(),
                        division.from(),
                        division.until())));
  }

  /** A name and the days of a post on which it was in use. */
  private record Stretch(String name, LocalDate from, LocalDate until) {}

  private static List<Stretch> during(List<Called> called, LocalDate first, LocalDate last) {
    List<Stretch> stretches = new ArrayList<>();
    for (int i = 0; i < called.size(); i++) {
      LocalDate from = later(first, called.get(i).from());
      LocalDate until = last;
      if (i + 1 < called.size() && !called.get(i + 1).from().isAfter(until)) {
        until = called.get(i + 1).from().minusDays(1);
      }
      if (!until.isBefore(from)) {
        stretches.add(new Stretch(called.get(i).name(), from, until));
      }
    }
    return stretches;
  }

  private static LocalDate later(LocalDate one, LocalDate other) {
    return one.isAfter(other) ? one : other;
  }
}
