package jp.sekisho.server.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bytes under the seals of this package's rows, a format on disk: rows and seals here are
 * literals made by another program, and must be read for ever.
 */
class SessionSealTest {
  private static final byte[] ENTRY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] mac(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static void insert(OpenStorage storage, String sql, Object... values) {
    assertEquals(
        1,
        storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql, values)));
  }

  @Test
  void session() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(
          storage,
          "insert into web_session (token_hash, person, organ, post, terminal, boot, transaction_id,"
              + " assurance, state, cause, created, resumed, changed, absolute_end, entry_id, mac)"
              + " values (?, 'S-1024', 'mayor', 'post', 'T-0042', 'boot', 'transaction', 'normal',"
              + " 'ended', 'logout', 1, 2, 3, 4, ?, ?)",
          bytes("token hash"),
          ENTRY,
          mac("016f2cc8afa1217c9785a29d643c5b7381a341edaf5e8726a19222b67bfe0b13"));
      SessionRepository sessions = new SessionRepository(storage.seal);
      assertInstanceOf(
          SessionRepository.Found.Sound.class,
          storage.database.read(h -> sessions.find(h, bytes("token hash"))));
    }
  }
}
