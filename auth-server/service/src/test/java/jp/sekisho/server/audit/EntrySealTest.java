package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import jp.sekisho.server.storage.RowSeal;
import org.junit.jupiter.api.Test;

/** The bytes under the seal of an entry, a format on disk: the literal was made elsewhere. */
class EntrySealTest {
  private static final byte[] ENTRY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
  private static final byte[] BODY = "body".getBytes(StandardCharsets.UTF_8);
  private static final byte[] MAC =
      HexFormat.of().parseHex("708c1e2ead0748eee5869227b465b5bc65c5c84c8799e46232895412892c16e3");

  private final RowSeal seal = new RowSeal(new byte[RowSeal.KEY_BYTES]);

  @Test
  void entry() {
    LogTables.Pending row = new LogTables.Pending("mayor", 7, ENTRY, BODY, 1, MAC);
    assertTrue(EntrySeal.isIntact(seal, "mayor", row));
    assertFalse(EntrySeal.isIntact(seal, "system", row));
    assertFalse(
        EntrySeal.isIntact(seal, "mayor", new LogTables.Pending("mayor", 8, ENTRY, BODY, 1, MAC)));
  }
}
