package jp.sekisho.server.webauthn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.webauthn.Passkeys.Found;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bytes under the seal of a passkey's row, a format on disk: row and seals here are literals
 * made by another program, and must be read for ever.
 */
class PasskeySealTest {
  private static final byte[] ENTRY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
  private static final String UNUSED =
      "77a1946b8db1f2348c239ebf7bf554dde1d22ed145b20af118e1f8f9b080a8a7";
  private static final String USED =
      "7e9447fe89abb051d79989d8774de2f8d4d43a1a6ce2b33dffc74342236b214f";

  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Found found(@Nullable Long lastUsed, long count, String mac) {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      storage
          .database
          .writer()
          .<Integer, RuntimeException>sequence(handle -> {
            handle.execute("delete from passkey");
            return handle.execute(
                "insert into passkey (credential_id, person, user_handle, spki, sign_count, aaguid,"
                    + " model, assurance, state, label, registered, last_used, seen, entry_id, mac)"
                    + " values (?, 'S-1024', ?, ?, ?, '2fc0579f-8113-47ea-b116-bb5a8db9202a',"
                    + " 'Example Key 5', 'normal', 'active', '机の鍵', 1795217465000, ?, 0, ?, ?)",
                bytes("credential id"),
                bytes("user handle"),
                bytes("spki"),
                count,
                lastUsed,
                ENTRY,
                HexFormat.of().parseHex(mac));
          });
      Passkeys passkeys = new Passkeys(storage.seal);
      return storage.database.read(handle -> passkeys.find(handle, bytes("credential id")));
    }
  }

  @Test
  void passkey() {
    assertInstanceOf(Found.Sound.class, found(null, 41, UNUSED));
    Found.Sound used = assertInstanceOf(Found.Sound.class, found(1795217500000L, 41, USED));
    assertEquals(41, used.passkey().signCount());
    assertInstanceOf(Found.Tampered.class, found(null, 40, UNUSED), "an older counter");
    assertInstanceOf(Found.Tampered.class, found(1795217500000L, 41, UNUSED));
  }
}
