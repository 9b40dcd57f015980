package jp.sekisho.server.audit;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.RowSeal;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Compares every row of the tables that open something with the newest entry about it: whoever
 * reads a row does so too, this finds those that nobody reads because they were deleted (ADR 0041).
 * Thread-safe.
 */
public final class RowCheck {
  private static final int SHOWN_BYTES = 12;
  private static final String PERSON = "person";
  private static final String TIMELINE = "timeline";

  /**
   * A table whose rows the log names.
   *
   * @param kept for how long after its last change a row is there at least; null: for ever
   * @param goes whether a row may be deleted at any time: then only those that are there count
   */
  private record Named(String table, String key, @Nullable Duration kept, boolean goes) {
    Named(String table, String key, @Nullable Duration kept) {
      this(table, key, kept, false);
    }
  }

  /** A row that did not carry the newest entry at the first look. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Doubted(String name, Object key, byte[] entryId) {}

  private static final List<Named> TABLES =
      List.of(
          new Named("authenticator", "spki_hash", null),
          new Named("passkey", "credential_id", null),
          new Named("temporary_card", "spki_hash", null),
          new Named("card_waiting", "spki_hash", null, true),
          // Ended ones go after a day, and none lasts longer than half of one.
          new Named("web_session", "token_hash", Duration.ofHours(20)),
          new Named("export_request", "id", null),
          new Named("export_grant", "id", null),
          new Named("export_extension", "id", null),
          new Named("series_confirmation", "id", null),
          new Named("deputy", "id", null),
          new Named("absence", "id", null),
          new Named("grant_review", "id", null),
          new Named("emergency_case", "id", null),
          new Named("exceptional_measure", "id", null),
          new Named("breach_case", "id", null),
          new Named("medium", "id", null),
          new Named("terminal", "id", null),
          new Named("relying_service", "name", null));

  private final Database database;
  private final RowSeal seal;
  private final NewestRows newest;
  private final InstantSource clock;

  RowCheck(Database database, RowSeal seal, NewestRows newest, InstantSource clock) {
    this.database = database;
    this.seal = seal;
    this.newest = newest;
    this.clock = clock;
  }

  /**
   * A row that is not what the log says.
   *
   * @param row its key, of a long one the beginning; of one that is gone, how entries name it
   */
  public record Finding(String table, String row) {}

  /** Looks at all rows; nothing is found before the service has read its logs. */
  public List<Finding> run() {
    List<Finding> findings = new ArrayList<>();
    for (Named table : TABLES) {
      Duration kept = table.kept();
      long now = clock.millis();
      // Before the snapshot: what is known by now must be in it.
      Set<String> missing =
          table.goes()
              ? new HashSet<>()
              : newest.rows(table.table(), kept == null ? 0 : now - kept.toMillis());
      for (Doubted row : database.read(handle -> look(handle, table, missing))) {
        if (database.read(handle -> isStill(handle, table, row))) {
          findings.add(new Finding(table.table(), shown(row.key())));
        }
      }
      missing.forEach(
          row -> findings.add(new Finding(table.table(), row.substring(row.indexOf('/') + 1))));
      if (kept != null) {
        newest.forget(table.table(), now - kept.multipliedBy(3).toMillis());
      }
    }
    findings.addAll(postsAndRoles());
    return findings;
  }

  /**
   * Persons whose posts and roles are fewer or more than their newest entry left: one row of them
   * carries the same entry as all others, and says nothing of one that is gone.
   */
  private List<Finding> postsAndRoles() {
    // What changed behind the snapshot of the first look is there at the second one.
    Set<String> first = missingTimelines();
    Set<String> second = first.isEmpty() ? first : missingTimelines();
    return first.stream()
        .filter(second::contains)
        .map(row -> new Finding("post", row.substring(row.indexOf('/') + 1)))
        .toList();
  }

  private Set<String> missingTimelines() {
    return database.read(handle -> {
      Set<String> missing = newest.rowsWith(handle, TIMELINE, PERSON);
      handle
          .createQuery(
              "select person, sum(posts) as posts, sum(roles) as roles from ("
                  + "select person, 1 as posts, 0 as roles from post"
                  + " union all select person, 0 as posts, 1 as roles from role_assignment"
                  + ") as held group by person")
          .setFetchSize(1_000)
          .map((row, _) ->
              timeline(seal, row.getString("person"), row.getLong("posts"), row.getLong("roles")))
          .forEach(held -> {
            boolean _ = missing.remove(held);
          });
      return missing;
    });
  }

  /** How entries name all rows of a person together; {@link #timeline} says how many they are. */
  public static String person(RowSeal seal, String number) {
    return seal.name(PERSON, number.getBytes(StandardCharsets.UTF_8));
  }

  /** How an entry says how many rows of a person it left, beside {@link #person}. */
  public static String timeline(RowSeal seal, String number, long posts, long roles) {
    return seal.name(
        TIMELINE, (number + "/" + posts + "/" + roles).getBytes(StandardCharsets.UTF_8));
  }

  private List<Doubted> look(Handle handle, Named table, Set<String> missing) {
    List<Doubted> doubted = new ArrayList<>();
    handle
        .createQuery("select " + table.key() + ", entry_id from " + table.table())
        .setFetchSize(1_000)
        .map((row, _) -> new Doubted(name(table, row), row.getObject(1), row.getBytes(2)))
        .forEach(row -> {
          boolean _ = missing.remove(row.name());
          if (!seal.isNewest(handle, row.name(), row.entryId())) {
            doubted.add(row);
          }
        });
    return doubted;
  }

  /** Whether a row is no better by now: the first look may have taken long. */
  private boolean isStill(Handle handle, Named table, Doubted row) {
    return handle
        .createQuery("select entry_id from " + table.table() + " where " + table.key() + " = :key")
        .bind("key", row.key())
        .mapTo(byte[].class)
        .findOne()
        .filter(entryId -> !seal.isNewest(handle, row.name(), entryId))
        .isPresent();
  }

  private String name(Named table, ResultSet row) throws SQLException {
    return seal.name(
        table.table(),
        row.getObject(1) instanceof String text
            ? text.getBytes(StandardCharsets.UTF_8)
            : row.getBytes(1));
  }

  private static String shown(Object key) {
    return key instanceof byte[] bytes
        ? Base64Url.encode(Arrays.copyOf(bytes, SHOWN_BYTES))
        : String.valueOf(key);
  }
}
