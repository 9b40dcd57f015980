package jp.sekisho.server.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each question that is asked of {@code web_session} at a login has its index, although those hold
 * only some of the rows.
 */
class SessionIndexesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "web_session_terminal | terminal = ? and state <> 'ended'",
        "web_session_person | person = ? and state <> 'ended'",
        "web_session_relying | state <> 'ended' and relying = ?",
        "web_session_changed | state = 'ended' and changed < ?",
        "web_session_secret | secret_hash = ?",
        "web_session_replaced | replaced_hash = ?"
      })
  void uses(String index, String condition) {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      List<String> plan =
          storage.database.read(handle ->
              handle
                  .createQuery("explain query plan select * from web_session where " + condition)
                  .bind(0, "x")
                  .map((row, _) -> row.getString("detail"))
                  .list());
      assertTrue(plan.toString().contains("USING INDEX " + index + " "), plan.toString());
    }
  }
}
