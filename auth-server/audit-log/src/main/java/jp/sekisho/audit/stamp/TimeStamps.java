package jp.sekisho.audit.stamp;

import static jp.sekisho.audit.FormatException.Code.STAMP_REFUSED;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jp.sekisho.audit.FormatException;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampToken;
import org.jspecify.annotations.Nullable;

/**
 * Judges time-stamp tokens (RFC 3161) with authorities that the auditor brings along: SHA-256 over
 * the message, the signature of a certificate for time-stamping, and its path to one of the anchors
 * at the time of the stamp. Revocation is not asked: this works offline, years later. Thread-safe.
 */
public final class TimeStamps {
  /** Longest token in bytes. */
  public static final int MAX_BYTES = 64 * 1024;

  private static final int MAX_ANCHORS = 32;

  private TimeStamps() {}

  /**
   * Reads anchors.
   *
   * @param pem one or more certificates, PEM or DER
   * @throws FormatException when there is none
   */
  public static List<X509Certificate> anchors(byte[] pem) throws FormatException {
    try {
      List<X509Certificate> anchors = new ArrayList<>();
      for (var certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        anchors.add((X509Certificate) certificate);
      }
      if (anchors.isEmpty() || anchors.size() > MAX_ANCHORS) {
        throw refused("no certificate of a time-stamping authority", null);
      }
      return anchors;
    } catch (GeneralSecurityException | ClassCastException e) {
      throw refused("no certificate of a time-stamping authority", e);
    }
  }

  /**
   * Returns when the authority saw the message.
   *
   * @throws FormatException when the token is not over this message by one of these authorities
   */
  public static Instant verify(byte[] token, byte[] message, List<X509Certificate> anchors)
      throws FormatException {
    if (token.length > MAX_BYTES) {
      throw refused("the token is too long", null);
    }
    try {
      TimeStampToken stamp = new TimeStampToken(new CMSSignedData(token));
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
      if (!stamp
              .getTimeStampInfo()
              .getMessageImprintAlgOID()
              .equals(NISTObjectIdentifiers.id_sha256)
          || !MessageDigest.isEqual(digest, stamp.getTimeStampInfo().getMessageImprintDigest())) {
        throw refused("the token is over something else", null);
      }
      List<X509CertificateHolder> signers =
          stamp.getCertificates().getMatches(null).stream()
              .filter(holder -> stamp.getSID().match(holder))
              .toList();
      if (signers.size() != 1) {
        throw refused("the token does not carry its signer's certificate", null);
      }
      X509CertificateHolder signer = signers.get(0);
      // Also that the certificate is for time-stamping alone, is the one signed for, and was valid.
      stamp.validate(new JcaSimpleSignerInfoVerifierBuilder().build(signer));
      Date at = stamp.getTimeStampInfo().getGenTime();
      requirePath(certificate(signer), certificates(stamp), at, anchors);
      return at.toInstant();
    } catch (TSPException
        | CMSException
        | OperatorCreationException
        | GeneralSecurityException
        | IOException
        | RuntimeException e) { // a parser of foreign bytes throws what it likes
      throw refused("the token is not signed by a trusted authority", e);
    }
  }

  private static void requirePath(
      X509Certificate signer, List<X509Certificate> others, Date at, List<X509Certificate> anchors)
      throws GeneralSecurityException {
    if (anchors.contains(signer)) {
      return;
    }
    Set<TrustAnchor> trusted =
        anchors.stream().map(anchor -> new TrustAnchor(anchor, null)).collect(Collectors.toSet());
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(signer);
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(trusted, target);
    parameters.setRevocationEnabled(false);
    parameters.setDate(at);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(others)));
    CertPathBuilder.getInstance("PKIX").build(parameters);
  }

  private static List<X509Certificate> certificates(TimeStampToken stamp)
      throws GeneralSecurityException {
    List<X509Certificate> all = new ArrayList<>();
    for (X509CertificateHolder holder : stamp.getCertificates().getMatches(null)) {
      all.add(certificate(holder));
    }
    return all;
  }

  private static X509Certificate certificate(X509CertificateHolder holder)
      throws GeneralSecurityException {
    return new JcaX509CertificateConverter().getCertificate(holder);
  }

  private static FormatException refused(String detail, @Nullable Exception cause) {
    FormatException refused = new FormatException(STAMP_REFUSED, detail);
    if (cause != null) {
      refused.initCause(cause);
    }
    return refused;
  }
}
