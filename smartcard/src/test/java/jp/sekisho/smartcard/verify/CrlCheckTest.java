package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** CRLs, §6.3, in the order of the NIST PKITS chapters 4.4, 4.5, 4.14 and 4.15. */
class CrlCheckTest {
  private static final Made ROOT = Made.root("CN=root");
  private static final Made CA = Made.ca("CN=ca").by(ROOT);
  private static final Made LEAF = Made.leaf("CN=leaf").by(CA);
  private static final MadeCrl ROOT_CRL = MadeCrl.by(ROOT);
  private static final String REVOKED = "6.1.3(a)(3)";
  private static final String UNKNOWN = "6.3.3";
  private static final String POINT = "http://crl.example/1";
  private static final int COMPROMISE = ReasonFlags.keyCompromise | ReasonFlags.cACompromise;
  private static final int OTHERS = CrlScope.ALL_REASONS & ~COMPROMISE;

  private static String judge(Made leaf, MadeCrl... lists) {
    return Case.under(ROOT).via(CA).crls(ROOT_CRL).crls(lists).judge(leaf);
  }

  private static DistributionPoint point(@Nullable String uri, @Nullable GeneralName issuer) {
    return new DistributionPoint(
        uri == null ? null : MadeCrl.name(uri),
        null,
        issuer == null ? null : new GeneralNames(issuer));
  }

  private static Made.Recipe at(Made.Recipe recipe, DistributionPoint... points) {
    return recipe.with(Extension.cRLDistributionPoints, false, new CRLDistPoint(points));
  }

  @Test
  void pkits44EveryCertificateBelowTheAnchorNeedsACurrentCrl() {
    assertEquals("valid", judge(LEAF, MadeCrl.by(CA)));
    assertEquals(UNKNOWN, judge(LEAF));
    assertEquals(UNKNOWN, Case.under(ROOT).via(CA).crls(MadeCrl.by(CA)).judge(LEAF));
    assertEquals(REVOKED, judge(LEAF, MadeCrl.by(CA).revoke(LEAF)));
    assertEquals(
        REVOKED,
        Case.under(ROOT).via(CA).crls(MadeCrl.by(ROOT).revoke(CA), MadeCrl.by(CA)).judge(LEAF));
    assertEquals(REVOKED, judge(LEAF, MadeCrl.by(CA).revoke(LEAF, CRLReason.certificateHold)));
  }

  @Test
  void pkits44ACrlOfAnotherIssuerOrKeyOrTimeAnswersNothing() {
    Made other = Made.ca("CN=other").by(ROOT);
    assertEquals(UNKNOWN, judge(LEAF, MadeCrl.by(other).revoke(LEAF)));
    assertEquals("6.3.3(f)", judge(LEAF, MadeCrl.by(CA).signedBy(other.key())));
    Instant past = Made.NOW.minus(Duration.ofDays(9));
    assertEquals(UNKNOWN, judge(LEAF, MadeCrl.by(CA).between(past, past.plusSeconds(9))));
    Instant future = Made.NOW.plusSeconds(1);
    assertEquals(
        UNKNOWN, judge(LEAF, MadeCrl.by(CA).between(future, future.plus(Duration.ofDays(9)))));
    assertEquals(
        "valid", judge(LEAF, MadeCrl.by(CA).between(past, Instant.parse("2050-01-01T12:01:00Z"))));
  }

  @Test
  void pkits44OfTwoCrlsTheOneByTheRightKeyCounts() {
    Made stranger = Made.ca("CN=ca").by(ROOT);
    assertEquals(
        "valid", judge(LEAF, MadeCrl.by(CA).signedBy(stranger.key()).revoke(LEAF), MadeCrl.by(CA)));
  }

  @Test
  void s5ACrlThatBreaksItsProfileIsNone() {
    assertEquals(UNKNOWN, judge(LEAF, MadeCrl.by(CA).number(0)));
    assertEquals(
        UNKNOWN,
        judge(LEAF, MadeCrl.by(CA).number(0).with(Extension.cRLNumber, true, new ASN1Integer(1))));
    assertEquals(UNKNOWN, judge(LEAF, MadeCrl.by(CA).withoutNextUpdate()));
    Made twice = Made.leaf("CN=x").by(CA);
    byte[] broken = MadeCrl.by(CA).revoke(twice).revoke(twice).der();
    for (Made signer : List.of(CA, ROOT)) {
      assertEquals(
          signer == CA
              ? "5.1.2.6: a certificate is listed twice"
              : "5.1.1.3: none of our CAs signed the list",
          assertThrows(
                  MalformedException.class,
                  () -> Crl.parse(broken, List.of(signer.key().getPublic())))
              .failure()
              .detail(),
          "the signature is asked before the entries");
    }
    assertEquals(UNKNOWN, judge(LEAF, MadeCrl.by(CA).revoke(twice).revoke(twice)));
    ASN1ObjectIdentifier unknown = new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1");
    assertEquals(UNKNOWN, judge(LEAF, MadeCrl.by(CA).with(unknown, true, DERNull.INSTANCE)));
    assertEquals("valid", judge(LEAF, MadeCrl.by(CA).with(unknown, false, DERNull.INSTANCE)));
  }

  @Test
  void s633fOnlyACertificateWithCrlSignSignsCrls() {
    Made mute = Made.ca("CN=mute").usage(KeyUsage.keyCertSign).by(ROOT);
    Made leaf = Made.leaf("CN=l").by(mute);
    assertEquals(
        "6.3.3(f)", Case.under(ROOT).via(mute).crls(ROOT_CRL, MadeCrl.by(mute)).judge(leaf));
    Made signer = Made.leaf("CN=mute").usage(KeyUsage.cRLSign).by(ROOT);
    Case separate = Case.under(ROOT).via(mute, signer).crls(MadeCrl.by(signer));
    assertEquals("valid", separate.crls(ROOT_CRL).judge(leaf));
    assertEquals(
        "6.3.3(f)",
        Case.under(ROOT)
            .via(mute, signer)
            .crls(MadeCrl.by(signer), MadeCrl.by(ROOT).revoke(signer))
            .judge(leaf),
        "PKITS 4.4.21");
  }

  @Test
  void pkits45ACrlOfTheNewKeyCoversWhatTheOldOneSigned() {
    KeyPair oldKey = Made.newKey();
    Made newCa = Made.ca("CN=roll").by(ROOT);
    Made oldWithNew = Made.ca("CN=roll").key(oldKey).by(newCa);
    Made leaf = Made.leaf("CN=l").by(oldWithNew);
    Case old = Case.under(ROOT).via(oldWithNew, newCa).crls(ROOT_CRL);
    assertEquals("valid", old.crls(MadeCrl.by(newCa)).judge(leaf));
    assertEquals(
        REVOKED,
        Case.under(ROOT)
            .via(oldWithNew, newCa)
            .crls(ROOT_CRL, MadeCrl.by(newCa).revoke(leaf))
            .judge(leaf));
  }

  @Test
  void pkits454ACrlOfASelfIssuedNewKeyIsReachedThroughTheOldOne() {
    Made oldCa = Made.ca("CN=roll").by(ROOT);
    Made newWithOld = at(Made.ca("CN=roll"), point(POINT, null)).by(oldCa);
    Made leaf = Made.leaf("CN=l").by(oldCa);
    MadeCrl onlyForNew = MadeCrl.by(oldCa).scope(MadeCrl.at(POINT, false, false));
    assertEquals(
        "valid",
        Case.under(ROOT)
            .via(oldCa, newWithOld)
            .crls(ROOT_CRL, onlyForNew, MadeCrl.by(newWithOld))
            .judge(leaf));
    assertEquals(
        "6.3.3(f)",
        Case.under(ROOT)
            .via(oldCa, newWithOld)
            .crls(
                ROOT_CRL,
                MadeCrl.by(oldCa).scope(MadeCrl.at(POINT, false, false)).revoke(newWithOld),
                MadeCrl.by(newWithOld))
            .judge(leaf));
  }

  @Test
  void pkits458TheKeyThatMayOnlySignCrlsIssuesNoCertificate() {
    Made signer = Made.leaf("CN=ca").usage(KeyUsage.cRLSign).by(CA);
    Made leaf = Made.leaf("CN=l").by(signer);
    assertEquals("6.1.4(k)", Case.under(ROOT).via(CA, signer).judge(leaf));
  }

  @Test
  void s633b2iTheDistributionPointsMustMeet() {
    Made there = at(Made.leaf("CN=l"), point(POINT, null)).by(CA);
    MadeCrl here = MadeCrl.by(CA).scope(MadeCrl.at(POINT, false, false));
    assertEquals("valid", judge(there, here));
    assertEquals("valid", judge(there, MadeCrl.by(CA)), "a CRL without a scope");
    assertEquals(
        "6.3.3(b)(2)(i)",
        judge(there, MadeCrl.by(CA).scope(MadeCrl.at("http://crl.example/2", false, false))));
    assertEquals("6.3.3(b)(2)(i)", judge(LEAF, here), "no point in the certificate");
    Made coded = at(Made.leaf("CN=l"), point("http://crl.example/%31", null)).by(CA);
    assertEquals("6.3.3(b)(2)(i)", judge(coded, here), "not the same bytes");
  }

  @Test
  void s633b2iiToivTheKindOfCertificateMustBeCovered() {
    MadeCrl users = MadeCrl.by(CA).scope(MadeCrl.at(null, true, false));
    MadeCrl cas = MadeCrl.by(CA).scope(MadeCrl.at(null, false, true));
    assertEquals("valid", judge(LEAF, users));
    assertEquals("6.3.3(b)(2)(iii)", judge(LEAF, cas));
    Made sub = Made.ca("CN=sub").by(CA);
    assertEquals("6.3.3(b)(2)(ii)", judge(sub, users));
    assertEquals("valid", judge(sub, cas));
    MadeCrl attributes =
        MadeCrl.by(CA).scope(new IssuingDistributionPoint(null, false, false, null, false, true));
    assertEquals("6.3.3(b)(2)(iv)", judge(LEAF, attributes));
  }

  @Test
  void s633lCrlsForSomeReasonsMustTogetherCoverAll() {
    MadeCrl compromise = MadeCrl.by(CA).scope(MadeCrl.someReasons(null, COMPROMISE));
    MadeCrl others = MadeCrl.by(CA).scope(MadeCrl.someReasons(null, OTHERS));
    assertEquals("valid", judge(LEAF, compromise, others));
    assertEquals(UNKNOWN, judge(LEAF, compromise));
    assertEquals(UNKNOWN, judge(LEAF, others));
    assertEquals(
        REVOKED,
        judge(
            LEAF,
            compromise,
            MadeCrl.by(CA)
                .scope(MadeCrl.someReasons(null, OTHERS))
                .revoke(LEAF, CRLReason.certificateHold)));
    String other = "http://crl.example/2";
    Made leaf = at(Made.leaf("CN=l"), point(POINT, null), point(other, null)).by(CA);
    MadeCrl first = MadeCrl.by(CA).scope(MadeCrl.someReasons(POINT, COMPROMISE));
    assertEquals(
        "valid", judge(leaf, first, MadeCrl.by(CA).scope(MadeCrl.someReasons(other, OTHERS))));
    assertEquals(
        REVOKED,
        judge(leaf, first, MadeCrl.by(CA).scope(MadeCrl.someReasons(other, OTHERS)).revoke(leaf)));
  }

  @Test
  void s633b1AnIndirectCrlCountsWhereTheCertificateNamesItsIssuer() {
    Made signer = Made.ca("CN=crls").by(ROOT);
    GeneralName name = new GeneralName(signer.name());
    Made leaf = at(Made.leaf("CN=l"), point(null, name)).by(CA);
    Case given = Case.under(ROOT).via(CA, signer).crls(ROOT_CRL);
    MadeCrl indirect = MadeCrl.by(signer).scope(MadeCrl.indirect());
    assertEquals("valid", given.crls(indirect).judge(leaf), "PKITS 4.14.24");
    Case base = Case.under(ROOT).via(CA, signer).crls(ROOT_CRL);
    assertEquals(
        "valid",
        base.crls(MadeCrl.by(signer).scope(MadeCrl.indirect()).revoke(leaf)).judge(leaf),
        "PKITS 4.14.25: the entry is of the CRL issuer's own certificates");
    assertEquals(
        REVOKED,
        Case.under(ROOT)
            .via(CA, signer)
            .crls(ROOT_CRL, MadeCrl.by(signer).scope(MadeCrl.indirect()).revoke(leaf, CA.name()))
            .judge(leaf),
        "PKITS 4.14.31");
    Made neighbour = Made.leaf("CN=n").by(CA);
    assertEquals(
        REVOKED,
        Case.under(ROOT)
            .via(CA, signer)
            .crls(
                ROOT_CRL,
                MadeCrl.by(signer)
                    .scope(MadeCrl.indirect())
                    .revoke(neighbour, CA.name())
                    .revoke(leaf))
            .judge(leaf),
        "PKITS 4.14.32: the issuer of the entry before");
    assertEquals(
        UNKNOWN,
        Case.under(ROOT).via(CA, signer).crls(ROOT_CRL, MadeCrl.by(signer)).judge(leaf),
        "PKITS 4.14.27: a CRL that is not indirect");
    assertEquals(
        UNKNOWN,
        Case.under(ROOT)
            .via(CA, signer)
            .crls(ROOT_CRL, MadeCrl.by(signer).scope(MadeCrl.indirect()))
            .judge(LEAF),
        "a certificate that does not name it");
  }

  @Test
  void pkits41430ACrlIssuerMayBeCoveredByItsOwnCrl() {
    Made self = Made.leaf("CN=crls").usage(KeyUsage.cRLSign).by(CA);
    GeneralName name = new GeneralName(new X500Name("CN=crls"));
    Made signer = at(Made.leaf("CN=crls").usage(KeyUsage.cRLSign), point(null, name)).by(CA);
    Made leaf = at(Made.leaf("CN=l"), point(null, name)).by(CA);
    assertEquals(
        "valid",
        Case.under(ROOT)
            .via(CA, signer)
            .crls(ROOT_CRL, MadeCrl.by(signer).scope(MadeCrl.indirect()))
            .judge(leaf));
    assertEquals(
        "6.3.3(f)",
        Case.under(ROOT)
            .via(CA, signer)
            .crls(ROOT_CRL, MadeCrl.by(signer).scope(MadeCrl.indirect()).revoke(signer, CA.name()))
            .judge(leaf),
        "it revokes itself");
    assertEquals(
        "6.3.3(f)",
        Case.under(ROOT)
            .via(CA, self)
            .crls(ROOT_CRL, MadeCrl.by(self).scope(MadeCrl.indirect()))
            .judge(leaf),
        "nobody answers for it");
  }

  @Test
  void s633fTheCrlIssuerMustLeadToTheSameAnchor() {
    Made second = Made.root("CN=second");
    Made signer = Made.ca("CN=crls").by(second);
    Made leaf = at(Made.leaf("CN=l"), point(null, new GeneralName(signer.name()))).by(CA);
    assertEquals(
        "6.3.3(f)",
        Case.under(ROOT, second)
            .via(CA, signer)
            .crls(ROOT_CRL, MadeCrl.by(second), MadeCrl.by(signer).scope(MadeCrl.indirect()))
            .judge(leaf));
  }

  @Test
  void pkits415DeltaCrlsCompleteTheirBase() {
    MadeCrl base = MadeCrl.by(CA).number(5);
    assertEquals(UNKNOWN, judge(LEAF, MadeCrl.by(CA).number(6).delta(5)), "no base");
    assertEquals("valid", judge(LEAF, base, MadeCrl.by(CA).number(6).delta(5)));
    assertEquals(REVOKED, judge(LEAF, base, MadeCrl.by(CA).number(6).delta(5).revoke(LEAF)));
    assertEquals(
        REVOKED, judge(LEAF, base, MadeCrl.by(CA).number(6).delta(3).revoke(LEAF)), "older base");
    MadeCrl hold = MadeCrl.by(CA).number(5).revoke(LEAF, CRLReason.certificateHold);
    MadeCrl lift = MadeCrl.by(CA).number(6).delta(5).revoke(LEAF, CRLReason.removeFromCRL);
    assertEquals("valid", judge(LEAF, hold, lift));
    assertEquals("valid", judge(LEAF, base, lift));
    assertEquals(REVOKED, judge(LEAF, hold, MadeCrl.by(CA).number(6).delta(5).revoke(LEAF)));
    assertEquals(REVOKED, judge(LEAF, hold, MadeCrl.by(CA).number(6).delta(5)));
    assertEquals(
        "valid", judge(LEAF, base, MadeCrl.by(CA).number(8).delta(6).revoke(LEAF)), "a later base");
    Made other = Made.ca("CN=ca").by(ROOT);
    assertEquals(
        "valid",
        judge(LEAF, base, MadeCrl.by(CA).signedBy(other.key()).number(6).delta(5).revoke(LEAF)));
    assertEquals(
        UNKNOWN,
        judge(
            LEAF,
            MadeCrl.by(CA)
                .number(5)
                .between(Made.NOW.minus(Duration.ofDays(9)), Made.NOW.minusSeconds(1)),
            MadeCrl.by(CA).number(9).delta(6)),
        "PKITS 4.15.10: the base is overdue");
  }
}
