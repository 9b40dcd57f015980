package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import jp.sekisho.smartcard.issue.CardCa;
import jp.sekisho.smartcard.issue.Holder;
import jp.sekisho.smartcard.issue.StaffProfile;
import jp.sekisho.smartcard.verify.PathVerifier;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A CA for tests and trials: a self-signed root that issues card certificates directly, and its
 * CRL. Files in its directory: {@code root.der}, {@code root.key} (PKCS#8, mode 0600), {@code
 * crl.der}, {@code policy.oid}, {@code crl.lock}.
 *
 * <p>Staff certificates have the {@link StaffProfile} of any staff CA, so that one card also serves
 * the smart-card logon of Windows and Kerberos. An address of the CRL may stand in {@code crl.url}.
 *
 * <p>{@link #policy()} stands for what a real CA would have to promise: key made in the card, used
 * only after its PIN. It is an OID of this CA alone, made from a random UUID, so that nothing that
 * is shipped can ever name it: who wants test cards accepted must say so on the very installation.
 *
 * <p>Long because staff, JPKI, attestation and KDC share one key, one CRL and one directory.
 */
public final class TestCa implements CardCa {
  /** Arc of OIDs made from a UUID (ITU-T X.667). */
  private static final String UUID_ARC = "2.25.";

  /** The policy of CAs made before each had its own. */
  private static final String FIRST_POLICY = "1.3.6.1.4.1.32473.1.1";

  private static final String ORGANISATION = "C=JP,O=Sekisho TEST";
  private static final ASN1ObjectIdentifier RESIDENT_ATTRIBUTES =
      new ASN1ObjectIdentifier("1.2.392.200149.8.5.5");

  /** Name, date of birth, sex and address as in a JPKI signature certificate; of nobody. */
  private static final GeneralNames RESIDENT =
      new GeneralNames(
          new GeneralName[] {
            otherName(RESIDENT_ATTRIBUTES.branch("1"), "見本　住民"),
            otherName(RESIDENT_ATTRIBUTES.branch("4"), "419750401"),
            otherName(RESIDENT_ATTRIBUTES.branch("3"), "2"),
            otherName(RESIDENT_ATTRIBUTES.branch("5"), "見本県見本市見本町一丁目１番")
          });

  private static final Duration ROOT_LIFE = Duration.ofDays(3650);
  private static final Duration CRL_LIFE = Duration.ofDays(30);
  private static final Object CRL_WRITER = new Object();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;
  private final PrivateKey key;
  private final X509Certificate root;
  private final X500Name name;
  private final String policy;

  private TestCa(Path directory, PrivateKey key, X509Certificate root, String policy) {
    this.directory = directory;
    this.key = key;
    this.root = root;
    this.name = X500Name.getInstance(root.getSubjectX500Principal().getEncoded());
    this.policy = policy;
  }

  /** What a CA is for. */
  public enum Purpose {
    STAFF("C=JP,O=Sekisho TEST,CN=Sekisho TEST staff CA - not for production"),
    JPKI_AUTHENTICATION(
        "C=JP,O=Sekisho TEST,OU=JPKI for user authentication,CN=not for production"),
    JPKI_SIGNATURE("C=JP,O=Sekisho TEST,OU=JPKI for digital signature,CN=not for production"),
    /** Stands where the maker of a card attests what was made in it. */
    ATTESTATION("C=JP,O=Sekisho TEST,CN=Sekisho TEST attestation root - not for production");

    private final String name;

    Purpose(String name) {
      this.name = name;
    }
  }

  /**
   * What a certificate says.
   *
   * @param number staff number, or that of a JPKI certificate: CN of the subject, for staff its
   *     serialNumber too; never a name
   * @param upn user principal name for Windows logon
   */
  public record Subject(String number, Optional<String> upn, Instant notBefore, Instant notAfter) {}

  /** Opens the staff CA in the directory, or makes one there. */
  public static TestCa open(Path directory) throws IOException {
    return open(directory, Purpose.STAFF);
  }

  /** Opens the CA in the directory, or makes one there. An existing one is left as it is. */
  public static TestCa open(Path directory, Purpose purpose) throws IOException {
    Path keyFile = directory.resolve("root.key");
    Path rootFile = directory.resolve("root.der");
    try {
      if (Files.exists(rootFile)) {
        PrivateKey key =
            KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(keyFile)));
        Path policyFile = directory.resolve("policy.oid");
        if (!Files.exists(policyFile)) {
          writePolicy(policyFile, FIRST_POLICY);
        }
        String policy = Files.readString(policyFile).strip();
        return new TestCa(directory, key, PathVerifier.parse(Files.readAllBytes(rootFile)), policy);
      }
      Files.createDirectories(directory);
      KeyPair pair = CardKey.RSA2048.generate();
      // The key that attests stands between root and statement.
      int between = purpose == Purpose.ATTESTATION ? 1 : 0;
      X509Certificate root = selfSigned(pair, new X500Name(purpose.name), between);
      TestCa ca = new TestCa(directory, pair.getPrivate(), root, newPolicy());
      DurableFile.write(keyFile, pair.getPrivate().getEncoded());
      writePolicy(directory.resolve("policy.oid"), ca.policy);
      ca.writeCrl(Optional.empty());
      // Last: a directory with a certificate is complete.
      DurableFile.write(rootFile, root.getEncoded());
      return ca;
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("test CA in " + directory, e);
    }
  }

  @Override
  public X509Certificate root() {
    return root;
  }

  /** OID of the policy in every certificate of this CA: {@code 2.25.<uuid>}. */
  public String policy() {
    return policy;
  }

  public Path crl() {
    return directory.resolve("crl.der");
  }

  /** Issues a staff certificate for card login. */
  public X509Certificate issue(PublicKey subjectKey, Subject subject) throws IOException {
    return issue(
        subjectKey,
        new Holder(
            subject.number(),
            subject.upn(),
            Optional.empty(),
            Optional.empty(),
            subject.notBefore(),
            subject.notAfter()));
  }

  @Override
  public X509Certificate issue(PublicKey subjectKey, Holder holder) throws IOException {
    return signed(profile().staff(root, serial(), subjectKey, holder));
  }

  /**
   * Issues the certificate of a Kerberos KDC that takes this CA's cards.
   *
   * @param realm of Kerberos, e.g. {@code TOWN.EXAMPLE}
   */
  public X509Certificate issueKdc(PublicKey subjectKey, String realm) throws IOException {
    Instant now = Instant.now();
    return signed(
        profile()
            .kdc(
                root,
                serial(),
                subjectKey,
                realm,
                new Holder(
                    "KDC",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    now.minus(Duration.ofMinutes(10)),
                    now.plus(Duration.ofDays(365)))));
  }

  /** Writes {@code kdc.pem} and {@code kdc.key} (PEM) for a KDC on trial, made anew. */
  public void writeKdc(String realm) throws IOException {
    try {
      KeyPair pair = CardKey.RSA2048.generate();
      X509Certificate certificate = issueKdc(pair.getPublic(), realm);
      DurableFile.write(
          directory.resolve("kdc.key"), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      DurableFile.write(directory.resolve("kdc.pem"), pem("CERTIFICATE", certificate.getEncoded()));
      DurableFile.write(directory.resolve("root.pem"), pem("CERTIFICATE", root.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot issue", e);
    }
  }

  private static byte[] pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(label, body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private StaffProfile profile() throws IOException {
    Path file = directory.resolve("crl.url");
    return new StaffProfile(
        policy,
        Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty(),
        ORGANISATION);
  }

  /** From now on certificates say where the CRL can be had. */
  public void publishCrlAt(String url) throws IOException {
    DurableFile.write(
        directory.resolve("crl.url"), (url + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Signs a certificate of a shape of its own, such as those of attestation.
   *
   * @param issued names this CA as its issuer
   */
  X509Certificate signed(X509v3CertificateBuilder issued) throws IOException {
    try {
      return PathVerifier.parse(issued.build(signer(key)).getEncoded());
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot issue", e);
    }
  }

  /**
   * Issues a JPKI certificate: for user authentication with nothing but a number in it, for
   * signatures with the attributes of an invented resident.
   *
   * @param signature for signatures
   */
  X509Certificate issueJpki(PublicKey subjectKey, Subject subject, boolean signature)
      throws IOException {
    try {
      X509v3CertificateBuilder builder =
          endEntity(
              subjectKey,
              subject,
              new X500Name("C=JP,CN=" + subject.number()),
              KeyUsage.digitalSignature | (signature ? KeyUsage.nonRepudiation : 0));
      if (signature) {
        builder.addExtension(Extension.subjectAlternativeName, false, RESIDENT);
      }
      return signed(builder);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot issue", e);
    }
  }

  private X509v3CertificateBuilder endEntity(
      PublicKey subjectKey, Subject subject, X500Name subjectName, int usage)
      throws GeneralSecurityException, IOException {
    JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
    return new JcaX509v3CertificateBuilder(
            name,
            serial(),
            Date.from(subject.notBefore()),
            Date.from(subject.notAfter()),
            subjectName,
            subjectKey)
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
        .addExtension(Extension.keyUsage, true, new KeyUsage(usage))
        .addExtension(
            Extension.certificatePolicies,
            false,
            new CertificatePolicies(new PolicyInformation(new ASN1ObjectIdentifier(policy))))
        .addExtension(
            Extension.authorityKeyIdentifier,
            false,
            utils.createAuthorityKeyIdentifier(root.getPublicKey()))
        .addExtension(
            Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(subjectKey));
  }

  @Override
  public void revoke(BigInteger serial) throws IOException {
    writeCrl(Optional.of(serial));
  }

  /** Whether the certificate is on the CRL. */
  public boolean isRevoked(BigInteger serial) throws IOException {
    return new X509CRLHolder(Files.readAllBytes(crl())).getRevokedCertificate(serial) != null;
  }

  /**
   * Signs the CRL anew with the same entries, and one more if given. One writer at a time, in this
   * process and among all: what one adds the next one keeps.
   */
  @SuppressWarnings("try") // held to the end
  public void writeCrl(Optional<BigInteger> revoked) throws IOException {
    synchronized (CRL_WRITER) {
      try (FileChannel file =
              FileChannel.open(
                  directory.resolve("crl.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = file.lock()) {
        rewriteCrl(revoked);
      }
    }
  }

  private void rewriteCrl(Optional<BigInteger> revoked) throws IOException {
    Instant now = Instant.now();
    try {
      X509v2CRLBuilder builder = new X509v2CRLBuilder(name, Date.from(now));
      builder.setNextUpdate(Date.from(now.plus(CRL_LIFE)));
      Optional<BigInteger> added = revoked;
      BigInteger number = BigInteger.valueOf(now.toEpochMilli());
      if (Files.exists(crl())) {
        X509CRLHolder before = new X509CRLHolder(Files.readAllBytes(crl()));
        builder.addCRL(before);
        // Twice on one list would make it no list at all.
        added = revoked.filter(serial -> before.getRevokedCertificate(serial) == null);
        Extension numbered = before.getExtension(Extension.cRLNumber);
        if (numbered != null) {
          // Also after the clock was set back.
          number =
              number.max(
                  CRLNumber.getInstance(numbered.getParsedValue())
                      .getCRLNumber()
                      .add(BigInteger.ONE));
        }
      }
      added.ifPresent(serial -> builder.addCRLEntry(serial, Date.from(now), 0));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(root.getPublicKey()));
      // RFC 5280 5.2.3 wants every CRL numbered, later ones higher.
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(number));
      DurableFile.write(crl(), builder.build(signer(key)).getEncoded());
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot sign the CRL", e);
    }
  }

  private static void writePolicy(Path file, String policy) throws IOException {
    DurableFile.write(file, (policy + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static String newPolicy() {
    UUID uuid = UUID.randomUUID();
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array();
    return UUID_ARC + new BigInteger(1, bytes);
  }

  private static X509Certificate selfSigned(KeyPair pair, X500Name name, int between)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
                name,
                serial(),
                Date.from(now.minus(Duration.ofDays(400))),
                Date.from(now.plus(ROOT_LIFE)),
                name,
                pair.getPublic())
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(between))
            .addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
            .addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
    return PathVerifier.parse(builder.build(signer(pair.getPrivate())).getEncoded());
  }

  private static GeneralName otherName(ASN1ObjectIdentifier type, String text) {
    ASN1EncodableVector other = new ASN1EncodableVector();
    other.add(type);
    other.add(new DERTaggedObject(true, 0, new DERUTF8String(text)));
    return new GeneralName(GeneralName.otherName, new DERSequence(other));
  }

  private static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
    return new JcaContentSignerBuilder("SHA256withRSA").build(key);
  }

  private static BigInteger serial() {
    return new BigInteger(127, RANDOM).setBit(126);
  }
}
