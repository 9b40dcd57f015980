package jp.sekisho.server.person;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import org.jdbi.v3.core.Handle;

/**
 * A division's name that a file changes; of effect at once, for it is only shown.
 *
 * @param before empty where there was no such division
 */
record DivisionName(String organ, String code, String before, String after) {
  private static final int MAX_BYTES = 4 << 20;

  /** Those that the rows change. */
  static List<DivisionName> of(Handle handle, List<OrderRow> rows) {
    Map<String, DivisionName> changed = new HashMap<>();
    for (OrderRow row : rows) {
      if (!row.divisionName().isEmpty()) {
        changed.computeIfAbsent(
            row.organ() + "/" + row.division(),
            _ ->
                new DivisionName(
                    row.organ(),
                    row.division(),
                    name(handle, row.organ(), row.division()).orElse(""),
                    row.divisionName()));
      }
    }
    return changed.values().stream().filter(one -> !one.before().equals(one.after())).toList();
  }

  private static Optional<String> name(Handle handle, String organ, String code) {
    return handle
        .createQuery("select name from division where organ = :organ and code = :code")
        .bind("organ", organ)
        .bind("code", code)
        .mapTo(String.class)
        .findOne();
  }

  void store(Handle handle) {
    handle.execute(
        "insert into division (organ, code, name) values (?, ?, ?)"
            + " on conflict (organ, code) do update set name = excluded.name",
        organ,
        code,
        after);
  }

  /** Puts the earlier name back, unless somebody changed it since. */
  void undo(Handle handle) {
    if (!name(handle, organ, code).filter(after::equals).isPresent()) {
      return;
    }
    if (!before.isEmpty()) {
      new DivisionName(organ, code, after, before).store(handle);
      return;
    }
    handle.execute(
        "delete from division where organ = ? and code = ? and not exists"
            + " (select 1 from post where post.organ = division.organ"
            + " and post.division = division.code)"
            + " and not exists (select 1 from terminal_division t"
            + " where t.organ = division.organ and t.division = division.code)",
        organ,
        code);
  }

  static String write(List<DivisionName> names) {
    List<Map<String, String>> list = new ArrayList<>();
    for (DivisionName one : names) {
      list.add(
          Map.of("organ", one.organ, "code", one.code, "before", one.before, "after", one.after));
    }
    return new String(
        CanonicalJson.write(Map.of("divisions", list), MAX_BYTES), StandardCharsets.UTF_8);
  }

  static List<DivisionName> read(String text) {
    try {
      List<DivisionName> names = new ArrayList<>();
      Map<String, Object> map =
          CanonicalJson.read(text.getBytes(StandardCharsets.UTF_8), MAX_BYTES);
      if (map.get("divisions") instanceof List<?> list) {
        for (Object one : list) {
          if (one instanceof Map<?, ?> fields) {
            names.add(
                new DivisionName(
                    String.valueOf(fields.get("organ")),
                    String.valueOf(fields.get("code")),
                    String.valueOf(fields.get("before")),
                    String.valueOf(fields.get("after"))));
          }
        }
      }
      return names;
    } catch (MalformedException e) {
      throw new IllegalStateException("a stored order is of another version", e);
    }
  }
}
