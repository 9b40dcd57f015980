package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.Test;

/** How names chain, and how a path is found where names alone do not lead. */
class PathNamesTest {
  private static final Made ROOT = Made.root("CN=root");

  private static X500Name name(ASN1Encodable organisation, ASN1Encodable common) {
    return new X500Name(
        new RDN[] {
          new RDN(new AttributeTypeAndValue(BCStyle.O, organisation)),
          new RDN(new AttributeTypeAndValue(BCStyle.CN, common))
        });
  }

  private static String chained(X500Name subject, X500Name issuer) {
    Made ca = Made.ca("CN=x").subject(subject).by(ROOT);
    return Case.under(ROOT).via(ca).judge(Made.leaf("CN=l").issuer(issuer).by(ca));
  }

  /** "a|" and "b]" have one hash, and so has every text of as many of them. */
  @Test
  void namesThatWereMadeToHaveOneHashAreStillFoundAtOnce() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          Map<DistinguishedName, Integer> table = new HashMap<>();
          for (int i = 0; i < 1 << 17; i++) {
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < 17; bit++) {
              text.append((i >> bit & 1) == 0 ? "a|" : "b]");
            }
            table.put(new DistinguishedName(List.of(text.toString())), i);
          }
          assertEquals(1 << 17, table.size());
        });
    DistinguishedName one = new DistinguishedName(List.of("a"));
    DistinguishedName below = new DistinguishedName(List.of("a", "b"));
    assertTrue(one.compareTo(below) < 0 && below.compareTo(one) > 0);
    assertTrue(one.compareTo(new DistinguishedName(List.of("b"))) < 0);
    assertEquals(0, below.compareTo(new DistinguishedName(List.of("a", "b"))));
  }

  @Test
  void s71LetterCaseSpacesAndStringTypesDoNotMatter() {
    X500Name plain = name(new DERPrintableString("Good City"), new DERPrintableString("Card CA"));
    assertEquals("valid", chained(plain, plain));
    assertEquals(
        "valid",
        chained(
            plain, name(new DERPrintableString("GOOD city"), new DERPrintableString("card CA"))));
    assertEquals(
        "valid",
        chained(
            plain,
            name(new DERPrintableString("  Good   City "), new DERPrintableString("Card CA"))));
    assertEquals(
        "valid",
        chained(plain, name(new DERUTF8String("Good City"), new DERUTF8String("Card CA"))));
    assertEquals(
        "valid",
        chained(
            name(new DERUTF8String("ÉCOLE"), new DERUTF8String("x")),
            name(new DERUTF8String("école"), new DERUTF8String("X"))));
  }

  @Test
  void s613a4AnotherNameOrAnotherOrderDoesNotChain() {
    X500Name plain = new X500Name("C=JP,O=City,OU=a,CN=ca");
    assertEquals("6.1.3(a)(4)", chained(plain, new X500Name("C=JP,O=City,OU=b,CN=ca")));
    assertEquals("6.1.3(a)(4)", chained(plain, new X500Name("C=JP,O=City,CN=ca,OU=a")));
    assertEquals("6.1.3(a)(4)", chained(plain, new X500Name("C=JP,O=City,OU=a")));
    assertEquals("6.1.3(a)(4)", chained(plain, new X500Name("C=JP,O=City,OU=a+CN=ca")));
  }

  @Test
  void ofCasWithOneNameTheOneThatSignedIsTakenWhateverTheOrder() {
    Made first = Made.ca("CN=root").selfSigned();
    Made third = Made.ca("CN=root").selfSigned();
    Made leaf = Made.leaf("CN=l").by(ROOT);
    assertEquals("valid", Case.under(first, ROOT, third).judge(leaf));
    assertEquals("valid", Case.under(ROOT, first).judge(leaf));
    assertEquals("6.1.3(a)(1)", Case.under(first, third).judge(leaf));
  }

  @Test
  void aRootGivenOnlyAsIntermediateIsNoAnchor() {
    Made ca = Made.ca("CN=ca").by(ROOT);
    Made stranger = Made.root("CN=stranger");
    assertEquals("6.1.3(a)(4)", Case.under(stranger).via(ROOT, ca).judge(Made.leaf("CN=l").by(ca)));
  }

  @Test
  void keyRolloverOldWithNewAndNewWithOldIsFollowed() {
    KeyPair oldKey = Made.newKey();
    Made newCa = Made.ca("CN=ca").by(ROOT);
    Made oldWithNew = Made.ca("CN=ca").key(oldKey).by(newCa);
    assertEquals(
        "valid", Case.under(ROOT).via(newCa, oldWithNew).judge(Made.leaf("CN=l").by(oldWithNew)));
    Made oldCa = Made.ca("CN=ca").key(oldKey).by(ROOT);
    Made newWithOld = Made.ca("CN=ca").by(oldCa);
    assertEquals(
        "valid", Case.under(ROOT).via(newWithOld, oldCa).judge(Made.leaf("CN=l").by(newWithOld)));
  }

  @Test
  void anExpiredDetourToAnotherRootDoesNotHideTheGoodPath() {
    Made second = Made.root("CN=root-2");
    Made detour =
        Made.ca("CN=root")
            .key(ROOT.key())
            .valid(Made.NOW.minus(Duration.ofDays(9)), Made.NOW.minus(Duration.ofDays(8)))
            .by(second);
    Made leaf = Made.leaf("CN=l").by(ROOT);
    assertEquals("valid", Case.under(second, ROOT).via(detour).judge(leaf));
    assertEquals("6.1.3(a)(2)", Case.under(second).via(detour).judge(leaf));
  }

  @Test
  void casThatSignEachOtherEndInARefusalOrBehindTheRoot() {
    KeyPair b = Made.newKey();
    Made aByRoot = Made.ca("CN=a").by(ROOT);
    Made bByA = Made.ca("CN=b").key(b).by(aByRoot);
    Made aByB = Made.ca("CN=a").key(aByRoot.key()).by(bByA);
    Made leaf = Made.leaf("CN=l").by(bByA);
    assertEquals("6.1.3(a)(4)", Case.under(Made.root("CN=other")).via(bByA, aByB).judge(leaf));
    assertEquals("valid", Case.under(ROOT).via(aByB, bByA, aByRoot).judge(leaf));
  }

  @Test
  void aThicketOfCrossCertificatesIsGivenUpInBoundedTime() {
    List<KeyPair> keys = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      keys.add(Made.newKey());
    }
    List<Made> cross = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Made issuer = Made.ca("CN=x" + i).key(keys.get(i)).selfSigned();
      for (int j = 0; j < 8; j++) {
        if (i != j) {
          cross.add(Made.ca("CN=x" + j).key(keys.get(j)).by(issuer));
        }
      }
    }
    Made leaf = Made.leaf("CN=l").by(cross.get(0));
    String verdict =
        assertTimeoutPreemptively(
            Duration.ofSeconds(30),
            () -> Case.under(Made.root("CN=x0")).via(cross.toArray(Made[]::new)).judge(leaf));
    assertEquals("6.1.3(a)(1)", verdict);
  }
}
