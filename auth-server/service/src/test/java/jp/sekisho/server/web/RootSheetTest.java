package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.tree.Frontier;
import org.junit.jupiter.api.Test;

final class RootSheetTest {
  private static final String ORIGIN = "localhost/log/mayor/1";

  @Test
  void theFingerprintIsOfTheWholeKeyWhateverItsBase64Holds() throws Exception {
    int withPlus = 0;
    for (int i = 0; i < 64; i++) {
      byte[] seed = new byte[32];
      Arrays.fill(seed, (byte) i);
      try (LogSigner signer = LogSigner.of(ORIGIN, seed)) {
        VerifierKey key = signer.verifierKey();
        String checkpoint =
            new String(
                Checkpoint.of(ORIGIN, Frontier.empty()).sign(signer).toBytes(),
                StandardCharsets.UTF_8);
        SheetContent sheet =
            RootSheet.of("市長部局", checkpoint, key, Instant.EPOCH, Words.of(Locale.JAPAN));
        assertEquals(
            HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.publicKey())),
            String.join("", sheet.fingerprint()),
            key.toString());
        withPlus += key.toString().split("\\+", 3)[2].contains("+") ? 1 : 0;
      }
    }
    assertTrue(withPlus > 10, withPlus + " of 64 keys had a plus sign");
  }
}
