package jp.sekisho.server.emergency;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes under the seal of a case, a format on disk: made by another program, read for ever. */
class EmergencySealTest {
  private static final byte[] ENTRY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

  @Test
  void aCaseThatWasConfirmedLate(@TempDir Path directory) {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      storage
          .database
          .writer()
          .<Integer, RuntimeException>sequence(
              h -> h.execute("insert into organ (id, name) values ('mayor', '市長部局')"));
      int inserted =
          storage
              .database
              .writer()
              .<Integer, RuntimeException>sequence(h ->
                  h.execute(
                      "insert into emergency_case (id, organ, terminal, person, approvers,"
                          + " fingerprint, why, minutes, opened, arrived, ended, cause, people,"
                          + " contents, document, reported, reported_by, confirmed, confirmed_by,"
                          + " overdue, entry_id, mac) values ('AAECAwQFBgcICQoLDA0ODw', 'mayor',"
                          + " 'T-0042', 'S-1024', 'S-2048 S-4096', 'print', 'disaster', 30, 1, 2,"
                          + " 3, 'end', '係員二名', '名簿', '総第1号', 4, 'S-2048', 5, 'S-3000', 6,"
                          + " ?, ?)",
                      ENTRY,
                      HexFormat.of()
                          .parseHex(
                              "6e57c56bab15e0558a8c9c3aae2041a9b75de9cb4d754b2f3740368983186cf4")));
      assertEquals(1, inserted);
      EmergencyCase one =
          storage
              .database
              .read(h -> new EmergencyRepository(storage.seal).find(h, "AAECAwQFBgcICQoLDA0ODw"))
              .orElseThrow();
      assertEquals(List.of("S-2048", "S-4096"), one.approvers());
      assertEquals(Instant.ofEpochMilli(6), one.overdue());
    }
  }
}
