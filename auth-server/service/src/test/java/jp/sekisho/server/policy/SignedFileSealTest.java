package jp.sekisho.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bytes under the seals of this package's rows, a format on disk: rows and seals here are
 * literals made by another program, and must be read for ever.
 */
class SignedFileSealTest {
  private static final byte[] ENTRY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

  @TempDir Path directory;

  private static byte[] mac(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static void insert(OpenStorage storage, String sql, Object... values) {
    assertEquals(
        1,
        storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql, values)));
  }

  private static final String CURRENT =
      """
      sekisho/current/v1
      organ -
      version 1795237200
      issued 2026-11-21T05:00:00Z
      expires 2026-11-22T05:00:00Z
      use trial
      signers Vq65Sw05NHvQG1SrZ6qIKqASsxHPToESjdpBSVFhm50
      body MPyc6h2c3nTTl15A1ERYnxMvsuWs6KEez1HzNzjn7Hk 167
      root - 1 McRyTGeHIJcDUhDB3qkjCRwXv4yWoCjveK6MGrT8tLw
      policy - 1 RNXAIJep-FgAS97n6wCQFqs623byicv_fYV4kxefC4I
      roster mayor 1 mH3mroP2N1XFVLj-oYbIM0tusTtOvtM03F83pfs-uSw
      """;

  private static final String SIGNATURE =
      "Vq65Sw05NHvQG1SrZ6qIKqASsxHPToESjdpBSVFhm50 "
          + "MEYCIQCwvUPF78J6A71aMjyC1SuogV5wJJNnXFalRvRIj5MTkgIhAOpDBauz7GShPqoupbq03DENBFGcxvoopeg3-rAt2GvH\n";

  @Test
  void signedFile() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(
          storage,
          "insert into signed_file (kind, organ, version, file, signatures, entry_id, mac)"
              + " values ('current', '-', 1795237200, ?, ?, ?, ?)",
          CURRENT.getBytes(StandardCharsets.UTF_8),
          SIGNATURE.getBytes(StandardCharsets.UTF_8),
          ENTRY,
          mac("474e06f9c50a1c6a9d27761bcaa67d0de0e91bde2095c249fc8e8a3cb3fcb2ce"));
      SignedFiles files = new SignedFiles(storage.seal);
      assertEquals(
          1795237200,
          storage
              .database
              .read(h -> files.newest(h, TrustKind.CURRENT, "-"))
              .orElseThrow()
              .header()
              .version());
    }
  }
}
