package jp.sekisho.server.auditor;

import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.audit.names.NameRow;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Directory;
import jp.sekisho.server.person.Validity;

/**
 * Whom the staff numbers of an organ's log mean: everybody with a post there, whenever it was, and
 * nothing of posts elsewhere. Names are the newest known.
 */
public final class NamesOfLog {
  private NamesOfLog() {}

  /** The table of an organ; it leaves the service sealed, or not at all. */
  public static NameTable of(Installation installation, String organ) {
    Directory directory = new Directory(installation.seal());
    List<NameRow> rows =
        installation
            .transactions()
            .read(handle ->
                directory
                    .everybody(handle, organ, Validity.day(installation.clock().instant()))
                    .stream()
                    .flatMap(NamesOfLog::rows)
                    .toList());
    return NameTable.of(rows);
  }

  private static Stream<NameRow> rows(Directory.Profile person) {
    return person.posts().stream()
        .map(post ->
            new NameRow(
                person.number(),
                person.name(),
                post.division(),
                post.divisionName(),
                post.title(),
                post.validity().from(),
                post.validity().until()));
  }
}
