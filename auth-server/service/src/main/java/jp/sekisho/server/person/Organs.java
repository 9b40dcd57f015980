package jp.sekisho.server.person;

import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** The organs (機関) of this installation, fixed when it is made. */
public final class Organs {
  private Organs() {}

  /** Names by id, sorted by id. */
  public static Map<String, String> names(Handle handle) {
    Map<String, String> names = new TreeMap<>();
    handle
        .createQuery("select id, name from organ")
        .map((row, _) -> Map.entry(row.getString("id"), row.getString("name")))
        .forEach(organ -> names.put(organ.getKey(), organ.getValue()));
    return names;
  }

  /** Adds the organs of a new installation. */
  public static void create(Handle handle, Map<String, String> names) {
    names.forEach(
        (id, name) -> handle.execute("insert into organ (id, name) values (?, ?)", id, name));
  }
}
