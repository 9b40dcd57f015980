package jp.sekisho.server.person;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.PersonEvent;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/**
 * Takes a personnel file into the directory: all rows in one transaction or none, an entry for each
 * person changed. A row replaces what was known of the person, roles included; persons whom the
 * file does not name stay as they are. Thread-safe.
 */
public final class PersonImport {
  private final Transactions transactions;
  private final RowSeal seal;
  private final Persons persons;
  private final Roles roles;

  public PersonImport(Transactions transactions, RowSeal seal) {
    this.transactions = transactions;
    this.seal = seal;
    this.persons = new Persons(seal);
    this.roles = new Roles(seal);
  }

  /** What came, or would come, of a file. */
  public sealed interface Outcome {
    /** The persons added or updated, in the order of the file. */
    record Done(List<PersonDiff> changed, int unchanged) implements Outcome {
      public Done {
        changed = List.copyOf(changed);
      }
    }

    /** Nothing was changed. */
    record Refused(List<RowFault> faults) implements Outcome {
      public Refused {
        faults = List.copyOf(faults);
      }
    }
  }

  /**
   * Imports a file.
   *
   * @param file at most 4 MiB and 10,000 rows
   * @param dryRun only says what would change
   * @throws jp.sekisho.server.storage.StorageException when nothing could be stored
   * @throws jp.sekisho.server.storage.TamperedException when a row to be replaced fails its MAC
   */
  public Outcome run(byte[] file, boolean dryRun) {
    Set<String> organs = transactions.read(PersonImport::organs);
    return switch (PersonCsv.read(file, organs)) {
      case PersonCsv.Content.Faulty(var faults) -> new Outcome.Refused(faults);
      case PersonCsv.Content.Rows(var rows) -> transactions.write(c -> apply(c, rows, dryRun));
    };
  }

  private Outcome apply(Change change, List<PersonRow> rows, boolean dryRun) {
    List<PersonDiff> changed = new ArrayList<>();
    for (PersonRow row : rows) {
      PersonDiff diff = diff(change.handle(), row);
      if (diff.changes()) {
        changed.add(diff);
        if (!dryRun) {
          store(change, row, diff);
        }
      }
    }
    if (dryRun || changed.isEmpty()) {
      change.unchanged();
    }
    return new Outcome.Done(changed, rows.size() - changed.size());
  }

  private PersonDiff diff(Handle handle, PersonRow row) {
    String divisionName =
        handle
            .createQuery("select name from division where organ = :organ and code = :code")
            .bind("organ", row.organ())
            .bind("code", row.division())
            .mapTo(String.class)
            .findOne()
            .orElse("");
    return PersonDiff.of(
        row,
        persons.name(handle, row.number()),
        persons.post(handle, row.number()),
        roles.of(handle, row.number()),
        divisionName);
  }

  private void store(Change change, PersonRow row, PersonDiff diff) {
    Handle handle = change.handle();
    EntryReceipt entry =
        change.record(
            Entry.Subject.person(row.organ(), row.number()),
            new PersonEvent.Imported(
                diff.added() ? "added" : "updated",
                row.division(),
                row.validity().from().toString(),
                row.validity().until().toString(),
                row.roles().stream().map(Role::name).sorted(Comparator.naturalOrder()).toList()));
    handle.execute(
        "insert into division (organ, code, name) values (?, ?, ?)"
            + " on conflict (organ, code) do update set name = excluded.name",
        row.organ(),
        row.division(),
        row.divisionName());
    handle.execute(
        "insert into person (number, name) values (?, ?)"
            + " on conflict (number) do update set name = excluded.name",
        row.number(),
        row.name());
    storePost(
        handle,
        entry,
        new PostRow(row.number(), row.organ(), row.division(), row.post(), row.validity()));
    handle.execute("delete from role_assignment where person = ?", row.number());
    for (Role role : row.roles()) {
      storeRole(handle, entry, new RoleRow(row.number(), row.organ(), role, row.validity()));
    }
  }

  private void storePost(Handle handle, EntryReceipt entry, PostRow post) {
    handle.execute("delete from post where person = ?", post.person());
    handle.execute(
        "insert into post (person, organ, division, title, valid_from, valid_until, entry_id, mac)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?)",
        post.person(),
        post.organ(),
        post.division(),
        post.title(),
        post.validity().from().toString(),
        post.validity().until().toString(),
        entry.entryId(),
        post.seal(seal, entry));
  }

  private void storeRole(Handle handle, EntryReceipt entry, RoleRow role) {
    handle.execute(
        "insert into role_assignment"
            + " (person, organ, role, valid_from, valid_until, entry_id, mac)"
            + " values (?, ?, ?, ?, ?, ?, ?)",
        role.person(),
        role.organ(),
        role.role().name(),
        role.validity().from().toString(),
        role.validity().until().toString(),
        entry.entryId(),
        role.seal(seal, entry));
  }

  private static Set<String> organs(Handle handle) {
    return handle
        .createQuery("select id from organ")
        .mapTo(String.class)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
