package jp.sekisho.smartcard.verify;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of a certificate that path validation reads, each parsed once. An extension we
 * know that does not parse makes the whole certificate malformed, whether it is critical or not.
 */
final class CertificateExtensions {
  /** Extensions whose meaning we apply, so that they may be critical. */
  private static final Set<ASN1ObjectIdentifier> PROCESSED =
      Set.of(
          Extension.keyUsage,
          Extension.basicConstraints,
          Extension.certificatePolicies,
          Extension.policyMappings,
          Extension.policyConstraints,
          Extension.inhibitAnyPolicy,
          Extension.nameConstraints,
          Extension.subjectAlternativeName,
          Extension.extendedKeyUsage,
          Extension.cRLDistributionPoints);

  private final @Nullable Extensions extensions;
  final boolean ca;
  final OptionalInt pathLength;
  final Optional<KeyUsage> keyUsage;
  final Optional<Set<String>> policies;
  final Map<String, Set<String>> mappings;
  final OptionalInt requireExplicitPolicy;
  final OptionalInt inhibitPolicyMapping;
  final OptionalInt inhibitAnyPolicy;
  final Optional<NameConstraints> nameConstraints;
  final List<GeneralName> alternativeNames;
  final Optional<Set<String>> extendedKeyUsage;
  final List<DistributionPoint> distributionPoints;
  final Optional<byte[]> authorityKeyIdentifier;
  final Optional<byte[]> subjectKeyIdentifier;

  CertificateExtensions(@Nullable Extensions extensions) throws MalformedException {
    this.extensions = extensions;
    if (extensions != null && extensions.getExtensionOIDs().length == 0) {
      throw new MalformedException("4.1.2.9", "an empty list of extensions");
    }
    Optional<BasicConstraints> basic =
        read(Extension.basicConstraints, "4.2.1.9", BasicConstraints::getInstance);
    ca = basic.isPresent() && basic.get().isCA();
    pathLength = basic.isEmpty() ? OptionalInt.empty() : count(basic.get().getPathLenConstraint());
    keyUsage = read(Extension.keyUsage, "4.2.1.3", KeyUsage::getInstance);
    policies =
        read(Extension.certificatePolicies, "4.2.1.4", CertificateExtensions::policyIdentifiers);
    mappings =
        read(Extension.policyMappings, "4.2.1.5", CertificateExtensions::policyPairs)
            .orElse(Map.of());
    Optional<PolicyConstraints> constraints =
        read(Extension.policyConstraints, "4.2.1.11", PolicyConstraints::getInstance);
    requireExplicitPolicy = count(constraints, PolicyConstraints::getRequireExplicitPolicyMapping);
    inhibitPolicyMapping = count(constraints, PolicyConstraints::getInhibitPolicyMapping);
    if (constraints.isPresent()
        && requireExplicitPolicy.isEmpty()
        && inhibitPolicyMapping.isEmpty()) {
      throw new MalformedException("4.2.1.11", "empty policy constraints");
    }
    Optional<ASN1Integer> anyPolicy =
        read(Extension.inhibitAnyPolicy, "4.2.1.14", ASN1Integer::getInstance);
    inhibitAnyPolicy =
        anyPolicy.isEmpty() ? OptionalInt.empty() : count(anyPolicy.get().getValue());
    nameConstraints = read(Extension.nameConstraints, "4.2.1.10", NameConstraints::getInstance);
    alternativeNames =
        read(Extension.subjectAlternativeName, "4.2.1.6", CertificateExtensions::names)
            .orElse(List.of());
    extendedKeyUsage =
        read(Extension.extendedKeyUsage, "4.2.1.12", CertificateExtensions::purposes);
    distributionPoints =
        read(Extension.cRLDistributionPoints, "4.2.1.13", CertificateExtensions::points)
            .orElse(List.of());
    authorityKeyIdentifier =
        read(Extension.authorityKeyIdentifier, "4.2.1.1", AuthorityKeyIdentifier::getInstance)
            .map(AuthorityKeyIdentifier::getKeyIdentifierOctets);
    subjectKeyIdentifier =
        read(Extension.subjectKeyIdentifier, "4.2.1.2", SubjectKeyIdentifier::getInstance)
            .map(SubjectKeyIdentifier::getKeyIdentifier);
  }

  boolean has(ASN1ObjectIdentifier type) {
    return extensions != null && extensions.getExtension(type) != null;
  }

  boolean isCritical(ASN1ObjectIdentifier type) {
    Extension extension = extensions == null ? null : extensions.getExtension(type);
    return extension != null && extension.isCritical();
  }

  /** The first critical extension whose meaning we do not know. */
  Optional<String> unprocessedCritical() {
    if (extensions != null) {
      for (ASN1ObjectIdentifier type : extensions.getCriticalExtensionOIDs()) {
        if (!PROCESSED.contains(type)) {
          return Optional.of(type.getId());
        }
      }
    }
    return Optional.empty();
  }

  /** A key without the extension may be used for anything. */
  boolean allows(int usage) {
    return keyUsage.isEmpty() || keyUsage.get().hasUsages(usage);
  }

  private <T> Optional<T> read(
      ASN1ObjectIdentifier type, String section, Function<Object, @Nullable T> parse)
      throws MalformedException {
    Extension extension = extensions == null ? null : extensions.getExtension(type);
    if (extension == null) {
      return Optional.empty();
    }
    try {
      T value = parse.apply(parsed(extension.getExtnValue()));
      if (value == null) {
        throw new MalformedException(section, "extension " + type + " is empty");
      }
      return Optional.of(value);
    } catch (java.io.IOException | RuntimeException e) {
      // Bouncy Castle refuses malformed values by unchecked exceptions of many kinds.
      throw new MalformedException(section, "extension " + type + " does not parse");
    }
  }

  private static ASN1Primitive parsed(ASN1OctetString value) throws java.io.IOException {
    return ASN1Primitive.fromByteArray(value.getOctets());
  }

  private static Set<String> policyIdentifiers(Object value) {
    Set<String> identifiers = new LinkedHashSet<>();
    for (PolicyInformation policy : CertificatePolicies.getInstance(value).getPolicyInformation()) {
      if (!identifiers.add(policy.getPolicyIdentifier().getId())) {
        throw new IllegalArgumentException("a policy twice");
      }
    }
    return nonEmpty(identifiers);
  }

  private static Map<String, Set<String>> policyPairs(Object value) {
    Map<String, Set<String>> pairs = new LinkedHashMap<>();
    for (ASN1Encodable pair : ASN1Sequence.getInstance(value)) {
      ASN1Sequence both = ASN1Sequence.getInstance(pair);
      if (both.size() != 2) {
        throw new IllegalArgumentException("not a pair");
      }
      pairs
          .computeIfAbsent(policy(both.getObjectAt(0)), key -> new LinkedHashSet<>())
          .add(policy(both.getObjectAt(1)));
    }
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("no mapping");
    }
    return pairs;
  }

  private static String policy(ASN1Encodable value) {
    return ASN1ObjectIdentifier.getInstance(value).getId();
  }

  private static List<GeneralName> names(Object value) {
    return List.of(nonEmpty(GeneralNames.getInstance(value).getNames()));
  }

  private static Set<String> purposes(Object value) {
    Set<String> purposes = new HashSet<>();
    for (KeyPurposeId purpose : ExtendedKeyUsage.getInstance(value).getUsages()) {
      purposes.add(purpose.getId());
    }
    return nonEmpty(purposes);
  }

  private static List<DistributionPoint> points(Object value) {
    return List.of(nonEmpty(CRLDistPoint.getInstance(value).getDistributionPoints()));
  }

  private static <T> T[] nonEmpty(T[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("empty");
    }
    return values;
  }

  private static Set<String> nonEmpty(Set<String> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("empty");
    }
    return values;
  }

  private static OptionalInt count(
      Optional<PolicyConstraints> constraints,
      Function<PolicyConstraints, @Nullable BigInteger> field)
      throws MalformedException {
    return constraints.isEmpty() ? OptionalInt.empty() : count(field.apply(constraints.get()));
  }

  /** A skip count; one beyond any path is as good as the largest int. */
  private static OptionalInt count(@Nullable BigInteger value) throws MalformedException {
    if (value == null) {
      return OptionalInt.empty();
    }
    if (value.signum() < 0) {
      throw new MalformedException("4.2.1", "a negative count in a constraint");
    }
    return OptionalInt.of(value.bitLength() > 30 ? Integer.MAX_VALUE : value.intValue());
  }
}
