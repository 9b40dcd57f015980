package jp.sekisho.server.listener;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import jp.sekisho.server.storage.PrivateFiles;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The keys of this installation's own TLS, all P-256: the server CA that terminals pin by hash, the
 * certificate of the agents' port under it, and the device CA that certifies terminals.
 *
 * <p>Files in the keys directory: {@code server-ca.key .crt}, {@code server-tls.key .crt}, {@code
 * device-ca.key .crt}; keys are unencrypted PKCS#8, mode 0600. The two CAs live ten years; the
 * port's certificate lives 397 days and {@link #load} makes a new one under the same server CA when
 * 60 days are left or the host names changed, which terminals do not notice.
 *
 * @param serverCa the CA in every enrolment ticket
 * @param serverTls key of the agents' port; its certificate names the agents' hosts, localhost and
 *     127.0.0.1
 * @param deviceCa issues the terminals' certificates
 */
public record ServerKeys(CertifiedKey serverCa, CertifiedKey serverTls, CertifiedKey deviceCa) {
  private static final Duration CA_LIFE = Duration.ofDays(3652);
  private static final Duration TLS_LIFE = Duration.ofDays(397);
  private static final Duration TLS_RENEW_BEFORE = Duration.ofDays(60);
  private static final Duration BACKDATED = Duration.ofMinutes(10);
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Makes all keys and certificates; none of the files may exist yet.
   *
   * @param keysDir made with mode 0700 if absent
   * @param agentHosts DNS names or IPv4 addresses under which agents reach the port
   * @throws IOException a file exists already, or cannot be written
   */
  public static ServerKeys createAll(Path keysDir, List<String> agentHosts, InstantSource clock)
      throws IOException, GeneralSecurityException {
    PrivateFiles.createDirectory(keysDir);
    for (String name : new String[] {"server-ca", "server-tls", "device-ca"}) {
      for (String suffix : new String[] {".key", ".crt"}) {
        if (Files.exists(keysDir.resolve(name + suffix))) {
          throw new IOException(keysDir.resolve(name + suffix) + " exists already");
        }
      }
    }
    Instant now = clock.instant();
    CertifiedKey serverCa = ca("CN=Sekisho server CA", now);
    CertifiedKey deviceCa = ca("CN=Sekisho device CA", now);
    store(keysDir, "server-ca", serverCa);
    store(keysDir, "device-ca", deviceCa);
    CertifiedKey serverTls = tls(serverCa, agentHosts, now);
    store(keysDir, "server-tls", serverTls);
    return new ServerKeys(serverCa, serverTls, deviceCa);
  }

  /**
   * The keys in {@code keysDir}; each certificate must belong to its key, and the port's
   * certificate is made anew if it is near its end or names other hosts.
   */
  public static ServerKeys load(Path keysDir, List<String> agentHosts, InstantSource clock)
      throws IOException, GeneralSecurityException {
    CertifiedKey serverCa = read(keysDir, "server-ca");
    CertifiedKey deviceCa = read(keysDir, "device-ca");
    CertifiedKey serverTls = read(keysDir, "server-tls");
    Instant now = clock.instant();
    boolean ending =
        now.plus(TLS_RENEW_BEFORE).isAfter(serverTls.certificate().getNotAfter().toInstant());
    if (ending || !names(serverTls.certificate()).equals(hosts(agentHosts))) {
      serverTls = tls(serverCa, agentHosts, now);
      store(keysDir, "server-tls", serverTls);
    }
    return new ServerKeys(serverCa, serverTls, deviceCa);
  }

  /** A builder with what every certificate of ours has: random 128-bit serial, backdated start. */
  static X509v3CertificateBuilder builder(
      X500Principal issuer,
      X500Principal subject,
      PublicKey key,
      PublicKey issuerKey,
      Instant now,
      Duration life)
      throws GeneralSecurityException {
    byte[] serial = new byte[16];
    RANDOM.nextBytes(serial);
    // Seconds, because that is what a certificate can say; the life counts from the backdated
    // start.
    Instant from = now.minus(BACKDATED).truncatedTo(ChronoUnit.SECONDS);
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      return new JcaX509v3CertificateBuilder(
              issuer,
              new BigInteger(1, serial),
              Date.from(from),
              Date.from(from.plus(life)),
              subject,
              key)
          .addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(key))
          .addExtension(
              Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(issuerKey));
    } catch (CertIOException e) {
      throw new GeneralSecurityException("certificate cannot be encoded", e);
    }
  }

  static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA")
                      .setProvider(Bc.PROVIDER)
                      .build(key)));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("certificate cannot be signed", e);
    }
  }

  private static CertifiedKey ca(String name, Instant now) throws GeneralSecurityException {
    KeyPair pair = newPair();
    X500Principal principal = new X500Principal(name);
    X509v3CertificateBuilder builder =
        builder(principal, principal, pair.getPublic(), pair.getPublic(), now, CA_LIFE);
    try {
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
          .addExtension(
              Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    } catch (CertIOException e) {
      throw new GeneralSecurityException("certificate cannot be encoded", e);
    }
    return new CertifiedKey(pair.getPrivate(), sign(builder, pair.getPrivate()));
  }

  private static CertifiedKey tls(CertifiedKey ca, List<String> agentHosts, Instant now)
      throws GeneralSecurityException {
    KeyPair pair = newPair();
    X509v3CertificateBuilder builder =
        builder(
            ca.certificate().getSubjectX500Principal(),
            new X500Principal("CN=Sekisho agents' port"),
            pair.getPublic(),
            ca.certificate().getPublicKey(),
            now,
            TLS_LIFE);
    GeneralName[] names =
        hosts(agentHosts).stream()
            .map(host ->
                new GeneralName(
                    isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host))
            .toArray(GeneralName[]::new);
    try {
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
          .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    } catch (CertIOException e) {
      throw new GeneralSecurityException("certificate cannot be encoded", e);
    }
    return new CertifiedKey(pair.getPrivate(), sign(builder, ca.key()));
  }

  private static KeyPair newPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", Bc.PROVIDER);
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static Set<String> hosts(List<String> agentHosts) {
    Set<String> hosts = new LinkedHashSet<>(agentHosts);
    hosts.add("localhost");
    hosts.add("127.0.0.1");
    return hosts;
  }

  private static boolean isAddress(String host) {
    return host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  }

  private static Set<String> names(X509Certificate certificate) throws GeneralSecurityException {
    Set<String> names = new LinkedHashSet<>();
    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    if (alternatives != null) {
      for (List<?> alternative : alternatives) {
        names.add(String.valueOf(alternative.get(1)));
      }
    }
    return names;
  }

  private static void store(Path dir, String name, CertifiedKey pair)
      throws IOException, GeneralSecurityException {
    // The certificate goes last: a key without one is seen as an unfinished installation.
    Pem.writeKey(dir.resolve(name + ".key"), pair.key());
    Pem.writeCertificates(dir.resolve(name + ".crt"), List.of(pair.certificate()));
  }

  private static CertifiedKey read(Path dir, String name)
      throws IOException, GeneralSecurityException {
    PrivateKey key = Pem.readKey(dir.resolve(name + ".key"));
    X509Certificate certificate = Pem.readCertificates(dir.resolve(name + ".crt")).get(0);
    requireMatch(key, certificate, name);
    return new CertifiedKey(key, certificate);
  }

  /** Fails unless {@code certificate} is of {@code key}: found out here, before a port opens. */
  static void requireMatch(PrivateKey key, X509Certificate certificate, String name)
      throws GeneralSecurityException {
    String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    byte[] probe = {1, 2, 3};
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update(probe);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance(algorithm);
    try {
      verifier.initVerify(certificate.getPublicKey());
      verifier.update(probe);
      if (verifier.verify(signature)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException(name + ": certificate and key are of different kinds", e);
    }
    throw new GeneralSecurityException(name + ": the certificate does not belong to the key");
  }

  @Override
  public String toString() {
    return "ServerKeys[***]";
  }
}
