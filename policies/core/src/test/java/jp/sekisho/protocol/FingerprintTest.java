package jp.sekisho.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FingerprintTest {

  @Test
  @DisplayName("80 bits of SHA-256 as five groups of four hex digits")
  void groups() {
    // FIPS 180-2: SHA-256("abc") = ba7816bf 8f01cfea 4141…
    byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
    assertEquals("BA78-16BF-8F01-CFEA-4141", Fingerprint.of(abc));
    assertEquals("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0", Sha256.text(abc));
    assertEquals(
        Sha256.text(abc),
        Sha256.text(
            "a".getBytes(StandardCharsets.US_ASCII), "bc".getBytes(StandardCharsets.US_ASCII)));
  }
}
