package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERVisibleString;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.Test;

/**
 * Policies in the order of NIST PKITS, chapters 4.8 to 4.12, with certificates of our own. A policy
 * is a number, {@link #ANY} the anyPolicy; what is expected is the section that failed.
 */
class PkitsPolicyTest {
  private static final int ANY = 0;
  private static final String GONE = "6.1.3(f)";
  private static final String NONE_LEFT = "6.1.5(g)";
  private static final Made ROOT = Made.root("CN=root");

  /** A CA under the one before, or under the root. */
  private static final class Chain {
    private final Made[] cas;

    private Chain(Made... cas) {
      this.cas = cas;
    }

    private Chain ca(Made.Recipe recipe) {
      Made[] longer = Arrays.copyOf(cas, cas.length + 1);
      longer[cas.length] = recipe.by(last());
      return new Chain(longer);
    }

    private Chain ca(int... policies) {
      return ca(recipe("CN=ca" + cas.length, policies));
    }

    /** The last CA again, with another key. */
    private Chain selfIssued(int... policies) {
      return ca(with(Made.ca("CN=x").subject(last().name()), policies));
    }

    private Made last() {
      return cas.length == 0 ? ROOT : cas[cas.length - 1];
    }

    private String judge(PathDemands user, int... policies) {
      return judge(user, with(Made.leaf("CN=leaf"), policies));
    }

    private String judge(PathDemands user, Made.Recipe leaf) {
      return Case.under(ROOT).via(cas).demands(user).judge(leaf.by(last()));
    }

    private String judge(int... policies) {
      return judge(PathDemands.NONE, policies);
    }
  }

  private static String oid(int policy) {
    return policy == ANY ? PolicyTree.ANY : "2.16.840.1.101.3.2.1.48." + policy;
  }

  private static Made.Recipe recipe(String name, int... policies) {
    return with(Made.ca(name), policies);
  }

  private static Made.Recipe with(Made.Recipe recipe, int... policies) {
    return policies.length == 0
        ? recipe
        : recipe.with(
            Extension.certificatePolicies,
            false,
            new CertificatePolicies(
                Arrays.stream(policies)
                    .mapToObj(one -> new PolicyInformation(new ASN1ObjectIdentifier(oid(one))))
                    .toArray(PolicyInformation[]::new)));
  }

  /** A CA of PKITS that demands a policy at once. */
  private static Made.Recipe strict(int... policies) {
    return constrain(recipe("CN=strict", policies), 0, -1);
  }

  private static Made.Recipe constrain(Made.Recipe recipe, int explicit, int mapping) {
    return recipe.with(
        Extension.policyConstraints,
        true,
        new PolicyConstraints(
            explicit < 0 ? null : BigInteger.valueOf(explicit),
            mapping < 0 ? null : BigInteger.valueOf(mapping)));
  }

  private static Made.Recipe map(Made.Recipe recipe, int... pairs) {
    ASN1EncodableVector all = new ASN1EncodableVector();
    for (int i = 0; i < pairs.length; i += 2) {
      all.add(
          new DERSequence(
              new ASN1Encodable[] {
                new ASN1ObjectIdentifier(oid(pairs[i])), new ASN1ObjectIdentifier(oid(pairs[i + 1]))
              }));
    }
    return recipe.with(Extension.policyMappings, true, new DERSequence(all));
  }

  private static Made.Recipe inhibitAny(Made.Recipe recipe, int skip) {
    return recipe.with(Extension.inhibitAnyPolicy, true, new ASN1Integer(skip));
  }

  private static PathDemands user(boolean explicit, int... policies) {
    return user(explicit, false, false, policies);
  }

  private static PathDemands user(
      boolean explicit, boolean noMapping, boolean noAny, int... policies) {
    Set<String> set =
        Arrays.stream(policies).mapToObj(PkitsPolicyTest::oid).collect(Collectors.toSet());
    return new PathDemands(set, explicit, noMapping, noAny, 0, Optional.empty());
  }

  private static Chain under(Made.Recipe first) {
    return new Chain().ca(first);
  }

  private static Chain under(int... policies) {
    return new Chain().ca(policies);
  }

  @Test
  void pkits48PoliciesThatAreTheSame() {
    Chain good = under(1);
    assertEquals("valid", good.judge(user(true), 1), "4.8.1 (1)");
    assertEquals("valid", good.judge(user(true, 1), 1), "4.8.1 (2)");
    assertEquals(NONE_LEFT, good.judge(user(true, 2), 1), "4.8.1 (3)");
    assertEquals("valid", good.judge(user(true, 1, 2), 1), "4.8.1 (4)");
    assertEquals("valid", under().judge(), "4.8.2 (1)");
    assertEquals(GONE, under().judge(user(true)), "4.8.2 (2)");
    Chain both = under(strict(1, 2));
    for (int policy : new int[] {1, 2}) {
      assertEquals("valid", both.judge(user(false, policy), 1, 2), "4.8.10");
    }
    Chain three = under(strict(1, 2, 3));
    for (int policy : new int[] {1, 2, 3}) {
      assertEquals("valid", three.judge(user(false, policy), 1, 2, 3), "4.8.13");
    }
  }

  @Test
  void pkits48PoliciesThatDiffer() {
    Chain other = under(1).ca(2);
    assertEquals("valid", other.judge(1), "4.8.3 (1)");
    assertEquals(GONE, other.judge(user(true), 1), "4.8.3 (2)");
    assertEquals(GONE, other.judge(user(true, 1, 2), 1), "4.8.3 (3)");
    assertEquals(GONE, under(1).ca(strict(1)).judge(2), "4.8.4");
    assertEquals(GONE, under(1).ca(strict(2)).judge(1), "4.8.5");
    Chain narrowing = under(strict(1, 2, 3, 4)).ca(1, 2, 3).ca(1, 2);
    assertEquals("valid", narrowing.judge(1), "4.8.6 (1)");
    assertEquals("valid", narrowing.judge(user(false, 1), 1), "4.8.6 (2)");
    assertEquals(NONE_LEFT, narrowing.judge(user(false, 2), 1), "4.8.6 (3)");
    assertEquals(GONE, under(strict(1, 2, 3)).ca(1, 2).ca(1).judge(3), "4.8.7");
    assertEquals(GONE, under(strict(1, 2)).ca(1).ca(2).judge(1), "4.8.8");
    assertEquals(GONE, under(strict(1, 2, 3)).ca(1, 2).ca(2).ca(1).judge(1), "4.8.9");
    assertEquals(GONE, under(strict(3)).judge(4), "4.8.12");
  }

  @Test
  void pkits48AnyPolicyAndQualifiers() {
    Chain any = under(strict(ANY));
    assertEquals("valid", any.judge(ANY), "4.8.11 (1)");
    assertEquals("valid", any.judge(user(false, 1), ANY), "4.8.11 (2)");
    assertEquals("valid", any.judge(1), "4.8.14 (1)");
    assertEquals("valid", any.judge(user(false, 1), 1), "4.8.14 (2)");
    assertEquals(NONE_LEFT, any.judge(user(false, 2), 1), "4.8.14 (3)");
    for (String text : new String[] {"a notice", "x".repeat(450)}) {
      assertEquals(
          "valid",
          new Chain().judge(user(true, 1), qualified("1.3.6.1.5.5.7.2.2", notice(text))),
          "4.8.15 to 4.8.19");
    }
    assertEquals(
        "valid",
        under(1)
            .judge(
                user(true, 1),
                qualified("1.3.6.1.5.5.7.2.1", new DERIA5String("http://cps.example/"))),
        "4.8.20");
  }

  private static ASN1Encodable notice(String text) {
    return new DERSequence(new DERVisibleString(text));
  }

  private static Made.Recipe qualified(String kind, ASN1Encodable qualifier) {
    DERSequence info =
        new DERSequence(
            new ASN1Encodable[] {
              new ASN1ObjectIdentifier(oid(1)),
              new DERSequence(
                  new DERSequence(new ASN1Encodable[] {new ASN1ObjectIdentifier(kind), qualifier}))
            });
    return Made.leaf("CN=leaf").with(Extension.certificatePolicies, false, new DERSequence(info));
  }

  @Test
  void pkits49RequireExplicitPolicyCountsDownFromEachCa() {
    for (int skip : new int[] {10, 5}) {
      assertEquals("valid", explicit(skip).ca().ca().ca().judge(), "4.9.1, 4.9.2");
    }
    assertEquals(NONE_LEFT, explicit(4).ca().ca().ca().judge(), "4.9.3");
    assertEquals("valid", explicit(0, 1).ca(1).ca(1).ca(1).judge(1), "4.9.4");
    Chain seven =
        explicit(7)
            .ca(constrain(recipe("CN=two"), 2, -1))
            .ca(constrain(recipe("CN=four"), 4, -1))
            .ca();
    assertEquals(GONE, seven.judge(), "4.9.5");
    Chain self = explicit(2).selfIssued();
    assertEquals("valid", self.judge(), "4.9.6");
    assertEquals(NONE_LEFT, self.ca().judge(), "4.9.7");
    assertEquals(NONE_LEFT, self.ca().selfIssued().judge(), "4.9.8");
  }

  private static Chain explicit(int skip, int... policies) {
    return under(constrain(recipe("CN=explicit", policies), skip, -1));
  }

  @Test
  void pkits410Mappings() {
    Chain oneToTwo = under(map(strict(1), 1, 2));
    assertEquals("valid", oneToTwo.judge(user(false, 1), 2), "4.10.1 (1)");
    assertEquals(NONE_LEFT, oneToTwo.judge(user(false, 2), 2), "4.10.1 (2)");
    assertEquals(GONE, oneToTwo.judge(user(false, true, false, 1), 2), "4.10.1 (3)");
    assertEquals(GONE, oneToTwo.judge(1), "4.10.2 (1)");
    assertEquals(GONE, oneToTwo.judge(user(false, true, false), 1), "4.10.2 (2)");
    Chain twice = under(map(strict(1, 2), 1, 3)).ca(map(recipe("CN=s", 2, 3), 3, 4)).ca(4, 5);
    assertEquals(NONE_LEFT, twice.judge(user(false, 2), 4), "4.10.3 (1)");
    assertEquals("valid", twice.judge(user(false, 1), 4), "4.10.3 (2)");
    assertEquals(GONE, twice.judge(5), "4.10.4");
    Chain fan = under(map(strict(1), 1, 2, 1, 3, 1, 4)).ca(map(recipe("CN=s", 2, 3), 2, 5, 3, 6));
    assertEquals("valid", fan.judge(user(false, 1), 5), "4.10.5 (1)");
    assertEquals(NONE_LEFT, fan.judge(user(false, 6), 5), "4.10.5 (2)");
    assertEquals("valid", fan.judge(user(false, 1), 6), "4.10.6 (1)");
    assertEquals(NONE_LEFT, fan.judge(user(false, 6), 6), "4.10.6 (2)");
    assertEquals("6.1.4(a)", under(map(recipe("CN=a", ANY), ANY, 1)).judge(1), "4.10.7");
    assertEquals("6.1.4(a)", under(map(recipe("CN=a", 1), 1, ANY)).judge(1), "4.10.8");
    assertEquals("valid", under(map(strict(ANY), 1, 2)).judge(1), "4.10.9");
    Chain below = under(strict(1)).ca(map(recipe("CN=s", ANY), 1, 2));
    assertEquals(GONE, below.judge(1), "4.10.10");
    assertEquals("valid", below.judge(2), "4.10.11");
    Chain both = under(map(strict(1, 2), 1, 3));
    assertEquals("valid", both.judge(user(false, 1), 3, 2), "4.10.12 (1)");
    assertEquals("valid", both.judge(user(false, 2), 3, 2), "4.10.12 (2)");
    Chain withAny = under(map(strict(1, ANY), 1, 2));
    assertEquals("valid", withAny.judge(user(false, 1), 2), "4.10.13 (1)");
    assertEquals(NONE_LEFT, withAny.judge(user(false, 3), 2), "4.10.13 (2)");
    assertEquals("valid", withAny.judge(1), "4.10.14");
  }

  @Test
  void pkits411InhibitPolicyMapping() {
    Chain zero = under(constrain(recipe("CN=0", 1, 2), 0, 0)).ca(map(recipe("CN=s", 1), 1, 2));
    assertEquals(GONE, zero.judge(2), "4.11.1");
    Chain one =
        under(constrain(recipe("CN=1", 1, 2), 0, 1)).ca(map(recipe("CN=s", 1, 2), 1, 3, 2, 4));
    assertEquals("valid", one.judge(3), "4.11.2");
    Chain further = one.ca(map(recipe("CN=t", 3, 4), 3, 5));
    assertEquals(GONE, further.judge(5), "4.11.3");
    assertEquals("valid", further.judge(4), "4.11.4");
    Chain five =
        under(constrain(recipe("CN=5", 1), 0, 5))
            .ca(constrain(recipe("CN=s", 1), -1, 1))
            .ca(1)
            .ca(map(recipe("CN=t", 1), 1, 2));
    assertEquals(GONE, five.judge(2), "4.11.5");
    Chain raised =
        under(constrain(recipe("CN=1", 1, 2), 0, 1))
            .ca(constrain(recipe("CN=s", 1, 2), -1, 5))
            .ca(map(recipe("CN=t", 1, 2), 1, 3));
    assertEquals(GONE, raised.judge(3), "4.11.6");
    Chain self = under(constrain(recipe("CN=1", 1), 0, 1)).selfIssued(1);
    Chain mapped = self.ca(map(recipe("CN=s", 1), 1, 2));
    assertEquals("valid", mapped.judge(2), "4.11.7");
    Chain second = mapped.ca(map(recipe("CN=t", 2), 2, 3));
    assertEquals(GONE, second.judge(3), "4.11.8");
    Chain selfMaps = mapped.ca(map(with(Made.ca("CN=s"), 2), 2, 3));
    assertEquals(GONE, selfMaps.judge(3), "4.11.9: the mapping stands in a self-issued CA");
    assertEquals(GONE, mapped.selfIssued(2).ca(map(recipe("CN=t", 2), 2, 3)).judge(3), "4.11.10");
    assertEquals(GONE, second.judge(2), "4.11.11");
  }

  @Test
  void pkits412InhibitAnyPolicy() {
    Chain zero = under(inhibitAny(strict(1), 0));
    assertEquals(GONE, zero.judge(ANY), "4.12.1");
    assertEquals("valid", zero.judge(ANY, 1), "4.12.2");
    Chain one = under(inhibitAny(strict(1), 1)).ca(ANY);
    assertEquals("valid", one.judge(1), "4.12.3 (1)");
    assertEquals(GONE, one.judge(user(false, false, true), 1), "4.12.3 (2)");
    assertEquals(GONE, one.judge(ANY), "4.12.4");
    Chain lowered = under(inhibitAny(strict(1), 5)).ca(inhibitAny(recipe("CN=s", 1), 1)).ca(ANY);
    assertEquals(GONE, lowered.ca(ANY).judge(1), "4.12.5");
    Chain raised = under(inhibitAny(strict(1), 1)).ca(inhibitAny(recipe("CN=s", 1), 5)).ca(ANY);
    assertEquals(GONE, raised.judge(1), "4.12.6");
    Chain self = under(inhibitAny(strict(1), 1)).selfIssued(1);
    assertEquals("valid", self.ca(ANY).judge(1), "4.12.7");
    assertEquals(GONE, self.ca(ANY).ca(ANY).judge(1), "4.12.8");
    Chain selfAny = under(inhibitAny(strict(1), 1)).selfIssued(ANY).ca(ANY);
    assertEquals("valid", selfAny.selfIssued(ANY).judge(1), "4.12.9");
    assertEquals(GONE, selfAny.judge(ANY), "4.12.10");
  }
}
