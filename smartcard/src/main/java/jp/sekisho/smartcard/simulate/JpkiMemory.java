package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the JPKI application keeps: per purpose ({@code auth}, {@code sign}) a key, its certificate,
 * the issuer's certificate, a PIN and its tries.
 */
final class JpkiMemory {
  static final String AUTH = "auth";
  static final String SIGN = "sign";

  private static final Duration LIFE = Duration.ofDays(5 * 365);
  private static final int TOKEN_INFO = 160;
  private static final int LABEL = 32;

  private JpkiMemory() {}

  /** Writes a new card. */
  static void fill(CardStore store, NewCard card) throws IOException, GeneralSecurityException {
    Map<String, String> fresh = new TreeMap<>();
    fresh.put(CardStore.KIND, card.kind().name());
    card.atr().ifPresent(atr -> fresh.put(CardStore.ATR, atr));
    fresh.putAll(pin(AUTH, "1234", 3));
    fresh.putAll(pin(SIGN, "ABC123", 5));
    issue(store, card, AUTH, TestCa.Purpose.JPKI_AUTHENTICATION);
    issue(store, card, SIGN, TestCa.Purpose.JPKI_SIGNATURE);
    store.put(fresh);
  }

  private static Map<String, String> pin(String purpose, String pin, int tries) {
    return Map.of(
        purpose + ".pin",
        pin,
        purpose + ".tries",
        String.valueOf(tries),
        purpose + ".tries.max",
        String.valueOf(tries));
  }

  private static void issue(CardStore store, NewCard card, String purpose, TestCa.Purpose of)
      throws IOException, GeneralSecurityException {
    Path root = card.ca().orElse(store.directory().resolve("ca"));
    TestCa ca = TestCa.open(root.resolve("jpki-" + purpose), of);
    KeyPair pair = card.key().generate();
    Instant now = Instant.now();
    store.putKey(purpose, pair.getPrivate());
    store.putFile(
        purpose + ".der",
        ca.issueJpki(
                pair.getPublic(),
                new TestCa.Subject(
                    card.number(),
                    Optional.empty(),
                    now.minus(Duration.ofMinutes(10)),
                    now.plus(LIFE)),
                of == TestCa.Purpose.JPKI_SIGNATURE)
            .getEncoded());
    store.putFile(purpose + "-ca.der", ca.root().getEncoded());
  }

  /** CK_TOKEN_INFO of PKCS#11, the label in its first 32 bytes. */
  static byte[] tokenInfo(NewCard.Kind kind) {
    String label =
        switch (kind) {
          case JPKI_ANDROID -> "JPKIAPGPSETOKEN";
          case JPKI_IPHONE -> "JPKIAPIOSTOKEN";
          default -> "JPKIAPICCTOKEN2";
        };
    byte[] info = new byte[TOKEN_INFO];
    Arrays.fill(info, 0, 96, (byte) ' ');
    byte[] name = label.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, info, 0, Math.min(name.length, LABEL));
    return info;
  }
}
