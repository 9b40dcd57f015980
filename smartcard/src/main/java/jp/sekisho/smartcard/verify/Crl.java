package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CertificateList;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.TBSCertList;

/**
 * A CRL (RFC 5280 section 5), read once into a table, so that a question costs one look-up however
 * long the list. Verified once per key. Immutable but for that memory; thread-safe.
 */
final class Crl {
  private static final Set<ASN1ObjectIdentifier> PROCESSED =
      Set.of(Extension.issuingDistributionPoint, Extension.deltaCRLIndicator);
  private static final Set<ASN1ObjectIdentifier> PROCESSED_IN_ENTRIES =
      Set.of(Extension.certificateIssuer, Extension.reasonCode);

  /** CRLReason of an entry of a delta CRL that takes an earlier one back. */
  static final int REMOVE_FROM_CRL = 8;

  private static final int MOST_KEYS = 64;

  private final byte[] signed;
  private final byte[] signature;
  private final AlgorithmIdentifier signatureAlgorithm;
  final DistinguishedName issuer;
  final Instant thisUpdate;
  final Instant nextUpdate;
  final BigInteger number;
  final Optional<BigInteger> base;
  final Optional<IssuingDistributionPoint> scope;
  private final Optional<byte[]> authorityKeyIdentifier;
  private final Map<DistinguishedName, Map<BigInteger, Integer>> entries = new HashMap<>();
  private final Map<PublicKey, Boolean> verified = new ConcurrentHashMap<>();
  private final AtomicBoolean toldStale = new AtomicBoolean();

  private Crl(byte[] der, Optional<List<PublicKey>> signers)
      throws MalformedException, IOException {
    signed = Der.firstElement(der);
    CertificateList list = CertificateList.getInstance(ASN1Primitive.fromByteArray(der));
    TBSCertList content = list.getTBSCertList();
    signature = list.getSignature().getOctets();
    signatureAlgorithm = list.getSignatureAlgorithm();
    if (signers.isPresent()) {
      requireSignature(signed, signatureAlgorithm, signature, signers.get());
    }
    if (!signatureAlgorithm.equals(content.getSignature())) {
      throw new MalformedException("5.1.1.2", "signature algorithm differs inside and outside");
    }
    if (content.getVersionNumber() != 2) {
      throw new MalformedException("5.1.2.1", "not version 2");
    }
    if (content.getNextUpdate() == null) {
      throw new MalformedException("5.1.2.5", "no nextUpdate");
    }
    issuer = DistinguishedName.of(content.getIssuer());
    thisUpdate = Times.of(content.getThisUpdate());
    nextUpdate = Times.of(content.getNextUpdate());
    Extensions extensions = content.getExtensions();
    requireKnown(extensions, PROCESSED, "5.2");
    Extension numbered = extensions == null ? null : extensions.getExtension(Extension.cRLNumber);
    if (extensions == null || numbered == null || numbered.isCritical()) {
      throw new MalformedException("5.2.3", "no CRL number, or a critical one");
    }
    number = ASN1Integer.getInstance(numbered.getParsedValue()).getPositiveValue();
    base =
        Optional.ofNullable(extensions.getExtensionParsedValue(Extension.deltaCRLIndicator))
            .map(value -> ASN1Integer.getInstance(value).getPositiveValue());
    scope =
        Optional.ofNullable(extensions.getExtensionParsedValue(Extension.issuingDistributionPoint))
            .map(IssuingDistributionPoint::getInstance);
    authorityKeyIdentifier =
        Optional.ofNullable(extensions.getExtensionParsedValue(Extension.authorityKeyIdentifier))
            .map(value -> AuthorityKeyIdentifier.getInstance(value).getKeyIdentifierOctets());
    read(content);
  }

  /**
   * Reads one CRL.
   *
   * @throws MalformedException also for what RFC 5280 forbids a CRL to be or lack: version 1, no
   *     nextUpdate, no CRL number, an unknown critical extension, an entry twice
   */
  static Crl parse(byte[] der) throws MalformedException {
    return parse(der, Optional.empty());
  }

  /**
   * Reads one CRL that anybody may have sent us: what none of these keys signed is refused before
   * its entries are looked at.
   *
   * @throws MalformedException as {@link #parse(byte[])}, and for one nobody of them signed
   */
  static Crl parse(byte[] der, List<PublicKey> signers) throws MalformedException {
    return parse(der, Optional.of(signers));
  }

  private static Crl parse(byte[] der, Optional<List<PublicKey>> signers)
      throws MalformedException {
    try {
      return new Crl(der, signers);
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle refuses malformed structures by unchecked exceptions of many kinds.
      throw new MalformedException("5.1", "not one DER CRL: " + e.getMessage());
    }
  }

  private void requireSignature(
      byte[] content, AlgorithmIdentifier algorithm, byte[] bits, List<PublicKey> signers)
      throws MalformedException {
    for (PublicKey key : signers) {
      if (SignedBytes.verifies(content, algorithm, bits, key)) {
        verified.put(key, true);
        return;
      }
    }
    throw new MalformedException("5.1.1.3", "none of our CAs signed the list");
  }

  boolean isDelta() {
    return base.isPresent();
  }

  boolean isWeaklySigned() {
    return !SignedBytes.isStrong(signatureAlgorithm);
  }

  /** True for the first who asks: that this list is not the newest is said once. */
  boolean isToldStale() {
    return toldStale.compareAndSet(false, true);
  }

  /** The CRLReason a certificate is listed with; 0 where none is given; empty = not listed. */
  OptionalInt find(DistinguishedName certificateIssuer, BigInteger serial) {
    Integer reason = entries.getOrDefault(certificateIssuer, Map.of()).get(serial);
    return reason == null ? OptionalInt.empty() : OptionalInt.of(reason);
  }

  /** The list in DER. */
  byte[] encoded() {
    try {
      byte[] algorithm = signatureAlgorithm.getEncoded("DER");
      byte[] bits = new DERBitString(signature).getEncoded("DER");
      return Der.sequence(signed, algorithm, bits);
    } catch (IOException e) {
      throw new IllegalStateException("what was read cannot be written", e);
    }
  }

  /** How many certificates are listed. */
  int size() {
    return entries.values().stream().mapToInt(Map::size).sum();
  }

  boolean isSignedBy(PublicKey key) {
    Boolean known = verified.get(key);
    if (known == null) {
      known = SignedBytes.verifies(signed, signatureAlgorithm, signature, key);
      if (verified.size() < MOST_KEYS) {
        verified.put(key, known);
      }
    }
    return known;
  }

  /** Whether a delta and this complete CRL speak of the same (6.3.3(c)). */
  boolean isCompletedBy(Crl delta) {
    return delta.issuer.equals(issuer)
        && delta.scope.equals(scope)
        && (authorityKeyIdentifier.isEmpty()
            || delta.authorityKeyIdentifier.isEmpty()
            || Arrays.equals(authorityKeyIdentifier.get(), delta.authorityKeyIdentifier.get()))
        && delta.base.orElseThrow().compareTo(number) <= 0
        && delta.number.compareTo(number) > 0;
  }

  private void read(TBSCertList content) throws MalformedException {
    DistinguishedName current = issuer;
    Map<BigInteger, Integer> table = entries.computeIfAbsent(current, name -> new HashMap<>());
    Enumeration<?> listed = content.getRevokedCertificateEnumeration();
    while (listed.hasMoreElements()) {
      TBSCertList.CRLEntry entry = (TBSCertList.CRLEntry) listed.nextElement();
      int reason = 0;
      if (entry.hasExtensions()) {
        Extensions extensions = entry.getExtensions();
        requireKnown(extensions, PROCESSED_IN_ENTRIES, "5.3");
        Object named = extensions.getExtensionParsedValue(Extension.certificateIssuer);
        if (named != null) {
          current = directoryName(GeneralNames.getInstance(named));
          table = entries.computeIfAbsent(current, name -> new HashMap<>());
        }
        Object code = extensions.getExtensionParsedValue(Extension.reasonCode);
        reason = code == null ? 0 : ASN1Enumerated.getInstance(code).intValueExact();
      }
      if (table.put(entry.getUserCertificate().getValue(), reason) != null) {
        throw new MalformedException("5.1.2.6", "a certificate is listed twice");
      }
    }
  }

  private static DistinguishedName directoryName(GeneralNames names) throws MalformedException {
    for (GeneralName name : names.getNames()) {
      if (name.getTagNo() == GeneralName.directoryName) {
        return DistinguishedName.of(X500Name.getInstance(name.getName()));
      }
    }
    throw new MalformedException("5.3.3", "a certificate issuer without a directory name");
  }

  private static void requireKnown(
      Extensions extensions, Set<ASN1ObjectIdentifier> known, String section)
      throws MalformedException {
    if (extensions != null) {
      for (ASN1ObjectIdentifier type : extensions.getCriticalExtensionOIDs()) {
        if (!known.contains(type)) {
          throw new MalformedException(section, "unknown critical extension " + type);
        }
      }
    }
  }
}
