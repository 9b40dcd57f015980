package jp.sekisho.server.listener;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import jp.sekisho.protocol.Names;
import jp.sekisho.server.storage.Recent;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Issues the certificates of terminals and relying services and recognises them again.
 *
 * <p>A device certificate (docs/protocol.md): P-256, subject {@code CN=<terminal>}, the one URI
 * name {@code urn:sekisho:terminal:<terminal>} (a relying service's: {@code
 * urn:sekisho:service:<name>}), EKU clientAuth, at most 90 days from ten minutes before its making.
 * Only the URI counts when it comes back. Thread-safe.
 */
public final class DeviceCa {
  /** Life of a device certificate, counted from its backdated start. */
  public static final Duration LIFE = Duration.ofDays(90);

  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private final CertifiedKey ca;

  /**
   * Those recognised as ours: a terminal shows the same one with every request. Nothing that a
   * stranger shows gets in, so nobody can crowd them out.
   */
  private final Map<X509Certificate, Examined> recognised = Recent.map(8192);

  public DeviceCa(CertifiedKey ca) {
    this.ca = ca;
  }

  /** What a certificate that somebody showed turned out to be. */
  public sealed interface Examined {
    /**
     * Issued by this CA, for a terminal. Its dates are for the caller to judge.
     *
     * @param terminal terminal id
     * @param spki DER of its public key
     */
    @SuppressWarnings("ArrayRecordComponent") // never handed to code that writes into it
    record Ours(String terminal, byte[] spki, Instant notBefore, Instant notAfter)
        implements Examined {}

    /**
     * Issued by this CA, for a relying service. Its dates are for the caller to judge.
     *
     * @param service name of the service
     * @param spki DER of its public key
     */
    @SuppressWarnings("ArrayRecordComponent") // never handed to code that writes into it
    record OurService(String service, byte[] spki, Instant notBefore, Instant notAfter)
        implements Examined {}

    /**
     * Not issued by this CA, or for neither terminal nor service.
     *
     * @param why for the service's own log; names the rule, not the content
     */
    record Foreign(String why) implements Examined {}
  }

  /** The CA's own certificate. */
  public X509Certificate certificate() {
    return ca.certificate();
  }

  /** A new certificate of {@code key} for {@code terminal}. */
  public X509Certificate issue(String terminal, PublicKey key, Instant now)
      throws GeneralSecurityException {
    if (!Names.isTerminal(terminal)) {
      throw new IllegalArgumentException("not a terminal id");
    }
    return issue(terminal, Names.terminalUri(terminal), key, now);
  }

  /** A new certificate of {@code key} for the relying service {@code name}. */
  public X509Certificate issueForService(String name, PublicKey key, Instant now)
      throws GeneralSecurityException {
    if (!Names.isService(name)) {
      throw new IllegalArgumentException("not a service's name");
    }
    return issue(name, Names.serviceUri(name), key, now);
  }

  private X509Certificate issue(String name, String urn, PublicKey key, Instant now)
      throws GeneralSecurityException {
    X509v3CertificateBuilder builder =
        ServerKeys.builder(
            ca.certificate().getSubjectX500Principal(),
            new X500Principal("CN=" + name),
            key,
            ca.certificate().getPublicKey(),
            now,
            LIFE);
    GeneralName uri = new GeneralName(GeneralName.uniformResourceIdentifier, urn);
    try {
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
          .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(uri));
    } catch (CertIOException e) {
      throw new GeneralSecurityException("certificate cannot be encoded", e);
    }
    return parse(ServerKeys.sign(builder, ca.key()).getEncoded());
  }

  /** Judges a certificate by signature, issuer, purpose and name, at any date. */
  public Examined examine(X509Certificate certificate) {
    Examined known = recognised.get(certificate);
    if (known != null) {
      return known;
    }
    Examined found = look(certificate);
    if (!(found instanceof Examined.Foreign)) {
      recognised.put(certificate, found);
    }
    return found;
  }

  private Examined look(X509Certificate certificate) {
    if (!certificate.getIssuerX500Principal().equals(ca.certificate().getSubjectX500Principal())) {
      return new Examined.Foreign("issuer");
    }
    try {
      // The signature decides; an issuer's name anybody can write.
      certificate.verify(ca.certificate().getPublicKey(), Bc.PROVIDER);
      List<String> purposes = certificate.getExtendedKeyUsage();
      boolean[] usage = certificate.getKeyUsage();
      if (certificate.getVersion() != 3
          || certificate.hasUnsupportedCriticalExtension()
          || certificate.getBasicConstraints() != -1
          || purposes == null
          || !purposes.contains(CLIENT_AUTH)
          || usage == null
          || !usage[0]) {
        return new Examined.Foreign("purpose");
      }
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names == null || names.size() != 1) {
        return new Examined.Foreign("names");
      }
      List<?> name = names.iterator().next();
      if (!Integer.valueOf(GeneralName.uniformResourceIdentifier).equals(name.get(0))
          || !(name.get(1) instanceof String uri)) {
        return new Examined.Foreign("name");
      }
      byte[] spki = certificate.getPublicKey().getEncoded();
      Instant from = certificate.getNotBefore().toInstant();
      Instant until = certificate.getNotAfter().toInstant();
      String terminal = after(Names.terminalUri(""), uri);
      String service = after(Names.serviceUri(""), uri);
      if (terminal != null && Names.isTerminal(terminal)) {
        return new Examined.Ours(terminal, spki, from, until);
      }
      return service != null && Names.isService(service)
          ? new Examined.OurService(service, spki, from, until)
          : new Examined.Foreign("name");
    } catch (GeneralSecurityException e) {
      return new Examined.Foreign("signature or form");
    }
  }

  private static @Nullable String after(String prefix, String text) {
    return text.startsWith(prefix) ? text.substring(prefix.length()) : null;
  }

  /** The certificate in {@code der}, parsed by SUN. */
  public static X509Certificate parse(byte[] der) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }
}
