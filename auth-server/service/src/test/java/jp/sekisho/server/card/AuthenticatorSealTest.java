package jp.sekisho.server.card;

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
class AuthenticatorSealTest {
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
  void authenticator() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(
          storage,
          "insert into authenticator (spki_hash, person, kind, certificate_hash, assurance, state,"
              + " entry_id, mac) values (?, 'S-1024', 'staff-piv', ?, 'normal', 'active', ?, ?)",
          bytes("spki hash"),
          bytes("certificate hash"),
          ENTRY,
          mac("ffee12226bef2865f6fae3bd5be03b7e832aec4b4ff52f1d2aade62fb9cbaf2e"));
      Authenticators cards = new Authenticators(storage.seal);
      assertInstanceOf(
          Authenticators.Found.Sound.class,
          storage.database.read(h -> cards.find(h, bytes("spki hash"))));
    }
  }
}
