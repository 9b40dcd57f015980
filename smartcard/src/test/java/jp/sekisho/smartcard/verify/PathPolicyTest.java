package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.Test;

/** Certificate policies, mappings and the three inhibitions, §6.1.3(d) to §6.1.5(g). */
class PathPolicyTest {
  private static final String ANY = PolicyTree.ANY;
  private static final String ONE = "2.16.840.1.101.3.2.1.48.1";
  private static final String TWO = "2.16.840.1.101.3.2.1.48.2";
  private static final String THREE = "2.16.840.1.101.3.2.1.48.3";
  private static final Made ROOT = Made.root("CN=root");

  private static ASN1Encodable policies(String... identifiers) {
    PolicyInformation[] all = new PolicyInformation[identifiers.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = new PolicyInformation(new ASN1ObjectIdentifier(identifiers[i]));
    }
    return new CertificatePolicies(all);
  }

  private static ASN1Encodable mappings(String... pairs) {
    ASN1EncodableVector all = new ASN1EncodableVector();
    for (int i = 0; i < pairs.length; i += 2) {
      all.add(
          new DERSequence(
              new ASN1Encodable[] {
                new ASN1ObjectIdentifier(pairs[i]), new ASN1ObjectIdentifier(pairs[i + 1])
              }));
    }
    return new DERSequence(all);
  }

  private static Made.Recipe ca(String name, String... identifiers) {
    return with(Made.ca(name), identifiers);
  }

  private static Made leaf(Made ca, String... identifiers) {
    return with(Made.leaf("CN=l"), identifiers).by(ca);
  }

  private static Made.Recipe with(Made.Recipe recipe, String... identifiers) {
    return identifiers.length == 0
        ? recipe
        : recipe.with(Extension.certificatePolicies, false, policies(identifiers));
  }

  private static ASN1Encodable constraint(int explicit, int mapping) {
    return new PolicyConstraints(
        explicit < 0 ? null : BigInteger.valueOf(explicit),
        mapping < 0 ? null : BigInteger.valueOf(mapping));
  }

  private static Case under(Made... cas) {
    return Case.under(ROOT).via(cas);
  }

  @Test
  void s615gThePolicyMustRunThroughTheWholePathOnlyWhereOneIsRequired() {
    Made ca = ca("CN=ca", ONE, TWO).by(ROOT);
    Made good = leaf(ca, ONE);
    assertEquals("valid", under(ca).explicitPolicy().judge(good));
    assertEquals("valid", under(ca).policies(ONE).explicitPolicy().judge(good));
    assertEquals("valid", under(ca).policies(TWO, ONE).explicitPolicy().judge(good));
    assertEquals("6.1.5(g)", under(ca).policies(TWO).explicitPolicy().judge(good));
    assertEquals("valid", under(ca).policies(TWO).judge(good), "not required");
    Made without = leaf(ca);
    assertEquals("valid", under(ca).judge(without));
    assertEquals("6.1.3(f)", under(ca).explicitPolicy().judge(without));
    assertEquals("6.1.3(f)", under(ca).explicitPolicy().judge(leaf(ca, THREE)));
    Made silent = ca("CN=silent").by(ROOT);
    assertEquals("6.1.3(f)", under(silent).explicitPolicy().judge(leaf(silent, ONE)));
  }

  @Test
  void theInitialSetIsAppliedAtTheEndOfThePathNotAtEachStep() {
    Made top = ca("CN=top", ONE, TWO).by(ROOT);
    Made low = ca("CN=low", ONE, TWO).by(top);
    assertEquals(
        "valid", under(top, low).policies(ONE).explicitPolicy().judge(leaf(low, ONE, TWO)));
    Made mapping =
        ca("CN=m", ONE).with(Extension.policyMappings, true, mappings(ONE, TWO)).by(ROOT);
    assertEquals("valid", under(mapping).policies(ONE).explicitPolicy().judge(leaf(mapping, TWO)));
    assertEquals(
        "6.1.5(g)", under(mapping).policies(TWO).explicitPolicy().judge(leaf(mapping, TWO)));
  }

  @Test
  void s613d2AnyPolicyStandsForEachUntilItIsInhibited() {
    Made any = ca("CN=any", ANY).by(ROOT);
    assertEquals("valid", under(any).policies(ONE).explicitPolicy().judge(leaf(any, ONE)));
    assertEquals("6.1.5(g)", under(any).policies(TWO).explicitPolicy().judge(leaf(any, ONE)));
    assertEquals("valid", under(any).policies(TWO).explicitPolicy().judge(leaf(any, ANY)));
    assertEquals("valid", under(any).policies(TWO).explicitPolicy().judge(leaf(any, ONE, ANY)));
    PathDemands inhibited = new PathDemands(Set.of(), true, false, true, 0, Optional.empty());
    assertEquals("6.1.3(f)", under(any).demands(inhibited).judge(leaf(any, ONE)));
    Made zero = ca("CN=z", ONE).with(Extension.inhibitAnyPolicy, true, new ASN1Integer(0)).by(ROOT);
    assertEquals("6.1.3(f)", under(zero).explicitPolicy().judge(leaf(zero, ANY)));
    assertEquals("valid", under(zero).explicitPolicy().judge(leaf(zero, ONE)));
    Made one = ca("CN=o", ONE).with(Extension.inhibitAnyPolicy, true, new ASN1Integer(1)).by(ROOT);
    Made below = ca("CN=b", ANY).by(one);
    assertEquals("6.1.3(f)", under(one, below).explicitPolicy().judge(leaf(below, ANY)));
    assertEquals("valid", under(one, below).explicitPolicy().judge(leaf(below, ONE)));
  }

  @Test
  void selfIssuedCasDoNotUseUpTheSkipCountsAndMayUseAnyPolicy() {
    Made one = ca("CN=o", ONE).with(Extension.inhibitAnyPolicy, true, new ASN1Integer(1)).by(ROOT);
    Made rolled = ca("CN=o", ONE).by(one);
    Made below = ca("CN=b", ANY).by(rolled);
    assertEquals("valid", under(one, rolled, below).explicitPolicy().judge(leaf(below, ONE)));
    Made zero = ca("CN=z", ONE).with(Extension.inhibitAnyPolicy, true, new ASN1Integer(0)).by(ROOT);
    Made again = ca("CN=z", ANY).by(zero);
    assertEquals("valid", under(zero, again).explicitPolicy().judge(leaf(again, ONE)));
    Made twice =
        ca("CN=r2", ONE).with(Extension.policyConstraints, true, constraint(2, -1)).by(ROOT);
    Made self = ca("CN=r2").by(twice);
    assertEquals("valid", under(twice, self).judge(leaf(self)));
    Made sub = ca("CN=s").by(self);
    assertEquals("6.1.5(g)", under(twice, self, sub).judge(leaf(sub)));
  }

  @Test
  void s614iRequireExplicitPolicyCountsDown() {
    for (int skip : new int[] {0, 1, 2, 3, 10}) {
      Made first =
          ca("CN=1", ONE).with(Extension.policyConstraints, true, constraint(skip, -1)).by(ROOT);
      Made second = ca("CN=2", ONE).by(first);
      Made third = ca("CN=3", ONE).by(second);
      String expected = skip < 3 ? "6.1.3(f)" : skip == 3 ? "6.1.5(g)" : "valid";
      assertEquals(expected, under(first, second, third).judge(leaf(third)), "skip " + skip);
    }
    Made lowered =
        ca("CN=7", ONE).with(Extension.policyConstraints, true, constraint(7, -1)).by(ROOT);
    Made two =
        ca("CN=8", ONE).with(Extension.policyConstraints, true, constraint(0, -1)).by(lowered);
    assertEquals("6.1.3(f)", under(lowered, two).judge(leaf(two)));
  }

  @Test
  void s615bTheLeafItselfMayRequireAPolicy() {
    Made ca = ca("CN=ca", ONE).by(ROOT);
    Made leaf =
        with(Made.leaf("CN=l"), TWO)
            .with(Extension.policyConstraints, true, constraint(0, -1))
            .by(ca);
    assertEquals("6.1.5(g)", under(ca).judge(leaf));
  }

  @Test
  void s614bMappingsTranslateAndInhibitionStopsThem() {
    Made ca =
        ca("CN=ca", ONE, TWO)
            .with(Extension.policyMappings, true, mappings(ONE, THREE, TWO, THREE))
            .by(ROOT);
    assertEquals("valid", under(ca).policies(ONE).explicitPolicy().judge(leaf(ca, THREE)));
    assertEquals("valid", under(ca).policies(TWO).explicitPolicy().judge(leaf(ca, THREE)));
    assertEquals("6.1.5(g)", under(ca).policies(THREE).explicitPolicy().judge(leaf(ca, THREE)));
    assertEquals("6.1.3(f)", under(ca).explicitPolicy().judge(leaf(ca, ONE)));
    PathDemands stop = new PathDemands(Set.of(), true, true, false, 0, Optional.empty());
    assertEquals("6.1.3(f)", under(ca).demands(stop).judge(leaf(ca, THREE)));
    Made inhibiting =
        ca("CN=i", ONE).with(Extension.policyConstraints, true, constraint(0, 0)).by(ROOT);
    Made below =
        ca("CN=b", ONE).with(Extension.policyMappings, true, mappings(ONE, TWO)).by(inhibiting);
    assertEquals("6.1.3(f)", under(inhibiting, below).judge(leaf(below, TWO)));
    assertEquals("6.1.3(f)", under(inhibiting, below).judge(leaf(below, ONE)));
    Made any = ca("CN=any", ANY).with(Extension.policyMappings, true, mappings(ONE, TWO)).by(ROOT);
    assertEquals("valid", under(any).policies(ONE).explicitPolicy().judge(leaf(any, TWO)));
  }

  @Test
  void s614aAnyPolicyIsNeverMapped() {
    for (ASN1Encodable mapping : new ASN1Encodable[] {mappings(ANY, ONE), mappings(ONE, ANY)}) {
      Made ca = ca("CN=ca", ONE).with(Extension.policyMappings, true, mapping).by(ROOT);
      assertEquals("6.1.4(a)", under(ca).judge(leaf(ca, ONE)));
    }
  }

  @Test
  void mappingsCrossedWithMappingsAreRefusedNotStoredForEver() {
    String[] all = new String[20];
    String[] pairs = new String[2 * 20 * 20];
    for (int i = 0; i < 20; i++) {
      all[i] = ONE + "." + i;
      for (int j = 0; j < 20; j++) {
        pairs[2 * (20 * i + j)] = ONE + "." + i;
        pairs[2 * (20 * i + j) + 1] = ONE + "." + j;
      }
    }
    Made[] cas = new Made[6];
    Made above = ROOT;
    for (int i = 0; i < cas.length; i++) {
      above = ca("CN=x" + i, all).with(Extension.policyMappings, true, mappings(pairs)).by(above);
      cas[i] = above;
    }
    assertEquals("6.1.3(f)", under(cas).explicitPolicy().judge(leaf(above, all)));
  }
}
