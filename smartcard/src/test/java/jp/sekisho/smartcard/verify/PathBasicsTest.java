package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.DSAParams;
import java.security.interfaces.DSAPublicKey;
import java.security.spec.DSAParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.nist.NISTNamedCurves;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.DSAParameter;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;

/**
 * Signatures, validity, constraints on CAs, and what section 4 demands of each certificate.
 *
 * <p>Past 400 lines: a case for each rule.
 */
class PathBasicsTest {
  private static final Made ROOT = Made.root("CN=root");
  private static final Made CA = Made.ca("CN=ca").by(ROOT);
  private static final Made LEAF = Made.leaf("CN=leaf").by(CA);
  private static final ASN1ObjectIdentifier PRIVATE =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.666.1");

  private static Case chain() {
    return Case.under(ROOT).via(CA);
  }

  private static GeneralNames dns(String name) {
    return new GeneralNames(new GeneralName(GeneralName.dNSName, name));
  }

  @Test
  void aPathOfTwoStepsIsValidWhateverElseIsGivenInWhateverOrder() {
    Made other = Made.ca("CN=other").by(ROOT);
    assertEquals("valid", chain().judge(LEAF));
    assertEquals("valid", Case.under(other, ROOT).via(other, LEAF, CA, ROOT).judge(LEAF));
  }

  @Test
  void s613a1AWrongSignatureOfCaOrLeafIsFound() {
    byte[] changed = LEAF.der().clone();
    changed[changed.length - 1] ^= 1;
    assertEquals("6.1.3(a)(1)", chain().judge(changed));
    byte[] ca = CA.der().clone();
    ca[ca.length - 1] ^= 1;
    Made bad = new Made(ca, CA.name(), CA.key(), CA.serial());
    assertEquals("6.1.3(a)(1)", Case.under(ROOT).via(bad).judge(LEAF));
  }

  @Test
  void aDsaKeyThatWouldTakeHoursIsNone() throws Exception {
    BigInteger p = BigInteger.ONE.shiftLeft(20_000).subtract(BigInteger.ONE);
    BigInteger q = BigInteger.ONE.shiftLeft(19_000).subtract(BigInteger.ONE);
    SubjectPublicKeyInfo huge =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(
                X9ObjectIdentifiers.id_dsa, new DSAParameter(p, q, BigInteger.TWO)),
            new ASN1Integer(BigInteger.TWO));
    assertThrows(GeneralSecurityException.class, () -> Keys.of(huge));
    SubjectPublicKeyInfo wide =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(
                X9ObjectIdentifiers.id_dsa,
                new DSAParameter(
                    BigInteger.ONE.shiftLeft(3071), BigInteger.ONE.shiftLeft(256), BigInteger.TWO)),
            new ASN1Integer(BigInteger.TWO));
    assertThrows(GeneralSecurityException.class, () -> Keys.of(wide));
  }

  @Test
  void s613a1DsaKeysInheritTheirParametersDownThePath() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA");
    generator.initialize(2048);
    KeyPair first = generator.generateKeyPair();
    KeyPairGenerator alike = KeyPairGenerator.getInstance("DSA");
    DSAParams shared = ((DSAPublicKey) first.getPublic()).getParams();
    alike.initialize(new DSAParameterSpec(shared.getP(), shared.getQ(), shared.getG()));
    KeyPair second = alike.generateKeyPair();
    Made ca = Made.ca("CN=dsa").key(first).by(ROOT);
    SubjectPublicKeyInfo bare =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_dsa),
            new ASN1Integer(((DSAPublicKey) second.getPublic()).getY()));
    Made sub = Made.ca("CN=bare").key(second).keyInfo(bare).by(ca);
    Made leaf = Made.leaf("CN=leaf").by(sub);
    assertEquals("valid", Case.under(ROOT).via(sub, ca).judge(leaf));
    byte[] changed = leaf.der().clone();
    changed[changed.length - 1] ^= 1;
    assertEquals("6.1.3(a)(1)", Case.under(ROOT).via(sub, ca).judge(changed));
    Made orphan = Made.ca("CN=bare").key(second).keyInfo(bare).by(ROOT);
    assertEquals("6.1.4(d)", Case.under(ROOT).via(orphan).judge(Made.leaf("CN=x").by(orphan)));
  }

  @Test
  void s613a2ValidityIsInclusiveAndInWholeSeconds() {
    Instant from = Instant.parse("2024-03-01T00:00:00Z");
    Instant until = Instant.parse("2024-04-01T00:00:00Z");
    Made root = Made.ca("CN=r").valid(from, until).selfSigned();
    Made leaf = Made.leaf("CN=l").valid(from, until).by(root);
    assertEquals("valid", Case.under(root).at(from).judge(leaf));
    assertEquals("valid", Case.under(root).at(until.plusMillis(5)).judge(leaf));
    assertEquals("6.1.3(a)(2)", Case.under(root).at(from.minusMillis(1)).judge(leaf));
    assertEquals("6.1.3(a)(2)", Case.under(root).at(until.plusSeconds(1)).judge(leaf));
  }

  @Test
  void s613a2EveryCertificateMustBeInForceTheAnchorToo() {
    Instant past = Made.NOW.minus(Duration.ofDays(1));
    Instant before = Made.NOW.minus(Duration.ofDays(50));
    Made oldRoot = Made.ca("CN=old").valid(before, past).selfSigned();
    assertEquals("6.1.3(a)(2)", Case.under(oldRoot).judge(Made.leaf("CN=l").by(oldRoot)));
    Made oldCa = Made.ca("CN=old").valid(before, past).by(ROOT);
    assertEquals("6.1.3(a)(2)", Case.under(ROOT).via(oldCa).judge(Made.leaf("CN=l").by(oldCa)));
    Made oldLeaf = Made.leaf("CN=l").valid(before, past).by(CA);
    assertEquals("6.1.3(a)(2)", chain().judge(oldLeaf));
  }

  @Test
  void s4125DatesBefore2000AndAfter2049AreRead() {
    Made ca =
        Made.ca("CN=ca")
            .valid(Instant.parse("1950-01-01T00:00:00Z"), Instant.parse("2969-05-03T00:00:00Z"))
            .by(ROOT);
    Made leaf =
        Made.leaf("CN=l")
            .valid(Instant.parse("1999-01-01T00:00:00Z"), Instant.parse("2050-01-01T12:01:00Z"))
            .by(ca);
    assertEquals("valid", Case.under(ROOT).via(ca).judge(leaf));
    Made expired =
        Made.leaf("CN=l")
            .valid(Instant.parse("1997-01-01T00:00:00Z"), Instant.parse("1999-01-01T12:01:00Z"))
            .by(ca);
    assertEquals("6.1.3(a)(2)", Case.under(ROOT).via(ca).judge(expired));
  }

  @Test
  void s614kAnIntermediateWithoutCaIsNone() {
    for (Made ca :
        new Made[] {
          Made.leaf("CN=ca").by(ROOT),
          Made.ca("CN=ca").without(Extension.basicConstraints).usage(KeyUsage.cRLSign).by(ROOT),
          Made.ca("CN=ca")
              .with(Extension.basicConstraints, false, new BasicConstraints(false))
              .usage(KeyUsage.cRLSign)
              .by(ROOT)
        }) {
      assertEquals("6.1.4(k)", Case.under(ROOT).via(ca).judge(Made.leaf("CN=l").by(ca)));
    }
    Made lenient =
        Made.ca("CN=ca")
            .with(Extension.basicConstraints, false, new BasicConstraints(true))
            .by(ROOT);
    assertEquals("valid", Case.under(ROOT).via(lenient).judge(Made.leaf("CN=l").by(lenient)));
  }

  @Test
  void s614lThePathLengthCountsOnlyCasInBetweenThatAreNotSelfIssued() {
    Made zero = Made.ca("CN=zero").pathLength(0).by(ROOT);
    Made below = Made.ca("CN=below").pathLength(7).by(zero);
    assertEquals("valid", Case.under(ROOT).via(zero).judge(Made.leaf("CN=l").by(zero)));
    assertEquals("valid", Case.under(ROOT).via(zero).judge(below));
    assertEquals("6.1.4(l)", Case.under(ROOT).via(zero, below).judge(Made.leaf("CN=l").by(below)));
    Made rolled = Made.ca("CN=zero").pathLength(0).by(zero);
    assertEquals("valid", Case.under(ROOT).via(zero, rolled).judge(Made.leaf("CN=l").by(rolled)));
    Made one = Made.ca("CN=one").pathLength(1).by(ROOT);
    Made two = Made.ca("CN=two").pathLength(2).by(one);
    assertEquals("valid", Case.under(ROOT).via(one, two).judge(Made.leaf("CN=l").by(two)));
    Made three = Made.ca("CN=three").by(two);
    assertEquals(
        "6.1.4(l)", Case.under(ROOT).via(one, two, three).judge(Made.leaf("CN=l").by(three)));
  }

  @Test
  void s614lTheAnchorsOwnPathLengthCountsToo() {
    Made root = Made.ca("CN=short").pathLength(0).selfSigned();
    Made ca = Made.ca("CN=ca").by(root);
    assertEquals("valid", Case.under(root).judge(Made.leaf("CN=l").by(root)));
    assertEquals("6.1.4(l)", Case.under(root).via(ca).judge(Made.leaf("CN=l").by(ca)));
  }

  @Test
  void s614nACaWithoutKeyCertSignIssuesNothing() {
    for (boolean critical : new boolean[] {true, false}) {
      Made ca =
          Made.ca("CN=ca")
              .with(Extension.keyUsage, critical, new KeyUsage(KeyUsage.cRLSign))
              .by(ROOT);
      assertEquals("6.1.4(n)", Case.under(ROOT).via(ca).judge(Made.leaf("CN=l").by(ca)));
    }
    Made unsaid = Made.ca("CN=ca").without(Extension.keyUsage).by(ROOT);
    assertEquals("valid", Case.under(ROOT).via(unsaid).judge(Made.leaf("CN=l").by(unsaid)));
  }

  @Test
  void s42AnUnknownCriticalExtensionIsRefusedAnywhereAndAnUncriticalOneNowhere() {
    for (boolean critical : new boolean[] {true, false}) {
      String expected = critical ? "4.2" : "valid";
      Made root = Made.ca("CN=r").raw(PRIVATE, critical, new byte[0]).selfSigned();
      assertEquals(expected, Case.under(root).judge(Made.leaf("CN=l").by(root)));
      Made ca = Made.ca("CN=ca").raw(PRIVATE, critical, new byte[0]).by(ROOT);
      assertEquals(expected, Case.under(ROOT).via(ca).judge(Made.leaf("CN=l").by(ca)));
      Made leaf = Made.leaf("CN=l").raw(PRIVATE, critical, new byte[0]).by(CA);
      assertEquals(expected, chain().judge(leaf));
    }
    Made aia =
        Made.leaf("CN=l").raw(Extension.authorityInfoAccess, true, new byte[] {0x30, 0}).by(CA);
    assertEquals("4.2", chain().judge(aia));
  }

  @Test
  void s4211TheAuthorityKeyIdentifierMustBeThereAndNotCritical() {
    assertEquals(
        "4.2.1.1",
        chain().judge(Made.leaf("CN=l").without(Extension.authorityKeyIdentifier).by(CA)));
    Made ca = Made.ca("CN=ca").without(Extension.authorityKeyIdentifier).by(ROOT);
    assertEquals("4.2.1.1", Case.under(ROOT).via(ca).judge(Made.leaf("CN=l").by(ca)));
    Made root = Made.ca("CN=r").without(Extension.authorityKeyIdentifier).selfSigned();
    assertEquals("valid", Case.under(root).judge(Made.leaf("CN=l").by(root)));
    assertEquals("4.2.1.1", Case.under(ca).judge(Made.leaf("CN=l").by(ca)));
    Made critical =
        Made.ca("CN=r")
            .raw(Extension.authorityKeyIdentifier, true, new byte[] {0x30, 3, (byte) 0x80, 1, 7})
            .selfSigned();
    assertEquals("4.2.1.1", Case.under(critical).judge(Made.leaf("CN=l").by(critical)));
  }

  @Test
  void s4212ACaHasASubjectKeyIdentifierThatIsNotCritical() {
    Made root = Made.ca("CN=r").without(Extension.subjectKeyIdentifier).selfSigned();
    assertEquals("4.2.1.2", Case.under(root).judge(Made.leaf("CN=l").by(root)));
    Made ca = Made.ca("CN=ca").without(Extension.subjectKeyIdentifier).by(ROOT);
    assertEquals("4.2.1.2", Case.under(ROOT).via(ca).judge(Made.leaf("CN=l").by(ca)));
    Made critical =
        Made.ca("CN=r")
            .raw(Extension.subjectKeyIdentifier, true, new byte[] {4, 1, 1})
            .selfSigned();
    assertEquals("4.2.1.2", Case.under(critical).judge(Made.leaf("CN=l").by(critical)));
    assertEquals(
        "valid", chain().judge(Made.leaf("CN=l").without(Extension.subjectKeyIdentifier).by(CA)));
  }

  @Test
  void s4219AnAnchorIsACriticalCaWithKeyCertSign() {
    for (Made root :
        new Made[] {
          Made.leaf("CN=r").selfSigned(),
          Made.ca("CN=r").without(Extension.basicConstraints).usage(KeyUsage.cRLSign).selfSigned(),
          Made.ca("CN=r")
              .with(Extension.basicConstraints, false, new BasicConstraints(true))
              .selfSigned()
        }) {
      assertEquals("4.2.1.9", Case.under(root).judge(Made.leaf("CN=l").by(root)));
    }
    Made unable = Made.ca("CN=r").usage(KeyUsage.cRLSign).selfSigned();
    assertEquals("4.2.1.3", Case.under(unable).judge(Made.leaf("CN=l").by(unable)));
    Made unsaid = Made.ca("CN=r").without(Extension.keyUsage).selfSigned();
    assertEquals("valid", Case.under(unsaid).judge(Made.leaf("CN=l").by(unsaid)));
    assertEquals("valid", Case.under(CA).via(ROOT).judge(LEAF), "an intermediate as anchor");
  }

  @Test
  void s4219ALeafThatIsNoCaMustNotClaimKeyCertSignAndACaMayBeTheLeaf() {
    Made claims = Made.leaf("CN=l").usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign).by(CA);
    assertEquals("4.2.1.9", chain().judge(claims));
    assertEquals("valid", Case.under(ROOT).judge(CA));
  }

  @Test
  void s4122SerialNumbersAreNotZeroNorTooLongButMayBeNegative() {
    assertEquals("4.1.2.2", chain().judge(Made.leaf("CN=l").serial(BigInteger.ZERO).by(CA)));
    BigInteger longest = BigInteger.ONE.shiftLeft(159).subtract(BigInteger.ONE);
    assertEquals("valid", chain().judge(Made.leaf("CN=l").serial(longest).by(CA)));
    assertEquals("4.1.2.2", chain().judge(Made.leaf("CN=l").serial(longest.shiftLeft(8)).by(CA)));
    assertEquals("valid", chain().judge(Made.leaf("CN=l").serial(BigInteger.ONE.negate()).by(CA)));
  }

  @Test
  void s4124EmptyNamesAreRefusedWhereTheyMeanNothing() {
    X500Name none = new X500Name("");
    Made root = Made.ca("CN=r").subject(none).selfSigned();
    assertEquals("4.1", Case.under(root).judge(Made.leaf("CN=l").by(root)));
    assertEquals("4.1", Case.under(ROOT).judge(Made.leaf("CN=l").issuer(none).by(ROOT)));
    assertEquals(
        "4.2.1.6",
        chain()
            .judge(
                Made.leaf("CN=l")
                    .subject(none)
                    .with(Extension.subjectAlternativeName, false, dns("example.com"))
                    .by(CA)));
    assertEquals("4.2.1.6", chain().judge(Made.leaf("CN=l").subject(none).by(CA)));
    assertEquals(
        "valid",
        chain()
            .judge(
                Made.leaf("CN=l")
                    .subject(none)
                    .with(Extension.subjectAlternativeName, true, dns("example.com"))
                    .by(CA)));
  }

  @Test
  void s42AKnownExtensionThatDoesNotParseMakesTheCertificateMalformed() {
    Made leaf =
        Made.leaf("CN=l")
            .raw(
                Extension.subjectAlternativeName,
                false,
                "example.com".getBytes(StandardCharsets.US_ASCII))
            .by(CA);
    assertEquals("4.2.1.6", chain().judge(leaf));
    for (ASN1ObjectIdentifier type :
        new ASN1ObjectIdentifier[] {
          Extension.subjectAlternativeName,
          Extension.certificatePolicies,
          Extension.extendedKeyUsage,
          Extension.cRLDistributionPoints,
          Extension.policyMappings,
          Extension.policyConstraints
        }) {
      Made empty = Made.leaf("CN=l").raw(type, false, new byte[] {0x30, 0}).by(CA);
      assertEquals("4.2.1.", chain().judge(empty).substring(0, 6), type.getId());
    }
  }

  @Test
  void s412ExtensionsAreOfVersion3OneOfAKindAndNotNone() throws Exception {
    assertEquals("valid", chain().judge(Remade.field(LEAF, CA, 0, version(2))), "as it was");
    for (int version : new int[] {0, 1, 3}) {
      assertEquals("4.1", chain().judge(Remade.field(LEAF, CA, 0, version(version))));
    }
    assertEquals("4.1.2.9", chain().judge(Remade.field(LEAF, CA, 7, extensions())));
    ASN1Encodable[] made =
        ASN1Sequence.getInstance((ASN1TaggedObject) Remade.content(LEAF).getObjectAt(7), true)
            .toArray();
    ASN1Encodable[] twice = Arrays.copyOf(made, made.length + 1);
    twice[made.length] = made[0];
    assertEquals("valid", chain().judge(Remade.field(LEAF, CA, 7, extensions(made))));
    assertEquals("4.1", chain().judge(Remade.field(LEAF, CA, 7, extensions(twice))));
  }

  private static ASN1Encodable version(int value) {
    return new DERTaggedObject(true, 0, new ASN1Integer(value));
  }

  private static ASN1Encodable extensions(ASN1Encodable... all) {
    return new DERTaggedObject(true, 3, new DERSequence(all));
  }

  @Test
  void s42111PolicyConstraintsMustBeCritical() {
    Made ca =
        Made.ca("CN=ca")
            .with(
                Extension.policyConstraints,
                false,
                new PolicyConstraints(BigInteger.valueOf(3), null))
            .by(ROOT);
    assertEquals("4.2.1.11", Case.under(ROOT).via(ca).judge(Made.leaf("CN=l").by(ca)));
  }

  @Test
  void rfc5480ACurveSpelledOutIsRefusedInLeafCaAndAnchor() {
    KeyPair pair = Made.newKey();
    SubjectPublicKeyInfo named = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
    SubjectPublicKeyInfo spelled =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(
                X9ObjectIdentifiers.id_ecPublicKey, NISTNamedCurves.getByName("P-256")),
            named.getPublicKeyData().getOctets());
    Made leaf = Made.leaf("CN=l").key(pair).keyInfo(spelled).by(CA);
    assertEquals("RFC 5480 2.1.1", chain().judge(leaf));
    Made ca = Made.ca("CN=e").key(pair).keyInfo(spelled).by(ROOT);
    assertEquals("RFC 5480 2.1.1", Case.under(ROOT).via(ca).judge(Made.leaf("CN=l").by(ca)));
    Made root = Made.ca("CN=e").key(pair).keyInfo(spelled).selfSigned();
    assertEquals("RFC 5480 2.1.1", Case.under(root).judge(Made.leaf("CN=l").by(root)));
  }

  @Test
  void anIssuersKeyThatIsNoneCostsARefusalNotACrash() {
    ASN1EncodableVector rsa = new ASN1EncodableVector();
    rsa.add(new ASN1ObjectIdentifier("1.2.840.113549.1.1.1"));
    rsa.add(DERNull.INSTANCE);
    SubjectPublicKeyInfo empty =
        new SubjectPublicKeyInfo(
            AlgorithmIdentifier.getInstance(new DERSequence(rsa)), new byte[0]);
    Made ca = Made.ca("CN=none").keyInfo(empty).by(ROOT);
    assertEquals("6.1.3(a)(1)", Case.under(ROOT).via(ca).judge(Made.leaf("CN=l").by(ca)));
  }

  @Test
  void s42112AndS4213TheLeafMustAllowWhatIsDemanded() {
    Made leaf =
        Made.leaf("CN=l")
            .with(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
            .by(CA);
    PathDemands client = demand(0, KeyPurposeId.id_kp_clientAuth.getId());
    PathDemands server = demand(0, KeyPurposeId.id_kp_serverAuth.getId());
    assertEquals("valid", chain().demands(client).judge(leaf));
    assertEquals("4.2.1.12", chain().demands(server).judge(leaf));
    assertEquals("valid", chain().demands(server).judge(LEAF), "without the extension");
    PathDemands signing =
        new PathDemands(Set.of(), false, false, false, KeyUsage.digitalSignature, Optional.empty());
    assertEquals("valid", chain().demands(signing).judge(LEAF));
    assertEquals(
        "4.2.1.3",
        chain().demands(signing).judge(Made.leaf("CN=l").usage(KeyUsage.keyAgreement).by(CA)));
  }

  @Test
  void s42112ACaThatSaysWhatItIssuesForIsHeldToIt() {
    PathDemands server = demand(0, KeyPurposeId.id_kp_serverAuth.getId());
    for (KeyPurposeId purpose :
        new KeyPurposeId[] {
          KeyPurposeId.id_kp_emailProtection,
          KeyPurposeId.id_kp_serverAuth,
          KeyPurposeId.anyExtendedKeyUsage
        }) {
      ExtendedKeyUsage usage = new ExtendedKeyUsage(purpose);
      Made root = Made.ca("CN=r").with(Extension.extendedKeyUsage, false, usage).selfSigned();
      Made ca = Made.ca("CN=c").with(Extension.extendedKeyUsage, false, usage).by(ROOT);
      String expected = purpose.equals(KeyPurposeId.id_kp_emailProtection) ? "4.2.1.12" : "valid";
      Made below = Made.leaf("CN=l").by(ca);
      assertEquals(expected, Case.under(ROOT).via(ca).demands(server).judge(below));
      assertEquals("valid", Case.under(ROOT).via(ca).judge(below), "nothing is demanded");
      assertEquals(
          expected, Case.under(root).demands(server).judge(Made.leaf("CN=l").by(root)), "anchor");
    }
  }

  private static PathDemands demand(int usage, String purpose) {
    return new PathDemands(Set.of(), false, false, false, usage, Optional.of(purpose));
  }
}
