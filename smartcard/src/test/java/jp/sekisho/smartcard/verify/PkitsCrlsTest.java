package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Distribution points and delta CRLs in the order of NIST PKITS, chapters 4.14 and 4.15, with
 * certificates and lists of our own.
 */
class PkitsCrlsTest {
  private static final Made ROOT = Made.root("CN=root");
  private static final MadeCrl ROOT_CRL = MadeCrl.by(ROOT);
  private static final X500Name CA_NAME = new X500Name("C=US,O=Test,CN=ca");
  private static final Made CA = Made.ca("C=US,O=Test,CN=ca").by(ROOT);
  private static final Made LEAF = Made.leaf("CN=leaf").by(CA);
  private static final String REVOKED = "6.1.3(a)(3)";
  private static final String UNKNOWN = "6.3.3";
  private static final String ELSEWHERE = "6.3.3(b)(2)(i)";
  private static final RDN RELATIVE = new X500Name("CN=CRL1").getRDNs()[0];
  private static final X500Name FULL = new X500Name("C=US,O=Test,CN=ca,CN=CRL1");
  private static final X500Name OTHER = new X500Name("C=US,O=Test,CN=ca,CN=CRL2");
  private static final int FIRST = ReasonFlags.keyCompromise | ReasonFlags.cACompromise;
  private static final int REST = CrlScope.ALL_REASONS & ~FIRST;

  private static DistributionPointName full(X500Name... names) {
    GeneralName[] all = new GeneralName[names.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = new GeneralName(names[i]);
    }
    return new DistributionPointName(new GeneralNames(all));
  }

  private static DistributionPointName relative() {
    return new DistributionPointName(
        DistributionPointName.NAME_RELATIVE_TO_CRL_ISSUER, RELATIVE.toASN1Primitive());
  }

  private static DistributionPoint point(
      @Nullable DistributionPointName name, int reasons, X500Name... issuers) {
    GeneralNames all =
        issuers.length == 0 ? null : GeneralNames.getInstance(full(issuers).getName());
    return new DistributionPoint(name, reasons == 0 ? null : new ReasonFlags(reasons), all);
  }

  private static DistributionPoint point(
      @Nullable DistributionPointName name, X500Name... issuers) {
    return point(name, 0, issuers);
  }

  private static Made leaf(DistributionPoint... points) {
    return at(Made.leaf("CN=leaf"), points).by(CA);
  }

  private static Made.Recipe at(Made.Recipe recipe, DistributionPoint... points) {
    return recipe.with(Extension.cRLDistributionPoints, false, new CRLDistPoint(points));
  }

  private static IssuingDistributionPoint scope(
      @Nullable DistributionPointName name,
      boolean users,
      boolean cas,
      int reasons,
      boolean other) {
    return new IssuingDistributionPoint(
        name, users, cas, reasons == 0 ? null : new ReasonFlags(reasons), other, false);
  }

  private static MadeCrl list(@Nullable DistributionPointName name) {
    return MadeCrl.by(CA).scope(scope(name, false, false, 0, false));
  }

  private static MadeCrl some(int reasons) {
    return MadeCrl.by(CA).scope(scope(null, false, false, reasons, false));
  }

  private static MadeCrl some(X500Name name, int reasons) {
    return MadeCrl.by(CA).scope(scope(full(name), false, false, reasons, false));
  }

  private static String judge(Made leaf, MadeCrl... lists) {
    return Case.under(ROOT).via(CA).crls(ROOT_CRL).crls(lists).judge(leaf);
  }

  @Test
  void pkits414NamesOfPointsMeetInFullOrRelativeForm() {
    for (DistributionPointName ofLeaf : new DistributionPointName[] {full(FULL), relative()}) {
      for (DistributionPointName ofList : new DistributionPointName[] {full(FULL), relative()}) {
        Made leaf = leaf(point(ofLeaf));
        assertEquals("valid", judge(leaf, list(ofList)), "4.14.1, 4.14.4, 4.14.5, 4.14.7");
        assertEquals(REVOKED, judge(leaf, list(ofList).revoke(leaf)), "4.14.2, 4.14.6");
      }
      assertEquals(ELSEWHERE, judge(leaf(point(ofLeaf)), list(full(OTHER))), "4.14.3, 4.14.8");
    }
    assertEquals(ELSEWHERE, judge(LEAF, list(full(FULL))), "4.14.9: no point in the certificate");
    assertEquals("valid", judge(leaf(point(full(FULL))), MadeCrl.by(CA)), "4.14.10");
    assertEquals(
        "valid", judge(leaf(point(full(OTHER, FULL))), list(full(FULL))), "one name of several");
    assertEquals("valid", judge(LEAF, list(full(CA_NAME))), "the point the RFC assumes");
  }

  @Test
  void pkits414KindsOfCertificates() {
    Made ca = Made.ca("CN=sub").by(CA);
    MadeCrl users = MadeCrl.by(CA).scope(scope(null, true, false, 0, false));
    MadeCrl cas = MadeCrl.by(CA).scope(scope(null, false, true, 0, false));
    MadeCrl attributes =
        MadeCrl.by(CA).scope(new IssuingDistributionPoint(null, false, false, null, false, true));
    assertEquals("6.3.3(b)(2)(ii)", judge(ca, users), "4.14.11");
    assertEquals("6.3.3(b)(2)(iii)", judge(LEAF, cas), "4.14.12");
    assertEquals("valid", judge(ca, cas), "4.14.13");
    assertEquals("6.3.3(b)(2)(iv)", judge(LEAF, attributes), "4.14.14");
  }

  @Test
  void pkits414SomeReasons() {
    assertEquals(REVOKED, judge(LEAF, some(FIRST).revoke(LEAF)), "4.14.15");
    assertEquals(UNKNOWN, judge(LEAF, some(ReasonFlags.certificateHold)), "4.14.16");
    assertEquals(
        UNKNOWN, judge(LEAF, some(FIRST), some(REST & ~ReasonFlags.superseded)), "4.14.17");
    assertEquals("valid", judge(LEAF, some(FIRST), some(REST)), "4.14.18");
    Made two = leaf(point(full(FULL), FIRST), point(full(OTHER), REST));
    MadeCrl[] both = {some(FULL, FIRST), some(OTHER, REST)};
    assertEquals("valid", judge(two, both), "4.14.19");
    assertEquals(REVOKED, judge(two, some(FULL, FIRST).revoke(two), both[1]), "4.14.20");
    assertEquals(
        REVOKED,
        judge(two, both[0], some(OTHER, REST).revoke(two, CRLReason.affiliationChanged)),
        "4.14.21");
    // What the implied point says of that list comes last.
    assertEquals(
        ELSEWHERE, judge(leaf(point(full(FULL), FIRST)), list(full(FULL))), "of the point");
    assertEquals(
        ELSEWHERE,
        judge(
            leaf(point(full(FULL), FIRST), point(full(OTHER), REST)), both[0], some(OTHER, FIRST)),
        "point and list overlap nowhere");
  }

  private static final Made SIGNER = Made.leaf("CN=lists").usage(KeyUsage.cRLSign).by(ROOT);

  private static MadeCrl indirect(Made signer, @Nullable DistributionPointName name) {
    return MadeCrl.by(signer).scope(scope(name, false, false, 0, true));
  }

  private static String via(Made signer, Made leaf, MadeCrl... lists) {
    return Case.under(ROOT).via(CA, signer).crls(ROOT_CRL).crls(lists).judge(leaf);
  }

  @Test
  void pkits414IndirectLists() {
    assertEquals("valid", judge(LEAF, indirect(CA, null)), "4.14.22");
    assertEquals(REVOKED, judge(LEAF, indirect(CA, null).revoke(LEAF)), "4.14.23");
    Made leaf = leaf(point(null, SIGNER.name()));
    Made neighbour = Made.leaf("CN=n").serial(leaf.serial()).by(ROOT);
    assertEquals("valid", via(SIGNER, leaf, indirect(SIGNER, null)), "4.14.24");
    MadeCrl ofOthers = indirect(SIGNER, null).revoke(neighbour, ROOT.name());
    assertEquals("valid", via(SIGNER, leaf, ofOthers), "4.14.25: the number of another CA's");
    assertEquals(UNKNOWN, via(SIGNER, LEAF, indirect(SIGNER, null)), "4.14.26");
    assertEquals(UNKNOWN, via(SIGNER, leaf, MadeCrl.by(SIGNER)), "4.14.27");
    Made named = leaf(point(full(FULL), SIGNER.name()));
    assertEquals("valid", via(SIGNER, named, indirect(SIGNER, full(FULL))), "4.14.28");
    assertEquals(ELSEWHERE, via(SIGNER, named, indirect(SIGNER, full(OTHER))), "4.14.28, other");
    Made below = leaf(point(relative(), SIGNER.name()));
    X500Name ofSigner = new X500Name("CN=lists,CN=CRL1");
    assertEquals("valid", via(SIGNER, below, indirect(SIGNER, full(ofSigner))), "4.14.29");
    assertEquals("valid", via(SIGNER, below, indirect(SIGNER, relative())), "4.14.29, relative");
    MadeCrl listed = indirect(SIGNER, null).revoke(leaf, CA_NAME);
    assertEquals(REVOKED, via(SIGNER, leaf, listed), "4.14.31");
    MadeCrl after = indirect(SIGNER, null).revoke(Made.leaf("CN=o").by(CA), CA_NAME).revoke(leaf);
    assertEquals(REVOKED, via(SIGNER, leaf, after), "4.14.32");
    MadeCrl beyond =
        indirect(SIGNER, null)
            .revoke(Made.leaf("CN=o").by(CA), CA_NAME)
            .revoke(neighbour, ROOT.name());
    assertEquals("valid", via(SIGNER, leaf, beyond), "4.14.33");
    assertEquals(
        UNKNOWN,
        via(SIGNER, leaf(point(null, new X500Name("CN=somebody"))), indirect(SIGNER, null)),
        "4.14.35");
    assertEquals(
        "valid",
        via(SIGNER, leaf(point(full(SIGNER.name()), SIGNER.name())), indirect(SIGNER, null)),
        "without a name in the list");
    assertEquals(
        "valid",
        via(SIGNER, leaf(point(null, SIGNER.name())), indirect(SIGNER, full(SIGNER.name()))),
        "(b)(2)(i): the list's name is that of the CRL issuer");
  }

  @Test
  void pkits41430And34AListThatCoversItsOwnSigner() {
    X500Name name = new X500Name("CN=lists");
    Made signer = at(Made.leaf("CN=lists").usage(KeyUsage.cRLSign), point(null, name)).by(CA);
    Made leaf = leaf(point(null, name));
    assertEquals("valid", via(signer, leaf, indirect(signer, null)), "4.14.30");
    assertEquals(
        REVOKED, via(signer, leaf, indirect(signer, null).revoke(leaf, CA_NAME)), "4.14.34");
  }

  private static MadeCrl base() {
    return MadeCrl.by(CA).number(5);
  }

  private static MadeCrl delta(int number) {
    return MadeCrl.by(CA).number(number).delta(5);
  }

  private static final int HOLD = CRLReason.certificateHold;
  private static final int REMOVE = CRLReason.removeFromCRL;

  @Test
  void pkits415DeltaLists() {
    assertEquals(UNKNOWN, judge(LEAF, delta(6)), "4.15.1");
    assertEquals("valid", judge(LEAF, base(), delta(6)), "4.15.2");
    assertEquals(REVOKED, judge(LEAF, base(), delta(6).revoke(LEAF)), "4.15.3");
    assertEquals(REVOKED, judge(LEAF, base().revoke(LEAF), delta(6)), "4.15.4");
    assertEquals(
        "valid", judge(LEAF, base().revoke(LEAF, HOLD), delta(6).revoke(LEAF, REMOVE)), "4.15.5");
    assertEquals(REVOKED, judge(LEAF, base().revoke(LEAF, HOLD), delta(6).revoke(LEAF)), "4.15.6");
    assertEquals("valid", judge(LEAF, base(), delta(6).revoke(LEAF, REMOVE)), "4.15.7");
    MadeCrl older = MadeCrl.by(CA).number(6).delta(3);
    assertEquals("valid", judge(LEAF, base(), older), "4.15.8: its base is older than ours");
    assertEquals(
        REVOKED, judge(LEAF, base(), MadeCrl.by(CA).number(6).delta(3).revoke(LEAF)), "4.15.9");
    MadeCrl overdue =
        base().between(Made.NOW.minus(Duration.ofDays(9)), Made.NOW.minus(Duration.ofDays(1)));
    assertEquals(UNKNOWN, judge(LEAF, overdue, delta(6)), "4.15.10");
  }

  @Test
  void aDeltaCompletesOnlyTheListOfItsOwnScopeAndKey() {
    Made leaf = leaf(point(full(FULL)));
    MadeCrl elsewhere =
        MadeCrl.by(CA).number(6).delta(1).scope(scope(full(OTHER), false, false, 0, false));
    assertEquals("valid", judge(leaf, list(full(FULL)), elsewhere.revoke(leaf)));
    MadeCrl same =
        MadeCrl.by(CA).number(6).delta(1).scope(scope(full(FULL), false, false, 0, false));
    assertEquals(REVOKED, judge(leaf, list(full(FULL)), same.revoke(leaf)));
    MadeCrl gone = delta(7).between(Made.NOW.minusSeconds(9), Made.NOW.minusSeconds(1));
    assertEquals("valid", judge(LEAF, base(), gone.revoke(LEAF)), "an overdue delta says nothing");
    assertEquals(
        REVOKED, judge(LEAF, base(), delta(6), delta(7).revoke(LEAF)), "the newest delta counts");
    assertEquals(
        "valid", judge(LEAF, base().revoke(LEAF, HOLD), delta(6), delta(7).revoke(LEAF, REMOVE)));
  }
}
