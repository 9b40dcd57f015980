package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;

/** Name constraints in the order of NIST PKITS, chapter 4.13, with certificates of our own. */
class PkitsNamesTest {
  private static final String OUTSIDE = "6.1.3(b)";
  private static final String EXCLUDED = "6.1.3(c)";
  private static final Made ROOT = Made.root("CN=root");
  private static final String BASE = "C=US,O=Test Certificates";
  private static final String ONE = BASE + ",OU=permittedSubtree1";
  private static final String TWO = BASE + ",OU=permittedSubtree2";
  private static final String NO_ONE = BASE + ",OU=excludedSubtree1";
  private static final String NO_TWO = BASE + ",OU=excludedSubtree2";

  private static GeneralName dn(String name) {
    return new GeneralName(new X500Name(name));
  }

  private static GeneralName mail(String name) {
    return new GeneralName(GeneralName.rfc822Name, name);
  }

  private static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  private static GeneralName uri(String name) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, name);
  }

  private static GeneralSubtree[] trees(GeneralName... names) {
    return Arrays.stream(names).map(GeneralSubtree::new).toArray(GeneralSubtree[]::new);
  }

  private static NameConstraints permit(GeneralName... names) {
    return new NameConstraints(trees(names), null);
  }

  private static NameConstraints exclude(GeneralName... names) {
    return new NameConstraints(null, trees(names));
  }

  private static Made ca(String name, NameConstraints constraints, Made above) {
    return Made.ca(name).with(Extension.nameConstraints, true, constraints).by(above);
  }

  private static Made ca(NameConstraints constraints) {
    return ca("CN=ca", constraints, ROOT);
  }

  private static Made.Recipe leaf(String subject, GeneralName... alternatives) {
    Made.Recipe leaf = Made.leaf(subject);
    return alternatives.length == 0
        ? leaf
        : leaf.with(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
  }

  private static String judge(Made.Recipe leaf, Made... cas) {
    return Case.under(ROOT).via(cas).judge(leaf.by(cas[cas.length - 1]));
  }

  @Test
  void pkits413DirectoryNamesOfOneCa() {
    Made one = ca(permit(dn(ONE)));
    assertEquals("valid", judge(leaf(ONE + ",CN=l"), one), "4.13.1");
    assertEquals(OUTSIDE, judge(leaf(NO_ONE + ",CN=l"), one), "4.13.2");
    assertEquals(OUTSIDE, judge(leaf(ONE + ",CN=l", dn(NO_ONE + ",CN=l")), one), "4.13.3");
    assertEquals("valid", judge(leaf(ONE + ",CN=l", mail("l@example.gov")), one), "4.13.4");
    Made two = ca(permit(dn(ONE), dn(TWO)));
    assertEquals("valid", judge(leaf(ONE + ",CN=l", dn(TWO + ",CN=l")), two), "4.13.5");
    Made three = ca(exclude(dn(NO_ONE)));
    assertEquals("valid", judge(leaf(ONE + ",CN=l"), three), "4.13.6");
    assertEquals(EXCLUDED, judge(leaf(NO_ONE + ",CN=l"), three), "4.13.7");
    Made four = ca(exclude(dn(NO_ONE), dn(NO_TWO)));
    assertEquals(EXCLUDED, judge(leaf(NO_ONE + ",CN=l"), four), "4.13.8");
    assertEquals(EXCLUDED, judge(leaf(NO_TWO + ",CN=l"), four), "4.13.9");
    Made five = ca(new NameConstraints(trees(dn(ONE)), trees(dn(ONE + ",OU=excludedSubtree1"))));
    assertEquals(EXCLUDED, judge(leaf(ONE + ",OU=excludedSubtree1,CN=l"), five), "4.13.10");
    assertEquals("valid", judge(leaf(ONE + ",CN=l"), five), "4.13.11");
  }

  @Test
  void pkits413DirectoryNamesOfSeveralCas() {
    Made one = ca(permit(dn(ONE)));
    Made narrower = ca(ONE + ",CN=sub", permit(dn(ONE + ",OU=inner")), one);
    assertEquals(OUTSIDE, judge(leaf(ONE + ",CN=l"), one, narrower), "4.13.12");
    Made foreign = ca(ONE + ",CN=sub2", permit(dn(TWO)), one);
    assertEquals(OUTSIDE, judge(leaf(TWO + ",CN=l"), one, foreign), "4.13.13");
    Made.Recipe unnamed =
        Made.leaf("CN=x")
            .subject(new X500Name(""))
            .with(Extension.subjectAlternativeName, true, new GeneralNames(mail("l@example.gov")));
    assertEquals("valid", judge(unnamed, one, narrower), "4.13.14");
    Made three = ca(exclude(dn(NO_ONE)));
    Made more = ca(ONE + ",CN=sub", exclude(dn(NO_TWO)), three);
    assertEquals(EXCLUDED, judge(leaf(NO_ONE + ",CN=l"), three, more), "4.13.15");
    assertEquals(EXCLUDED, judge(leaf(NO_TWO + ",CN=l"), three, more), "4.13.16");
    Made permitting = ca(ONE + ",CN=sub", permit(dn(NO_ONE)), three);
    assertEquals(EXCLUDED, judge(leaf(NO_ONE + ",CN=l"), three, permitting), "4.13.17");
    Made permittingOne = ca(ONE + ",CN=sub", permit(dn(ONE)), three);
    assertEquals("valid", judge(leaf(ONE + ",CN=l"), three, permittingOne), "4.13.18");
    Made outside = Made.ca("CN=ca").by(one);
    assertEquals("valid", judge(leaf(ONE + ",CN=l"), one, outside), "4.13.19: self-issued");
    assertEquals(OUTSIDE, judge(Made.leaf("CN=ca"), one), "4.13.20: the last one is no exception");
  }

  @Test
  void pkits413MailAddresses() {
    Made below = ca(permit(mail(".testcertificates.gov")));
    assertEquals(
        "valid", judge(leaf("CN=l", mail("a@mailserver.testcertificates.gov")), below), "4.13.21");
    assertEquals(OUTSIDE, judge(leaf("CN=l", mail("a@testcertificates.gov")), below), "4.13.22");
    Made host = ca(permit(mail("testcertificates.gov")));
    assertEquals("valid", judge(leaf("CN=l", mail("a@testcertificates.gov")), host), "4.13.23");
    assertEquals(
        OUTSIDE, judge(leaf("CN=l", mail("a@mailserver.testcertificates.gov")), host), "4.13.24");
    Made excluding = ca(exclude(mail("testcertificates.gov")));
    assertEquals(
        "valid", judge(leaf("CN=l", mail("a@mail.testcertificates.gov")), excluding), "4.13.25");
    assertEquals(
        EXCLUDED, judge(leaf("CN=l", mail("a@testcertificates.gov")), excluding), "4.13.26");
    Made above = ca(permit(dn(ONE)));
    Made both = ca(ONE + ",CN=s", permit(mail("testcertificates.gov")), above);
    assertEquals(
        "valid",
        judge(leaf(ONE + ",CN=l", mail("a@testcertificates.gov")), above, both),
        "4.13.27");
    assertEquals(
        OUTSIDE,
        judge(leaf(ONE + ",CN=l", mail("a@invalidcertificates.gov")), above, both),
        "4.13.28");
    assertEquals(
        OUTSIDE,
        judge(leaf(ONE + ",CN=l,E=a@invalidcertificates.gov"), above, both),
        "4.13.29: in the subject");
  }

  @Test
  void pkits413HostNamesAndAddresses() {
    Made permitted = ca(permit(dns("testcertificates.gov")));
    assertEquals(
        "valid", judge(leaf("CN=l", dns("testserver.testcertificates.gov")), permitted), "4.13.30");
    assertEquals(
        OUTSIDE,
        judge(leaf("CN=l", dns("testserver.invalidcertificates.gov")), permitted),
        "4.13.31");
    Made excluded = ca(exclude(dns("invalidcertificates.gov")));
    assertEquals(
        "valid", judge(leaf("CN=l", dns("testserver.testcertificates.gov")), excluded), "4.13.32");
    assertEquals(
        EXCLUDED,
        judge(leaf("CN=l", dns("testserver.invalidcertificates.gov")), excluded),
        "4.13.33");
    Made places = ca(permit(uri(".testcertificates.gov")));
    assertEquals(
        "valid",
        judge(leaf("CN=l", uri("http://testserver.testcertificates.gov/index.html")), places),
        "4.13.34");
    assertEquals(
        OUTSIDE,
        judge(leaf("CN=l", uri("http://testcertificates.gov/invalid.html")), places),
        "4.13.35");
    Made noPlaces = ca(exclude(uri("invalidcertificates.gov")));
    assertEquals(
        "valid",
        judge(leaf("CN=l", uri("http://testserver.invalidcertificates.gov/index.html")), noPlaces),
        "4.13.36");
    assertEquals(
        EXCLUDED,
        judge(leaf("CN=l", uri("ftp://invalidcertificates.gov:21/test37/")), noPlaces),
        "4.13.37");
    assertEquals(OUTSIDE, judge(leaf("CN=l", dns("mytestcertificates.gov")), permitted), "4.13.38");
  }

  private static X500Name name(ASN1ObjectIdentifier type, DERUTF8String value) {
    return new X500Name(
        new RDN[] {
          new RDN(new AttributeTypeAndValue(BCStyle.C, new DERPrintableString("US"))),
          new RDN(new AttributeTypeAndValue(type, value))
        });
  }

  @Test
  void aSubtreeIsComparedAsNamesAreWhateverTheStringTypeOrCase() {
    Made ca = ca(permit(new GeneralName(name(BCStyle.O, new DERUTF8String("TEST  certificates")))));
    assertEquals("valid", judge(leaf(BASE + ",CN=l"), ca));
    assertEquals(OUTSIDE, judge(leaf("C=US,O=Testcertificates,CN=l"), ca));
    Made all = ca(permit(dn("")));
    assertEquals("valid", judge(leaf("O=anything"), all), "the empty name is above every name");
    Made nothing = ca(exclude(dn("")));
    assertEquals(EXCLUDED, judge(leaf("O=anything"), nothing));
  }
}
