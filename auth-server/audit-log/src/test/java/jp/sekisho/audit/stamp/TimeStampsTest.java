package jp.sekisho.audit.stamp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import jp.sekisho.audit.FormatException;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.junit.jupiter.api.Test;

/** Time-stamp tokens (RFC 3161): whose are taken, and over what. */
class TimeStampsTest {
  private static final byte[] MESSAGE = "a checkpoint\n".getBytes(StandardCharsets.UTF_8);
  private static final Instant AT = Instant.parse("2026-11-22T18:00:00Z");

  private static void refused(byte[] token, byte[] message, List<X509Certificate> anchors) {
    FormatException refused =
        assertThrows(FormatException.class, () -> TimeStamps.verify(token, message, anchors));
    assertEquals(FormatException.Code.STAMP_REFUSED, refused.code());
  }

  @Test
  void aTokenOfATrustedAuthorityTellsItsTime() throws Exception {
    TestAuthority authority = TestAuthority.of(KeyPurposeId.id_kp_timeStamping);
    List<X509Certificate> anchors = TimeStamps.anchors(authority.pem());
    byte[] token = authority.stamp(MESSAGE, AT);
    assertEquals(AT, TimeStamps.verify(token, MESSAGE, anchors));
    refused(token, "another checkpoint\n".getBytes(StandardCharsets.UTF_8), anchors);
    TestAuthority other = TestAuthority.of(KeyPurposeId.id_kp_timeStamping);
    refused(token, MESSAGE, TimeStamps.anchors(other.pem()));
    refused(authority.stamp(MESSAGE, AT, TSPAlgorithms.SHA1, "SHA-1"), MESSAGE, anchors);
    refused(authority.stamp(MESSAGE, Instant.parse("2027-02-01T00:00:00Z")), MESSAGE, anchors);
  }

  @Test
  void aCertificateForAnythingElseStampsNothing() throws Exception {
    TestAuthority server = TestAuthority.of(KeyPurposeId.id_kp_serverAuth);
    assertThrows(Exception.class, () -> refusedOf(server));
  }

  /** Bouncy Castle does not even sign with such a certificate; if it did, nobody takes it. */
  private static void refusedOf(TestAuthority server) throws Exception {
    Instant at =
        TimeStamps.verify(server.stamp(MESSAGE, AT), MESSAGE, TimeStamps.anchors(server.pem()));
    assertEquals(Instant.EPOCH, at);
  }

  @Test
  void nothingElseIsATokenOrAnAnchor() throws Exception {
    TestAuthority authority = TestAuthority.of(KeyPurposeId.id_kp_timeStamping);
    List<X509Certificate> anchors = TimeStamps.anchors(authority.pem());
    byte[] token = authority.stamp(MESSAGE, AT);
    for (int length = 0; length < token.length; length += 37) {
      refused(Arrays.copyOf(token, length), MESSAGE, anchors);
    }
    for (int at = 0; at < token.length; at++) {
      byte[] bent = token.clone();
      bent[at] ^= 1;
      try {
        assertEquals(AT, TimeStamps.verify(bent, MESSAGE, anchors), "byte " + at);
      } catch (FormatException e) {
        assertEquals(FormatException.Code.STAMP_REFUSED, e.code()); // nearly all
      }
    }
    refused(new byte[TimeStamps.MAX_BYTES + 1], MESSAGE, anchors);
    for (String none : new String[] {"", "no certificate", "-----BEGIN CERTIFICATE-----\n"}) {
      byte[] pem = none.getBytes(StandardCharsets.US_ASCII);
      assertThrows(FormatException.class, () -> TimeStamps.anchors(pem), none);
    }
  }

  @Test
  void aFileHoldsBothOrIsRefused() throws Exception {
    byte[] token = {1, 2, 3};
    Stamped read = Stamped.parse(Stamped.of(MESSAGE, token).toBytes());
    assertArrayEquals(MESSAGE, read.note());
    assertArrayEquals(token, read.token());
    for (byte[] wrong :
        List.of(new byte[0], new byte[3], new byte[] {0, 0, 0, 1}, new byte[] {-1, 0, 0, 0, 5})) {
      assertThrows(FormatException.class, () -> Stamped.parse(wrong));
    }
  }
}
