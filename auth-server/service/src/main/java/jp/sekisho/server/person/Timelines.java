package jp.sekisho.server.person;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jp.sekisho.server.audit.RowCheck;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Sql;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

/**
 * The tables {@code person}, {@code post} and {@code role_assignment}. A person's rows are written
 * all together under the seal of the newest entry about that person. Thread-safe.
 *
 * <p>Reading throws {@link jp.sekisho.server.storage.TamperedException} for a row that fails its
 * seal; let it pass.
 */
final class Timelines {
  private final RowSeal seal;

  Timelines(RowSeal seal) {
    this.seal = seal;
  }

  Timeline read(Handle handle, String number) {
    return new Timeline(
        number, name(handle, number).orElse(""), posts(handle, number), roles(handle, number));
  }

  Optional<String> name(Handle handle, String number) {
    return handle
        .createQuery("select name from person where number = :number")
        .bind("number", number)
        .mapTo(String.class)
        .findOne();
  }

  List<PostRow> posts(Handle handle, String number) {
    return Sql.list(
        handle,
        lookForPosts(number),
        row -> {
          PostRow post = PostRow.read(row, seal);
          requireNewest(handle, PostRow.TABLE, number, row);
          return post;
        });
  }

  /** What {@link #posts} asks. */
  static Look lookForPosts(String number) {
    return new Look(PostRow.SELECT + " where person = ?", number);
  }

  List<RoleRow> roles(Handle handle, String number) {
    return Sql.list(
        handle,
        lookForRoles(number),
        row -> {
          RoleRow role = RoleRow.read(row, seal);
          requireNewest(handle, RoleRow.TABLE, number, row);
          return role;
        });
  }

  /** What {@link #roles} asks. */
  static Look lookForRoles(String number) {
    return new Look(
        RoleRow.SELECT + " where person = ? order by organ, role, valid_from, division", number);
  }

  /** A row that is not of the newest entry about its person was put back. */
  private void requireNewest(Handle handle, String table, String number, ResultSet row)
      throws SQLException {
    if (!seal.isNewest(handle, RowCheck.person(seal, number), row.getBytes("entry_id"))) {
      throw new TamperedException(table, number);
    }
  }

  /** Everybody who holds, held or will hold a role above CLERK, by staff number. */
  Map<String, Timeline> officeHolders(Handle handle) {
    Map<String, Timeline> holders = new TreeMap<>();
    for (String number :
        handle
            .createQuery("select distinct person from role_assignment where role <> 'CLERK'")
            .mapTo(String.class)
            .list()) {
      holders.put(number, read(handle, number));
    }
    return holders;
  }

  /** All staff numbers, sorted. */
  List<String> numbers(Handle handle) {
    return handle
        .createQuery("select number from person order by number")
        .mapTo(String.class)
        .list();
  }

  /** Puts {@code after} in place of whatever is known of the person. */
  void replace(Change change, EntryReceipt entry, Timeline after) {
    Handle handle = change.handle();
    String number = after.number();
    change.wrote(entry, RowCheck.person(seal, number));
    if (!after.posts().isEmpty() || !after.roles().isEmpty()) {
      change.wrote(
          entry, RowCheck.timeline(seal, number, after.posts().size(), after.roles().size()));
    }
    handle.execute("delete from post where person = ?", number);
    handle.execute("delete from role_assignment where person = ?", number);
    if (!after.isKnown()) {
      handle.execute("delete from person where number = ?", number);
      return;
    }
    handle.execute(
        "insert into person (number, name) values (?, ?)"
            + " on conflict (number) do update set name = excluded.name",
        number,
        after.name());
    for (PostRow post : after.posts()) {
      handle.execute(PostRow.INSERT, post.values(seal, entry));
    }
    for (RoleRow role : after.roles()) {
      handle.execute(RoleRow.INSERT, role.values(seal, entry));
    }
  }
}
