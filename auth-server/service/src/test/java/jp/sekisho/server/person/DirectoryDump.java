package jp.sekisho.server.person;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.server.storage.OpenStorage;

/** Every row of the directory but its seals, which name the newest entry, for comparison. */
final class DirectoryDump {
  private DirectoryDump() {}

  static List<String> of(OpenStorage storage) {
    return storage.transactions.read(handle -> {
      List<String> rows = new ArrayList<>();
      for (String table :
          List.of("organ", "division", "person", "post", "role_assignment", "authenticator")) {
        List<String> lines = new ArrayList<>();
        for (Map<String, Object> row :
            handle.createQuery("select * from " + table).mapToMap().list()) {
          Map<String, Object> columns = new TreeMap<>(row);
          if (!table.equals("authenticator")) {
            columns.remove("entry_id");
            columns.remove("mac");
          }
          columns.replaceAll((_, value) ->
              value instanceof byte[] bytes
                  ? java.util.HexFormat.of().formatHex(bytes)
                  : String.valueOf(value));
          lines.add(table + " " + columns);
        }
        lines.sort(null);
        rows.addAll(lines);
      }
      return rows;
    });
  }
}
