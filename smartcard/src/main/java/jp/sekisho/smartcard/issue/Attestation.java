package jp.sekisho.smartcard.issue;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.piv.CertificateContainer;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;

/**
 * Judges a YubiKey's attestation: a certificate over the key in a slot, signed by the card's key
 * F9, whose certificate leads to a root of the maker's. Pinned roots come from the installation;
 * none is shipped.
 *
 * <p>Own small check instead of {@code verify}: the maker's certificates are no RFC 5280 path (no
 * key identifiers, end-entity certificates that sign), and nobody revokes them. Thread-safe.
 */
public final class Attestation {
  private static final String YUBICO = "1.3.6.1.4.1.41482.3.";
  private static final String FIRMWARE = YUBICO + "3";
  private static final String SERIAL = YUBICO + "7";
  private static final String POLICY = YUBICO + "8";
  private static final int PIN_ONCE = 2;
  private static final int PIN_ALWAYS = 3;

  /** Root, at most three between, the one of F9: what makers use has two between. */
  private static final int LONGEST_CHAIN = 4;

  private final List<X509Certificate> roots;
  private final List<X509Certificate> between;
  private final InstantSource clock;

  /**
   * @param roots pinned certificates of makers; at least one
   * @param between further certificates of the makers', not trusted by themselves
   */
  public Attestation(
      List<X509Certificate> roots, List<X509Certificate> between, InstantSource clock) {
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("no root trusts nobody");
    }
    this.roots = List.copyOf(roots);
    this.between = List.copyOf(between);
    this.clock = clock;
  }

  /** What was found. */
  public sealed interface Verdict {
    /**
     * The key was made on that card and wants the PIN.
     *
     * @param firmware e.g. {@code 5.4.3}
     * @param touch Yubico's number: 1 never, 2 always, 3 cached
     */
    record Attested(String firmware, OptionalInt serial, int pin, int touch) implements Verdict {}

    /**
     * It says nothing we could rely on.
     *
     * @param detail for the log
     */
    record Refused(IssueFailure failure, String detail) implements Verdict {}
  }

  /**
   * Judges one attestation.
   *
   * @param statement what ATTEST answered; empty when the card does not know it
   * @param container data object 5FFF01 with its wrapper
   * @param key that was made
   * @param serial what the card itself says; where it says one, the attestation must too
   */
  public Verdict judge(
      Optional<byte[]> statement, Optional<byte[]> container, PublicKey key, OptionalInt serial) {
    if (statement.isEmpty() || container.isEmpty()) {
      return refused(IssueFailure.ATTESTATION_MISSING, "the card attests nothing");
    }
    X509Certificate attested;
    X509Certificate signer;
    try {
      attested = CertificateContainer.parse(statement.get());
      signer = CertificateContainer.open(container.get());
    } catch (CardException e) {
      return refused(IssueFailure.ATTESTATION_MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!leadsToRoot(signer, LONGEST_CHAIN)) {
      return refused(IssueFailure.ATTESTATION_ROOT, "F9 under " + signer.getIssuerX500Principal());
    }
    if (!isIssued(attested, signer)) {
      return refused(IssueFailure.ATTESTATION_ROOT, "not signed by the F9 of this card");
    }
    if (!Arrays.equals(attested.getPublicKey().getEncoded(), key.getEncoded())) {
      return refused(IssueFailure.ATTESTATION_KEY, "another public key");
    }
    Optional<byte[]> firmware = extension(attested, FIRMWARE).filter(v -> v.length == 3);
    Optional<byte[]> policy = extension(attested, POLICY).filter(p -> p.length == 2);
    if (firmware.isEmpty() || policy.isEmpty()) {
      return refused(IssueFailure.ATTESTATION_MALFORMED, "no firmware or policy in it");
    }
    OptionalInt said = integer(extension(attested, SERIAL));
    if (serial.isPresent() && !said.equals(serial)) {
      return refused(
          IssueFailure.ATTESTATION_SERIAL, "says " + said + ", the card " + serial.getAsInt());
    }
    int pin = policy.get()[0] & 0xFF;
    // Policies we do not know, such as a fingerprint instead of the PIN, are none.
    if (pin != PIN_ONCE && pin != PIN_ALWAYS) {
      return refused(IssueFailure.ATTESTATION_POLICY, "PIN policy " + pin);
    }
    byte[] v = firmware.get();
    if (makesWeakKeys(v) && key instanceof RSAPublicKey) {
      return refused(
          IssueFailure.ATTESTATION_POLICY,
          "RSA key made by a firmware that makes weak ones (ROCA)");
    }
    return new Verdict.Attested(
        "%d.%d.%d".formatted(v[0] & 0xFF, v[1] & 0xFF, v[2] & 0xFF),
        said,
        pin,
        policy.get()[1] & 0xFF);
  }

  /** Yubico's advisory YSA-2017-01: RSA keys of firmware 4.2.6 to 4.3.4 can be computed (ROCA). */
  static boolean makesWeakKeys(byte[] firmware) {
    return Arrays.compareUnsigned(firmware, new byte[] {4, 2, 6}) >= 0
        && Arrays.compareUnsigned(firmware, new byte[] {4, 3, 4}) <= 0;
  }

  private boolean leadsToRoot(X509Certificate certificate, int depth) {
    if (!isInForce(certificate)) {
      return false;
    }
    for (X509Certificate root : roots) {
      if (isInForce(root) && isIssuedByCa(certificate, root)) {
        return true;
      }
    }
    List<X509Certificate> issuers = new ArrayList<>();
    if (depth > 0) {
      between.stream().filter(ca -> isIssuedByCa(certificate, ca)).forEach(issuers::add);
    }
    return issuers.stream().anyMatch(ca -> leadsToRoot(ca, depth - 1));
  }

  private boolean isInForce(X509Certificate certificate) {
    Instant now = clock.instant();
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && !now.isAfter(certificate.getNotAfter().toInstant());
  }

  private static boolean isIssuedByCa(X509Certificate certificate, X509Certificate ca) {
    return ca.getBasicConstraints() >= 0 && isIssued(certificate, ca);
  }

  private static boolean isIssued(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** What is in the extension's OCTET STRING. */
  private static Optional<byte[]> extension(X509Certificate certificate, String oid) {
    byte[] value = certificate.getExtensionValue(oid);
    try {
      return value == null
          ? Optional.empty()
          : Optional.of(ASN1OctetString.getInstance(value).getOctets());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static OptionalInt integer(Optional<byte[]> der) {
    if (der.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      BigInteger value = ASN1Integer.getInstance(der.get()).getValue();
      return value.bitLength() > 32 ? OptionalInt.empty() : OptionalInt.of(value.intValue());
    } catch (IllegalArgumentException e) {
      return OptionalInt.empty();
    }
  }

  private static Verdict refused(IssueFailure failure, String detail) {
    return new Verdict.Refused(failure, detail);
  }
}
