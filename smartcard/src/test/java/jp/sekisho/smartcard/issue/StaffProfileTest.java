package jp.sekisho.smartcard.issue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.simulate.TestCa;
import org.bouncycastle.asn1.ASN1OctetString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Windows and Kerberos look for in the certificate, byte for byte. */
class StaffProfileTest {
  @TempDir static Path directory;

  private static PublicKey key() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair().getPublic();
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] extension(X509Certificate certificate, String oid) {
    return ASN1OctetString.getInstance(certificate.getExtensionValue(oid)).getOctets();
  }

  @Test
  void aStaffCertificateNamesPurposesPrincipalsAndSid() throws Exception {
    TestCa ca = TestCa.open(directory.resolve("ca"));
    X509Certificate bare =
        ca.issue(
            key(),
            new Holder(
                "7",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2027-01-01T00:00:00Z")));
    assertNull(bare.getSubjectAlternativeNames());
    assertNull(bare.getExtensionValue("1.3.6.1.4.1.311.25.2"));
    assertNull(bare.getExtensionValue("2.5.29.31"), "no address of a CRL");
    ca.publishCrlAt("http://crl.town.example/staff.crl");
    X509Certificate certificate = ca.issue(key(), Desk.holder("100042"));
    assertEquals(
        List.of("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.2.3.4", "1.3.6.1.4.1.311.20.2.2"),
        certificate.getExtendedKeyUsage());
    boolean[] usage = certificate.getKeyUsage();
    assertTrue(usage[0], "digitalSignature");
    for (int i = 1; i < usage.length; i++) {
      assertEquals(false, usage[i], "nothing else " + i);
    }
    // KB5014754: [0] otherName {szOID_NTDS_OBJECTSID, [0] OCTET STRING}
    assertArrayEquals(
        HexFormat.of()
            .parseHex("3025a023060a2b060104018237190201a0150413" + hex("S-1-5-21-1-2-3-1104")),
        extension(certificate, "1.3.6.1.4.1.311.25.2"));
    String names = HexFormat.of().formatHex(extension(certificate, "2.5.29.17"));
    String upn = hex("u100042@town.example");
    assertTrue(names.contains("060a2b060104018237140203a0160c14" + upn), names);
    // RFC 4556 3.2.2: SEQUENCE {[0] realm, [1] SEQUENCE {[0] NT-PRINCIPAL, [1] names}}
    assertTrue(names.contains("06062b0601050202a0"), names);
    assertTrue(
        names.contains(
            "a00e1b0c" + hex("TOWN.EXAMPLE") + "a1143012a003020101a10b30091b07" + hex("u100042")),
        names);
    assertTrue(
        new String(extension(certificate, "2.5.29.31"), StandardCharsets.ISO_8859_1)
            .endsWith("http://crl.town.example/staff.crl"));
  }

  @Test
  void aKdcsCertificateNamesItsRealmAndNeverThePolicyOfCards() throws Exception {
    TestCa ca = TestCa.open(directory.resolve("ca"));
    X509Certificate kdc = ca.issueKdc(key(), "TOWN.EXAMPLE");
    assertTrue(kdc.getExtendedKeyUsage().contains("1.3.6.1.5.2.3.5"));
    assertNull(kdc.getExtensionValue("2.5.29.32"));
    String names = HexFormat.of().formatHex(extension(kdc, "2.5.29.17"));
    assertTrue(names.contains("1b06" + hex("krbtgt") + "1b0c" + hex("TOWN.EXAMPLE")), names);
  }

  @ParameterizedTest
  @CsvSource({
    "'',,,",
    "山田,,,",
    "1,no-at,,",
    "1,,a/b@REALM,",
    "1,,clerk,",
    "1,,,1104",
    "1,,,S-1-5-x"
  })
  void whatWindowsOrKerberosWouldMisreadIsNotCertified(
      String number, String upn, String principal, String sid) {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Holder(
                number,
                Optional.ofNullable(upn),
                Optional.ofNullable(principal),
                Optional.ofNullable(sid),
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(1)));
  }
}
