package jp.sekisho.audit.note;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import jp.sekisho.audit.FormatException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierKeyTest {
  private static final String PETER =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

  @ParameterizedTest
  @ValueSource(
      strings = {
        PETER,
        "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
      })
  void publishedKeysComeBackAsWritten(String vkey) throws Exception {
    assertEquals(vkey, VerifierKey.parse(vkey).toString());
  }

  @Test
  @DisplayName("Go TestNewVerifier: no part and no neighbour of a key is a key")
  void manglingsAreRefused() {
    for (int from = 0; from <= PETER.length(); from++) {
      for (int to = from; to <= PETER.length(); to++) {
        if (to - from < PETER.length()) {
          assertRefused(PETER.substring(from, to));
        }
      }
    }
    byte[] bytes = PETER.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i]++;
      assertRefused(new String(bytes, StandardCharsets.ISO_8859_1));
      bytes[i]--;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+"
      })
  @DisplayName("Go TestNewVerifier: wrong length, unknown algorithm; and upper-case hex, no key")
  void wrongKeysAreRefused(String vkey) {
    assertRefused(vkey);
  }

  @Test
  void aKeyOfSmallOrderSignsAnythingAndIsRefused() {
    byte[] identity = new byte[32];
    identity[0] = 1;
    assertThrows(FormatException.class, () -> VerifierKey.of("x", SignatureType.ED25519, identity));
  }

  private static void assertRefused(String vkey) {
    FormatException refusal =
        assertThrows(FormatException.class, () -> VerifierKey.parse(vkey), vkey);
    assertEquals(FormatException.Code.KEY_MALFORMED, refusal.code());
  }
}
