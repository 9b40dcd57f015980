package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;

/**
 * An OCSP responder (RFC 6960) asked about the card's certificate at every check; the CAs above it
 * are for a CRL beside it. The answer must carry our nonce, be in force, and be signed by the
 * issuer or by somebody the issuer certified for just that, without need to ask on
 * (id-pkix-ocsp-nocheck). Anything else is {@code Unknown}. Thread-safe; a check waits for the
 * network, at most the given time.
 */
public final class OcspResponder implements PathRevocation {
  private static final int LARGEST = 64 * 1024;
  private static final int NONCE = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final HttpClient client;
  private final URI address;
  private final Duration maxAge;
  private final Duration timeout;

  /**
   * Of one address, which is configured and never taken from a certificate.
   *
   * @param maxAge how old {@code thisUpdate} of an answer may be
   * @param timeout of one question, to the last byte of its answer
   */
  public OcspResponder(HttpClient client, URI address, Duration maxAge, Duration timeout) {
    this.client = client;
    this.address = address;
    this.maxAge = maxAge;
    this.timeout = timeout;
  }

  @Override
  public Optional<Failure> check(ValidPath path, Instant now) {
    PathCertificate certificate = path.certificates().get(0);
    PathCertificate issuer = path.certificates().get(1);
    try {
      CertificateID id =
          new CertificateID(
              new BcDigestCalculatorProvider().get(CertificateID.HASH_SHA1),
              new X509CertificateHolder(issuer.der()),
              certificate.serial());
      byte[] nonce = new byte[NONCE];
      RANDOM.nextBytes(nonce);
      return judge(ask(request(id, nonce)), id, nonce, path, now);
    } catch (IOException | OCSPException | OperatorCreationException | RuntimeException e) {
      // Bouncy Castle refuses malformed answers by unchecked exceptions of many kinds.
      return unknown(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unknown("interrupted");
    }
  }

  private static OCSPReq request(CertificateID id, byte[] nonce) throws IOException, OCSPException {
    return new OCSPReqBuilder()
        .addRequest(id)
        .setRequestExtensions(
            new Extensions(
                new Extension(
                    OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                    false,
                    new DEROctetString(nonce).getEncoded())))
        .build();
  }

  private OCSPResp ask(OCSPReq question) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(timeout)
            .header("Content-Type", "application/ocsp-request")
            .POST(HttpRequest.BodyPublishers.ofByteArray(question.getEncoded()))
            .build();
    return new OCSPResp(WholeAnswer.of(client, request, timeout, LARGEST));
  }

  private Optional<Failure> judge(
      OCSPResp answer, CertificateID id, byte[] nonce, ValidPath path, Instant now)
      throws OCSPException, IOException {
    if (answer.getStatus() != OCSPResp.SUCCESSFUL
        || !(answer.getResponseObject() instanceof BasicOCSPResp basic)) {
      return unknown("the responder answers " + answer.getStatus());
    }
    Extension echoed = basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
    if (echoed == null
        || !Arrays.equals(
            new DEROctetString(nonce).getEncoded(), echoed.getExtnValue().getOctets())) {
      return unknown("not the answer to our question: wrong nonce");
    }
    if (hasUnknown(basic.getCriticalExtensionOIDs())) {
      return unknown("a critical extension we do not know");
    }
    if (!isSigned(basic, path, now)) {
      return unknown("nobody the issuer trusts signed the answer");
    }
    for (SingleResp single : basic.getResponses()) {
      if (single.getCertID().equals(id)) {
        return hasUnknown(single.getCriticalExtensionOIDs())
            ? unknown("a critical extension we do not know")
            : judge(single, now);
      }
    }
    return unknown("an answer about other certificates");
  }

  private Optional<Failure> judge(SingleResp single, Instant now) {
    Instant said = single.getThisUpdate().toInstant();
    Date next = single.getNextUpdate();
    // The responder's clock may be before ours; that it answered us just now, the nonce says.
    if (said.isAfter(now.plus(CrlDemands.CLOCK_ALLOWANCE))
        || said.plus(maxAge).isBefore(now)
        || (next != null && next.toInstant().isBefore(now))) {
      return unknown("an answer of " + said);
    }
    CertificateStatus status = single.getCertStatus();
    // Null is how Bouncy Castle says good.
    if (status == null) {
      return Optional.empty();
    }
    return status instanceof RevokedStatus
        ? Optional.of(new Failure(Clause.REVOKED, "6.1.3(a)(3)", "revoked, says the responder"))
        : unknown("the responder does not know the certificate");
  }

  /** RFC 6960 4.4: only what is not critical may be passed over. */
  private static boolean hasUnknown(Set<?> critical) {
    return critical.stream()
        .anyMatch(type -> !type.equals(OCSPObjectIdentifiers.id_pkix_ocsp_nonce));
  }

  /** RFC 6960 4.2.2.2. */
  private static boolean isSigned(BasicOCSPResp answer, ValidPath path, Instant now)
      throws IOException {
    PublicKey issuerKey = path.issuerKeys().get(0);
    if (isSigned(answer, issuerKey)) {
      return true;
    }
    PathCertificate issuer = path.certificates().get(1);
    for (X509CertificateHolder holder : answer.getCerts()) {
      try {
        PathCertificate delegate = PathCertificate.parse(holder.getEncoded());
        Optional<PublicKey> key = delegate.key(null);
        if (key.isPresent()
            && delegate.issuer().equals(issuer.subject())
            && delegate.isSignedBy(issuerKey)
            && !delegate.isWeaklySigned()
            && !delegate.extensions().ca
            && delegate.extensions().allows(KeyUsage.digitalSignature)
            && delegate.isValidAt(now)
            && CertificateRules.any(delegate).isEmpty()
            && delegate.extensions().has(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck)
            && delegate
                .extensions()
                .extendedKeyUsage
                .filter(uses -> uses.contains(KeyPurposeId.id_kp_OCSPSigning.getId()))
                .isPresent()
            && isSigned(answer, key.get())) {
          return true;
        }
      } catch (MalformedException e) {
        // not the signer
      }
    }
    return false;
  }

  private static boolean isSigned(BasicOCSPResp answer, PublicKey key) {
    return SignedBytes.isStrong(answer.getSignatureAlgorithmID())
        && SignedBytes.verifies(
            answer.getTBSResponseData(),
            answer.getSignatureAlgorithmID(),
            answer.getSignature(),
            key);
  }

  private static Optional<Failure> unknown(String reason) {
    return Optional.of(new Failure(Clause.REVOCATION_UNKNOWN, "RFC 6960 3.2", "OCSP: " + reason));
  }
}
