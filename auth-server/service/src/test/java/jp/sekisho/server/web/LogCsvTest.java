package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table of what was signed, in which what a spreadsheet could take for a formula is text. */
final class LogCsvTest {
  private static String table(OpenStorage storage) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogCsv.write(storage.logs.bundle("mayor"), Words.of(Locale.ENGLISH), out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void entriesAreWrittenOldestFirstAndAnEditedLogNotAtAll(@TempDir Path directory)
      throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      for (String cause : List.of("logout", "revoked")) {
        EntryReceipt _ =
            storage.transactions.write(c ->
                c.record(Entry.Subject.person("mayor", "S1001"), new SessionEvent.Ended(cause)));
      }
      storage.logs.integrateNow();
      List<String> lines = table(storage).lines().toList();
      assertEquals(3, lines.size());
      assertTrue(lines.get(1).startsWith("\"0\",") && lines.get(1).contains("logout"));
      assertTrue(lines.get(2).startsWith("\"1\",") && lines.get(2).contains("revoked"));

      byte[] body =
          Entry.of(
                  new byte[16],
                  new byte[16],
                  Instant.EPOCH,
                  Entry.Subject.person("mayor", "S1001"),
                  new SessionEvent.Resumed())
              .bytes();
      int changed =
          storage
              .database
              .writer()
              .sequence(h ->
                  h.execute(
                      "update audit_entry set body = ?, leaf = ? where idx = 0",
                      body,
                      Rfc6962.leaf(body).bytes()));
      assertEquals(1, changed);
      assertThrows(TamperedException.class, () -> table(storage));
    }
  }
}
