package jp.sekisho.policy.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class RecipientCertificateTest {
  /** Certificates for P-256 keys, made for these tests. */
  public static final List<String> CERTIFICATES =
      List.of(
          "MIIBRDCB6qADAgECAgkAt3/4Dx4ZPQQwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAxMLcmVjaXBpZW50LTEw"
              + "HhcNMjYxMTIzMDA1MzMzWhcNMzYxMTIwMDA1MzMzWjAWMRQwEgYDVQQDEwtyZWNpcGllbnQtMTBZMBMG"
              + "ByqGSM49AgEGCCqGSM49AwEHA0IABNV6Xu0hO1J+BHTvbLHK8jf3PYEqBIHUYRNcAcsow4qQeedcM1aa"
              + "sJBItIyc3+/ldlRcjz+T+52ERAOFdUUH8pajITAfMB0GA1UdDgQWBBRo/h90/WJOMrAFFZ7kibSte+tI"
              + "WTAKBggqhkjOPQQDAgNJADBGAiEA3e8voeAKEymnPlpLXEizP72r8aDA6SLIbWTYNITsBHUCIQC9MQ4W"
              + "u09+33ThW0G7T0Js7Cdl6a+xxcHFXuuO7+Zg5Q==",
          "MIIBQzCB6qADAgECAgkAmHHbVe4vXMMwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAxMLcmVjaXBpZW50LTIw"
              + "HhcNMjYxMTIzMDA1MzM1WhcNMzYxMTIwMDA1MzM1WjAWMRQwEgYDVQQDEwtyZWNpcGllbnQtMjBZMBMG"
              + "ByqGSM49AgEGCCqGSM49AwEHA0IABFzhHBoxX7Ezw2vNg/n0Y+6Q36neq+d9OXWow14C/QEHiZlevfXM"
              + "0KuCIuXeBrtkvnD6yo+v02mWZYNLM3D+vbWjITAfMB0GA1UdDgQWBBSsiNMdDLtJYeX3GaTfbUaAaJHD"
              + "9jAKBggqhkjOPQQDAgNIADBFAiAnRXOhAabYNlmskuu14c65twLN7xl90t36s3F1flqZMgIhAPjIIpQH"
              + "fwi7GqQrzDLEtIeR723x0mQiR3VUWbprAH0D");

  @Test
  @DisplayName("R13: a recipient's certificate is read from the policy, and named by its hash")
  void certificate() {
    RecipientCertificate one = new RecipientCertificate("prefecture", CERTIFICATES.get(0));
    assertEquals("CN=recipient-1", one.x509().getSubjectX500Principal().getName());
    byte[] der = Base64.getDecoder().decode(CERTIFICATES.get(0));
    assertEquals(Sha256.text(der), one.fingerprint());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Prefecture", "-a", "a-", "提供先", "a b"})
  @DisplayName("a recipient that no policy can name is refused")
  void recipients(String recipient) {
    String good = CERTIFICATES.get(0);
    assertThrows(IllegalArgumentException.class, () -> new RecipientCertificate(recipient, good));
  }

  @Test
  @DisplayName("nothing but one certificate, in the one way of writing it, of at most 4 KiB")
  void forms() {
    byte[] der = Base64.getDecoder().decode(CERTIFICATES.get(0));
    List<byte[]> wrong = new ArrayList<>();
    wrong.add(new byte[0]);
    wrong.add(new byte[] {1});
    wrong.add(java.util.Arrays.copyOf(der, der.length - 1));
    wrong.add(java.util.Arrays.copyOf(der, der.length + 1));
    wrong.add(new byte[RecipientCertificate.MAX_BYTES + 1]);
    for (byte[] bytes : wrong) {
      String text = Base64.getEncoder().encodeToString(bytes);
      assertThrows(
          IllegalArgumentException.class, () -> new RecipientCertificate("prefecture", text));
    }
    String folded = CERTIFICATES.get(0).substring(0, 64) + "\n" + CERTIFICATES.get(0).substring(64);
    String unpadded = CERTIFICATES.get(0).replace("=", "");
    for (String text : List.of(folded, unpadded, "?")) {
      assertThrows(
          IllegalArgumentException.class, () -> new RecipientCertificate("prefecture", text));
    }
  }

  @Test
  @DisplayName("a recipient may have several, and the list never has one twice or over five of one")
  void list() throws MalformedException {
    List<Object> both = List.of(json("prefecture", 0), json("prefecture", 1));
    assertEquals(2, GrantSettings.RECIPIENT_CERTIFICATES.shape().read(both).size());
    assertEquals(
        both,
        GrantSettings.RECIPIENT_CERTIFICATES
            .shape()
            .write(GrantSettings.RECIPIENT_CERTIFICATES.shape().read(both)));
    refused(List.of(json("prefecture", 0), json("prefecture", 0)));
    refused("prefecture");
    Map<String, Object> more = new HashMap<>(json("prefecture", 0));
    more.put("until", "2027-03-31");
    refused(List.of(more));
    refused(List.of(Map.of("recipient", "prefecture")));
  }

  private static void refused(Object json) {
    assertThrows(
        MalformedException.class, () -> GrantSettings.RECIPIENT_CERTIFICATES.shape().read(json));
  }

  private static Map<String, Object> json(String recipient, int number) {
    return Map.of("recipient", recipient, "certificate", CERTIFICATES.get(number));
  }
}
