package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

/**
 * NIST PKITS chapters 4.1 to 4.7 and 4.16 in its own order, with certificates and lists of our own.
 * What is expected is the section of RFC 5280 that failed.
 */
class PkitsBasicsTest {
  private static final Made ROOT = Made.root("CN=root");
  private static final Made CA = Made.ca("CN=ca").by(ROOT);
  private static final Made LEAF = Made.leaf("CN=leaf").by(CA);
  private static final MadeCrl ROOT_CRL = MadeCrl.by(ROOT);
  private static final String REVOKED = "6.1.3(a)(3)";
  private static final String UNKNOWN = "6.3.3";
  private static final ASN1ObjectIdentifier PRIVATE =
      new ASN1ObjectIdentifier("2.16.840.1.101.2.1.12.2");

  private static String judge(Made ca, Made leaf) {
    return Case.under(ROOT).via(ca).judge(leaf);
  }

  private static byte[] spoilt(Made made) {
    byte[] der = made.der();
    der[der.length - 1] ^= 1;
    return der;
  }

  @Test
  void pkits41Signatures() throws Exception {
    assertEquals("valid", judge(CA, LEAF), "4.1.1");
    Made spoilt = new Made(spoilt(CA), CA.name(), CA.key(), CA.serial());
    assertEquals("6.1.3(a)(1)", judge(spoilt, LEAF), "4.1.2");
    assertEquals("6.1.3(a)(1)", Case.under(ROOT).via(CA).judge(spoilt(LEAF)), "4.1.3");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA");
    generator.initialize(1024);
    KeyPair key = generator.generateKeyPair();
    Made dsa = Made.ca("CN=dsa").key(key).by(ROOT);
    Made leaf = Made.leaf("CN=l").signedWith("SHA1withDSA").by(dsa);
    assertEquals("valid", judge(dsa, leaf), "4.1.4");
    assertEquals("6.1.3(a)(1)", Case.under(ROOT).via(dsa).judge(spoilt(leaf)), "4.1.6");
    assertEquals(
        "valid",
        Case.under(ROOT)
            .via(dsa)
            .crls(ROOT_CRL, MadeCrl.by(dsa).signedWith("SHA1withDSA"))
            .judge(leaf),
        "4.1.4, the list too");
  }

  /** The leaf signed again with other dates than the builder can write. */
  private static String dated(ASN1Encodable from, ASN1Encodable until) throws Exception {
    return Case.under(ROOT)
        .via(CA)
        .judge(Remade.field(LEAF, CA, 4, new DERSequence(new ASN1Encodable[] {from, until})));
  }

  @Test
  void pkits42Validity() throws Exception {
    Instant past = Made.NOW.minus(Duration.ofDays(1));
    Instant future = Made.NOW.plus(Duration.ofDays(1));
    Instant from = Made.NOW.minus(Duration.ofDays(9));
    Instant until = Made.NOW.plus(Duration.ofDays(9));
    Made early = Made.ca("CN=e").valid(future, until).by(ROOT);
    assertEquals("6.1.3(a)(2)", judge(early, Made.leaf("CN=l").by(early)), "4.2.1");
    assertEquals("6.1.3(a)(2)", judge(CA, Made.leaf("CN=l").valid(future, until).by(CA)), "4.2.2");
    DERUTCTime later = new DERUTCTime("300101120100Z");
    assertEquals("valid", dated(new DERUTCTime("500101120100Z"), later), "4.2.3: 1950");
    assertEquals("valid", dated(new DERGeneralizedTime("20020101120100Z"), later), "4.2.4");
    Made old = Made.ca("CN=o").valid(from, past).by(ROOT);
    assertEquals("6.1.3(a)(2)", judge(old, Made.leaf("CN=l").by(old)), "4.2.5");
    assertEquals("6.1.3(a)(2)", judge(CA, Made.leaf("CN=l").valid(from, past).by(CA)), "4.2.6");
    assertEquals(
        "6.1.3(a)(2)",
        dated(new DERUTCTime("970101120100Z"), new DERUTCTime("990101120100Z")),
        "4.2.7");
    assertEquals(
        "valid",
        dated(new DERUTCTime("200101120100Z"), new DERGeneralizedTime("20500101120100Z")),
        "4.2.8");
  }

  private static X500Name name(RDN... parts) {
    return new X500Name(parts);
  }

  private static RDN part(ASN1ObjectIdentifier type, ASN1Encodable value) {
    return new RDN(new AttributeTypeAndValue(type, value));
  }

  private static String chained(X500Name subject, X500Name issuer) {
    Made ca = Made.ca("CN=x").subject(subject).by(ROOT);
    return judge(ca, Made.leaf("CN=l").issuer(issuer).by(ca));
  }

  @Test
  void pkits43NameChaining() throws Exception {
    String apart = "6.1.3(a)(4)";
    X500Name good = new X500Name("C=US,O=Test Certificates,CN=Good CA");
    assertEquals(
        apart, chained(good, new X500Name("C=US,O=Test Certificates,CN=Good CA Root")), "4.3.1");
    X500Name two = new X500Name("C=US,O=Test,OU=a,OU=b,CN=Ordering");
    assertEquals(apart, chained(two, new X500Name("C=US,O=Test,OU=b,OU=a,CN=Ordering")), "4.3.2");
    RDN spaced = part(BCStyle.CN, new DERPrintableString("Good     CA"));
    RDN around = part(BCStyle.CN, new DERPrintableString("   Good CA  "));
    RDN plain = part(BCStyle.CN, new DERPrintableString("Good CA"));
    RDN loud = part(BCStyle.CN, new DERPrintableString("GOOD CA"));
    assertEquals("valid", chained(name(plain), name(spaced)), "4.3.3");
    assertEquals("valid", chained(name(plain), name(around)), "4.3.4");
    assertEquals("valid", chained(name(plain), name(loud)), "4.3.5");
    Made marked = new Made(withIdentifiers(CA, ROOT), CA.name(), CA.key(), CA.serial());
    assertEquals("valid", judge(marked, LEAF), "4.3.6");
    X500Name mandatory =
        name(
            part(BCStyle.DC, new DERIA5String("gov")),
            part(BCStyle.DC, new DERIA5String("testcertificates")),
            part(BCStyle.ST, new DERPrintableString("Maryland")),
            part(BCStyle.SERIALNUMBER, new DERPrintableString("345")),
            part(BCStyle.DN_QUALIFIER, new DERPrintableString("CA")));
    assertEquals("valid", chained(mandatory, mandatory), "4.3.7");
    X500Name optional =
        name(
            part(BCStyle.L, new DERPrintableString("Gaithersburg")),
            part(BCStyle.GIVENNAME, new DERPrintableString("John")),
            part(BCStyle.INITIALS, new DERPrintableString("Q")),
            part(BCStyle.PSEUDONYM, new DERPrintableString("Fictitious")),
            part(BCStyle.SURNAME, new DERPrintableString("CA")),
            part(BCStyle.GENERATION, new DERPrintableString("III")),
            part(BCStyle.T, new DERPrintableString("M.D.")));
    assertEquals("valid", chained(optional, optional), "4.3.8");
    X500Name utf8 = name(part(BCStyle.CN, new DERUTF8String("試験 CA")));
    assertEquals("valid", chained(utf8, utf8), "4.3.9");
    assertEquals(
        "valid",
        chained(name(plain), name(part(BCStyle.CN, new DERUTF8String("Good CA")))),
        "4.3.10");
    assertEquals(
        "valid",
        chained(
            name(part(BCStyle.CN, new DERUTF8String("  ＡBC  ça "))),
            name(part(BCStyle.CN, new DERUTF8String("abc ÇA")))),
        "4.3.11");
  }

  /** With issuerUniqueID and subjectUniqueID. */
  private static byte[] withIdentifiers(Made made, Made by) throws Exception {
    ASN1Sequence content = Remade.content(made);
    ASN1EncodableVector fields = new ASN1EncodableVector();
    for (ASN1Encodable field : content) {
      if (field instanceof org.bouncycastle.asn1.ASN1TaggedObject tagged
          && tagged.getTagNo() == 3) {
        fields.add(new DERTaggedObject(false, 1, new DERBitString(new byte[] {1})));
        fields.add(new DERTaggedObject(false, 2, new DERBitString(new byte[] {2})));
      }
      fields.add(field);
    }
    return Remade.sign(new DERSequence(fields), by);
  }

  private static String listed(Made leaf, MadeCrl... lists) {
    return Case.under(ROOT).via(CA).crls(ROOT_CRL).crls(lists).judge(leaf);
  }

  @Test
  void pkits44Revocation() {
    assertEquals(UNKNOWN, listed(LEAF), "4.4.1");
    assertEquals(
        REVOKED,
        Case.under(ROOT).via(CA).crls(MadeCrl.by(ROOT).revoke(CA), MadeCrl.by(CA)).judge(LEAF),
        "4.4.2");
    assertEquals(REVOKED, listed(LEAF, MadeCrl.by(CA).revoke(LEAF)), "4.4.3");
    assertEquals("6.3.3(f)", listed(LEAF, MadeCrl.by(CA).signedBy(ROOT.key())), "4.4.4");
    Made other = Made.ca("CN=other").key(CA.key()).by(ROOT);
    assertEquals(UNKNOWN, listed(LEAF, MadeCrl.by(other)), "4.4.5");
    assertEquals(UNKNOWN, listed(LEAF, ROOT_CRL), "4.4.6");
    assertEquals(
        "valid",
        listed(LEAF, MadeCrl.by(CA).signedBy(ROOT.key()).revoke(LEAF), MadeCrl.by(CA)),
        "4.4.7");
    assertEquals(UNKNOWN, listed(LEAF, MadeCrl.by(CA).revokeWith(LEAF, PRIVATE)), "4.4.8");
    MadeCrl unknown = MadeCrl.by(CA).revoke(LEAF).with(PRIVATE, true, DERNull.INSTANCE);
    assertEquals(UNKNOWN, listed(LEAF, unknown), "4.4.9");
    MadeCrl silent = MadeCrl.by(CA).with(PRIVATE, true, DERNull.INSTANCE);
    assertEquals(UNKNOWN, listed(LEAF, silent), "4.4.10");
    Instant year = Instant.parse("2010-01-01T12:01:00Z");
    MadeCrl old = MadeCrl.by(CA).between(Instant.parse("2001-04-19T00:00:00Z"), year);
    assertEquals(UNKNOWN, listed(LEAF, old), "4.4.11");
    Instant nineties = Instant.parse("1999-01-01T12:01:00Z");
    MadeCrl older = MadeCrl.by(CA).between(Instant.parse("1998-01-01T12:01:00Z"), nineties);
    assertEquals(UNKNOWN, listed(LEAF, older), "4.4.12");
    MadeCrl far =
        MadeCrl.by(CA).between(Made.NOW.minusSeconds(9), Instant.parse("2050-01-01T12:01:00Z"));
    assertEquals("valid", listed(LEAF, far), "4.4.13");
  }

  @Test
  void pkits44SerialNumbers() {
    Made negative = Made.leaf("CN=n").serial(BigInteger.valueOf(-1)).by(CA);
    Made unsigned = Made.leaf("CN=u").serial(BigInteger.valueOf(255)).by(CA);
    assertEquals("valid", listed(negative, MadeCrl.by(CA).revoke(unsigned)), "4.4.14");
    assertEquals(REVOKED, listed(negative, MadeCrl.by(CA).revoke(negative)), "4.4.15");
    Made first = Made.leaf("CN=1").serial(new BigInteger("7f" + "01".repeat(19), 16)).by(CA);
    Made second =
        Made.leaf("CN=2").serial(new BigInteger("7f" + "01".repeat(18) + "02", 16)).by(CA);
    assertEquals("valid", listed(first, MadeCrl.by(CA)), "4.4.16");
    assertEquals("valid", listed(second, MadeCrl.by(CA).revoke(first)), "4.4.17");
    assertEquals(REVOKED, listed(first, MadeCrl.by(CA).revoke(first)), "4.4.18");
  }

  @Test
  void pkits44SeparateKeysForCertificatesAndLists() {
    Made certifies = Made.ca("CN=two").usage(KeyUsage.keyCertSign).by(ROOT);
    Made lists = Made.leaf("CN=two").usage(KeyUsage.cRLSign).by(ROOT);
    Made leaf = Made.leaf("CN=l").by(certifies);
    Case given = Case.under(ROOT).via(certifies, lists);
    assertEquals("valid", given.crls(ROOT_CRL, MadeCrl.by(lists)).judge(leaf), "4.4.19");
    assertEquals(
        REVOKED,
        Case.under(ROOT)
            .via(certifies, lists)
            .crls(ROOT_CRL, MadeCrl.by(lists).revoke(leaf))
            .judge(leaf),
        "4.4.20");
    assertEquals(
        "6.3.3(f)",
        Case.under(ROOT)
            .via(certifies, lists)
            .crls(MadeCrl.by(ROOT).revoke(lists), MadeCrl.by(lists))
            .judge(leaf),
        "4.4.21");
  }

  @Test
  void pkits45SelfIssuedCas() {
    KeyPair oldKey = Made.newKey();
    Made newCa = Made.ca("CN=roll").by(ROOT);
    Made oldWithNew = Made.ca("CN=roll").key(oldKey).by(newCa);
    Made ofOld = Made.leaf("CN=l").by(oldWithNew);
    Made[] onTheNew = {newCa, oldWithNew};
    assertEquals("valid", rolled(onTheNew, ofOld, MadeCrl.by(newCa)), "4.5.1");
    assertEquals(REVOKED, rolled(onTheNew, ofOld, MadeCrl.by(newCa).revoke(ofOld)), "4.5.2");
    Made oldCa = Made.ca("CN=roll").by(ROOT);
    Made newWithOld = Made.ca("CN=roll").by(oldCa);
    Made ofNew = Made.leaf("CN=l").by(newWithOld);
    Made[] onTheOld = {oldCa, newWithOld};
    assertEquals("valid", rolled(onTheOld, ofNew, MadeCrl.by(oldCa)), "4.5.3");
    Made ofBefore = Made.leaf("CN=l").by(oldCa);
    assertEquals("valid", rolled(onTheOld, ofBefore, MadeCrl.by(oldCa)), "4.5.4");
    assertEquals(REVOKED, rolled(onTheOld, ofBefore, MadeCrl.by(oldCa).revoke(ofBefore)), "4.5.5");
    Made signer = Made.leaf("CN=roll").usage(KeyUsage.cRLSign).by(oldCa);
    Made[] withSigner = {oldCa, signer};
    MadeCrl bySigner = MadeCrl.by(oldCa).signedBy(signer.key());
    assertEquals("valid", rolled(withSigner, ofBefore, bySigner, MadeCrl.by(oldCa)), "4.5.6");
    assertEquals(
        REVOKED,
        rolled(withSigner, ofBefore, MadeCrl.by(oldCa).signedBy(signer.key()).revoke(ofBefore)),
        "4.5.7");
    Made ofSigner = Made.leaf("CN=l").by(signer);
    assertEquals("6.1.4(k)", rolled(withSigner, ofSigner, MadeCrl.by(oldCa)), "4.5.8");
  }

  private static String rolled(Made[] cas, Made leaf, MadeCrl... lists) {
    return Case.under(ROOT).via(cas).crls(ROOT_CRL).crls(lists).judge(leaf);
  }

  private static Made.Recipe mute(String name, boolean critical) {
    return Made.leaf(name)
        .usage(KeyUsage.digitalSignature | KeyUsage.cRLSign)
        .with(Extension.basicConstraints, critical, new BasicConstraints(false));
  }

  @Test
  void pkits46BasicConstraints() {
    Made missing =
        Made.ca("CN=a").without(Extension.basicConstraints).usage(KeyUsage.cRLSign).by(ROOT);
    assertEquals("6.1.4(k)", judge(missing, Made.leaf("CN=l").by(missing)), "4.6.1");
    Made critical = mute("CN=b", true).by(ROOT);
    assertEquals("6.1.4(k)", judge(critical, Made.leaf("CN=l").by(critical)), "4.6.2");
    Made uncritical = mute("CN=b", false).by(ROOT);
    assertEquals("6.1.4(k)", judge(uncritical, Made.leaf("CN=l").by(uncritical)), "4.6.3");
    Made lenient =
        Made.ca("CN=c")
            .with(Extension.basicConstraints, false, new BasicConstraints(true))
            .by(ROOT);
    assertEquals("valid", judge(lenient, Made.leaf("CN=l").by(lenient)), "4.6.4");
    Made zero = Made.ca("CN=0").pathLength(0).by(ROOT);
    Made below = Made.ca("CN=below").by(zero);
    String longer = "6.1.4(l)";
    assertEquals(longer, long_(zero, below).judge(Made.leaf("CN=l").by(below)), "4.6.5");
    assertEquals(longer, long_(zero, below).judge(Made.ca("CN=l").by(below)), "4.6.6");
    assertEquals("valid", long_(zero).judge(Made.leaf("CN=l").by(zero)), "4.6.7");
    assertEquals("valid", long_(zero).judge(Made.ca("CN=l").by(zero)), "4.6.8");
    Made six = Made.ca("CN=6").pathLength(6).by(ROOT);
    Made toZero = Made.ca("CN=60").pathLength(0).by(six);
    Made toFour = Made.ca("CN=64").pathLength(4).by(six);
    Made under0 = Made.ca("CN=600").by(toZero);
    assertEquals(longer, long_(six, toZero, under0).judge(Made.leaf("CN=l").by(under0)), "4.6.9");
    assertEquals(longer, long_(six, toZero, under0).judge(Made.ca("CN=l").by(under0)), "4.6.10");
    Made one = Made.ca("CN=641").pathLength(1).by(toFour);
    Made none = Made.ca("CN=6410").pathLength(0).by(one);
    Made more = Made.ca("CN=64100").by(none);
    assertEquals(
        longer, long_(six, toFour, one, none, more).judge(Made.leaf("CN=l").by(more)), "4.6.11");
    assertEquals(
        longer, long_(six, toFour, one, none, more).judge(Made.ca("CN=l").by(more)), "4.6.12");
    assertEquals(
        "valid", long_(six, toFour, one, none).judge(Made.leaf("CN=l").by(none)), "4.6.13");
    assertEquals("valid", long_(six, toFour, one, none).judge(Made.ca("CN=l").by(none)), "4.6.14");
    Made again = Made.ca("CN=0").by(zero);
    assertEquals("valid", long_(zero, again).judge(Made.leaf("CN=l").by(again)), "4.6.15");
    Made sub = Made.ca("CN=sub").by(again);
    assertEquals(longer, long_(zero, again, sub).judge(Made.leaf("CN=l").by(sub)), "4.6.16");
    Made single = Made.ca("CN=1").pathLength(1).by(ROOT);
    Made singleAgain = Made.ca("CN=1").by(single);
    Made lower = Made.ca("CN=10").by(singleAgain);
    Made lowerAgain = Made.ca("CN=10").by(lower);
    assertEquals(
        "valid",
        long_(single, singleAgain, lower, lowerAgain).judge(Made.leaf("CN=l").by(lowerAgain)),
        "4.6.17");
  }

  private static Case long_(Made... cas) {
    return Case.under(ROOT).via(cas);
  }

  private static Made keyUsage(boolean critical, int bits) {
    return Made.ca("CN=ku").with(Extension.keyUsage, critical, new KeyUsage(bits)).by(ROOT);
  }

  @Test
  void pkits47KeyUsage() {
    for (boolean critical : new boolean[] {true, false}) {
      Made noCertificates = keyUsage(critical, KeyUsage.digitalSignature | KeyUsage.cRLSign);
      assertEquals(
          "6.1.4(n)", judge(noCertificates, Made.leaf("CN=l").by(noCertificates)), "4.7.1, 4.7.2");
      Made noLists = keyUsage(critical, KeyUsage.digitalSignature | KeyUsage.keyCertSign);
      Made leaf = Made.leaf("CN=l").by(noLists);
      assertEquals(
          "6.3.3(f)",
          Case.under(ROOT).via(noLists).crls(ROOT_CRL, MadeCrl.by(noLists)).judge(leaf),
          "4.7.4, 4.7.5");
    }
    Made uncritical = keyUsage(false, KeyUsage.keyCertSign | KeyUsage.cRLSign);
    assertEquals("valid", judge(uncritical, Made.leaf("CN=l").by(uncritical)), "4.7.3");
  }

  @Test
  void pkits416PrivateExtensions() {
    for (boolean critical : new boolean[] {false, true}) {
      Made leaf = Made.leaf("CN=l").with(PRIVATE, critical, new DERUTF8String("x")).by(CA);
      assertEquals(critical ? "4.2" : "valid", judge(CA, leaf), "4.16.1, 4.16.2");
    }
  }

  @Test
  void aListedReasonDoesNotMatter() {
    for (int reason : new int[] {0, 1, 2, 3, 4, 5, 6, 9, 10}) {
      assertEquals(REVOKED, listed(LEAF, MadeCrl.by(CA).revoke(LEAF, reason)), "reason " + reason);
    }
    assertEquals(
        REVOKED, listed(LEAF, MadeCrl.by(CA).revoke(LEAF, CRLReason.removeFromCRL)), "no delta");
  }
}
