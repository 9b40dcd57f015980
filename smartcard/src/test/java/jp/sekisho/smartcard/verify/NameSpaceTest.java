package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Name constraints, §4.2.1.10 and §6.1.3(b) and (c), of anchors and CAs. */
class NameSpaceTest {
  private static final Made ROOT = Made.root("CN=root");

  private static GeneralName name(String form, String value) {
    return switch (form) {
      case "dn" -> new GeneralName(new X500Name(value));
      case "dns" -> new GeneralName(GeneralName.dNSName, value);
      case "mail" -> new GeneralName(GeneralName.rfc822Name, value);
      case "uri" -> new GeneralName(GeneralName.uniformResourceIdentifier, value);
      case "ip" ->
          new GeneralName(
              GeneralName.iPAddress, new DEROctetString(HexFormat.of().parseHex(value)));
      case "rid" -> new GeneralName(GeneralName.registeredID, value);
      default -> throw new IllegalArgumentException(form);
    };
  }

  private static GeneralSubtree[] trees(GeneralName... bases) {
    GeneralSubtree[] trees = new GeneralSubtree[bases.length];
    for (int i = 0; i < bases.length; i++) {
      trees[i] = new GeneralSubtree(bases[i]);
    }
    return trees;
  }

  private static NameConstraints permit(GeneralName... bases) {
    return new NameConstraints(trees(bases), null);
  }

  private static NameConstraints exclude(GeneralName... bases) {
    return new NameConstraints(null, trees(bases));
  }

  private static Made ca(String name, NameConstraints constraints, Made parent) {
    return Made.ca(name).with(Extension.nameConstraints, true, constraints).by(parent);
  }

  private static Made leaf(Made ca, GeneralName... names) {
    return Made.leaf("CN=l")
        .with(Extension.subjectAlternativeName, false, new GeneralNames(names))
        .by(ca);
  }

  @ParameterizedTest
  @CsvSource({
    "dns, example.com, dns, example.com, inside",
    "dns, example.com, dns, FOO.bar.Example.com, inside",
    "dns, example.com, dns, not-example.com, outside",
    "dns, example.com, dns, *.example.com, inside",
    "dns, foo.example.com, dns, *.example.com, outside",
    "dns, example.com, dns, .example.com, malformed",
    "dns, example.com, ip, c0000201, other",
    "ip, c0000200ffffff00, ip, c0000201, inside",
    "ip, c0000200ffffff00, ip, c0000301, outside",
    "ip, c0000200ffffff00, ip, 00000000000000000000000000000001, outside",
    "ip, 00000000000000000000000000000001ffffffffffffffffffffffffffffffff, ip, "
        + "00000000000000000000000000000001, inside",
    "mail, example.com, mail, a@example.com, inside",
    "mail, example.com, mail, a@EXAMPLE.com, inside",
    "mail, example.com, mail, a@sub.example.com, outside",
    "mail, .example.com, mail, a@sub.example.com, inside",
    "mail, .example.com, mail, a@example.com, outside",
    "mail, foo@example.com, mail, foo@example.com, inside",
    "mail, foo@example.com, mail, Foo@example.com, outside",
    "mail, example.com, mail, invalid@address@example.com, malformed",
    "uri, example.com, uri, https://example.com:8443/x, inside",
    "uri, example.com, uri, https://www.example.com/x, outside",
    "uri, .example.com, uri, https://www.example.com/x, inside",
    "uri, .example.com, uri, https://example.com/x, outside",
    "uri, .example.com, uri, https://a_b.example.com:/x, inside",
    "uri, .example.com, uri, https://example.com@www.example.org/x, outside",
    "uri, .example.com, uri, https://www.example.com@[2001:db8::1]:443/, malformed",
    "uri, .example.com, uri, https:///x, malformed",
    "uri, .example.com, uri, urn:x:y, malformed",
    "uri, .example.com, uri, https://192.0.2.1/, malformed",
    "dn, 'C=JP,O=City', dn, 'C=JP,O=city,OU=x', inside",
    "dn, 'C=JP,O=City', dn, 'C=JP', outside",
    "dn, 'C=JP,O=City', dn, 'O=City,C=JP', outside",
    "rid, 1.2.3, rid, 1.2.3, malformed",
    "rid, 1.2.3, dns, example.com, other",
    "ip, 00000000000000000000000000000001ffffffffffffffffffffffffffffffff, ip, 00000001, outside",
  })
  void aConstraintSeparatesTheNamesOfItsForm(
      String form, String base, String nameForm, String value, String where) {
    // The subject is a directory name too.
    String subject = form.equals("dn") ? "C=JP,O=City,CN=l" : "CN=l";
    Made permitting = ca("CN=p", permit(name(form, base)), ROOT);
    Made excluding = ca("CN=e", exclude(name(form, base)), ROOT);
    GeneralNames names = new GeneralNames(name(nameForm, value));
    Made permitted =
        Made.leaf(subject).with(Extension.subjectAlternativeName, false, names).by(permitting);
    Made excluded =
        Made.leaf("CN=l").with(Extension.subjectAlternativeName, false, names).by(excluding);
    String in = Case.under(ROOT).via(permitting).judge(permitted);
    String out = Case.under(ROOT).via(excluding).judge(excluded);
    switch (where) {
      case "inside" -> {
        assertEquals("valid", in);
        assertEquals("6.1.3(c)", out);
      }
      case "outside" -> {
        assertEquals("6.1.3(b)", in);
        // A wildcard could stand for the excluded name.
        assertEquals(value.startsWith("*") ? "6.1.3(c)" : "valid", out);
      }
      case "other" -> {
        assertEquals("valid", in);
        assertEquals("valid", out);
      }
      default -> {
        assertEquals("4.2.1.", in.substring(0, 6));
        assertEquals("4.2.1.", out.substring(0, 6));
      }
    }
  }

  @Test
  void aWildcardThatCouldStandForAnExcludedNameIsRefused() {
    Made ca =
        ca(
            "CN=ca",
            new NameConstraints(
                trees(name("dns", "example.com")), trees(name("dns", "bar.example.com"))),
            ROOT);
    assertEquals(
        "6.1.3(c)", Case.under(ROOT).via(ca).judge(leaf(ca, name("dns", "*.example.com"))));
    assertEquals("valid", Case.under(ROOT).via(ca).judge(leaf(ca, name("dns", "foo.example.com"))));
  }

  @Test
  void theAnchorsConstraintsCount() {
    Made root =
        Made.ca("CN=r")
            .with(Extension.nameConstraints, true, permit(name("dns", "example.com")))
            .selfSigned();
    assertEquals("valid", Case.under(root).judge(leaf(root, name("dns", "a.example.com"))));
    assertEquals("6.1.3(b)", Case.under(root).judge(leaf(root, name("dns", "example.org"))));
  }

  @Test
  void everyNameOfTheCertificateCounts() {
    Made ca = ca("CN=ca", exclude(name("dns", "bad.example.com")), ROOT);
    assertEquals(
        "6.1.3(c)",
        Case.under(ROOT)
            .via(ca)
            .judge(leaf(ca, name("dns", "example.com"), name("dns", "bad.example.com"))));
    Made dn = ca("O=City", permit(name("dn", "O=City")), ROOT);
    Made inside = Made.leaf("O=City,CN=l").by(dn);
    assertEquals("valid", Case.under(ROOT).via(dn).judge(inside));
    Made outside =
        Made.leaf("O=City,CN=l")
            .with(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(name("dn", "O=Town,CN=l")))
            .by(dn);
    assertEquals("6.1.3(b)", Case.under(ROOT).via(dn).judge(outside));
    Made unnamed =
        Made.leaf("CN=l")
            .subject(new X500Name(""))
            .with(
                Extension.subjectAlternativeName,
                true,
                new GeneralNames(name("mail", "a@example.com")))
            .by(dn);
    assertEquals("valid", Case.under(ROOT).via(dn).judge(unnamed));
  }

  @Test
  void theSubjectsMailAddressCountsOnlyWithoutAlternativeNames() {
    Made ca = ca("CN=ca", permit(name("mail", "example.com")), ROOT);
    assertEquals("valid", Case.under(ROOT).via(ca).judge(Made.leaf("CN=l,E=a@example.com").by(ca)));
    assertEquals(
        "6.1.3(b)", Case.under(ROOT).via(ca).judge(Made.leaf("CN=l,E=a@example.org").by(ca)));
    Made both =
        Made.leaf("CN=l,E=a@example.org")
            .with(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(name("mail", "b@example.com")))
            .by(ca);
    assertEquals("valid", Case.under(ROOT).via(ca).judge(both));
  }

  @Test
  void constraintsOfSeveralCasIntersectAndExclusionsAddUp() {
    GeneralName foo = name("dns", "foo.example.com");
    GeneralName bar = name("dns", "bar.example.com");
    Made wide = ca("CN=wide", permit(foo, bar), ROOT);
    Made narrow = ca("CN=narrow", permit(bar), wide);
    assertEquals("6.1.3(b)", Case.under(ROOT).via(wide, narrow).judge(leaf(narrow, foo)));
    assertEquals("valid", Case.under(ROOT).via(wide, narrow).judge(leaf(narrow, bar)));
    Made first = ca("CN=first", permit(bar), ROOT);
    Made widened = ca("CN=widened", permit(foo, bar), first);
    assertEquals("6.1.3(b)", Case.under(ROOT).via(first, widened).judge(leaf(widened, foo)));
    Made noFoo = ca("CN=no-foo", exclude(foo), ROOT);
    Made noBar = ca("CN=no-bar", exclude(bar), noFoo);
    for (GeneralName excluded : new GeneralName[] {foo, bar}) {
      assertEquals("6.1.3(c)", Case.under(ROOT).via(noFoo, noBar).judge(leaf(noBar, excluded)));
    }
    Made both = ca("CN=both", new NameConstraints(trees(foo), trees(foo)), ROOT);
    assertEquals("6.1.3(c)", Case.under(ROOT).via(both).judge(leaf(both, foo)));
  }

  @Test
  void aSelfIssuedCaIsExemptAndASelfIssuedLeafIsNot() {
    Made top = ca("O=City,CN=ca", permit(name("dn", "O=Town")), ROOT);
    Made rolled = Made.ca("O=City,CN=ca").by(top);
    Made leaf = Made.leaf("O=Town,CN=l").by(rolled);
    assertEquals("valid", Case.under(ROOT).via(top, rolled).judge(leaf));
    assertEquals("6.1.3(b)", Case.under(ROOT).via(top).judge(rolled));
  }

  @Test
  void theNamesOfCasInBetweenCount() {
    Made first =
        ca(
            "CN=first",
            new NameConstraints(
                trees(name("dns", "ok.example.com")), trees(name("dns", "no.example.com"))),
            ROOT);
    Made second =
        Made.ca("CN=second")
            .with(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(name("dns", "no.example.com")))
            .by(first);
    Made leaf = leaf(second, name("dns", "ok.example.com"));
    assertEquals("6.1.3(b)", Case.under(ROOT).via(first, second).judge(leaf));
    Made twin = Made.ca("CN=second").key(second.key()).by(ROOT);
    assertEquals("valid", Case.under(ROOT).via(first, second, twin).judge(leaf));
  }

  @ParameterizedTest
  @CsvSource({
    "dns, *.example.com",
    "dns, .example.com",
    "ip, 7f000001",
    "ip, 00000000000000000000000000000001",
    "ip, c0000200ff00ff00",
    "mail, invalid@invalid@example.com",
    "uri, http://example.com",
  })
  void aConstraintThatIsNoneMakesThePathInvalid(String form, String base) {
    Made root =
        Made.ca("CN=r")
            .with(Extension.nameConstraints, true, permit(name(form, base)))
            .selfSigned();
    assertEquals("4.2.1.", Case.under(root).judge(Made.leaf("CN=l").by(root)).substring(0, 6));
  }

  @Test
  void constraintsMustBeCriticalAndOnlyInACa() {
    NameConstraints some = permit(name("dns", "example.com"));
    Made root = Made.ca("CN=r").with(Extension.nameConstraints, false, some).selfSigned();
    assertEquals("4.2.1.10", Case.under(root).judge(leaf(root, name("dns", "example.com"))));
    for (boolean critical : new boolean[] {true, false}) {
      Made leaf = Made.leaf("CN=l").with(Extension.nameConstraints, critical, some).by(ROOT);
      assertEquals("4.2.1.10", Case.under(ROOT).judge(leaf));
    }
    Made empty =
        Made.ca("CN=e").raw(Extension.nameConstraints, true, new byte[] {0x30, 0}).by(ROOT);
    assertEquals("4.2.1.10", Case.under(ROOT).via(empty).judge(Made.leaf("CN=l").by(empty)));
  }
}
