package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
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
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
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
 * A CA for tests and trials: a self-signed root that issues staff certificates directly, and its
 * CRL. Files in its directory: {@code root.der}, {@code root.key} (PKCS#8, mode 0600), {@code
 * crl.der}.
 *
 * <p>The profile is that of a staff CA, so that one card also serves Windows' smart-card logon:
 * extended key usages clientAuth and smartcardLogon, optionally a UPN. The policy {@link #POLICY}
 * stands for what a real CA would have to promise: key made in the card, used only after its PIN.
 */
public final class TestCa {
  /** Policy of the test CA, "hardware- and PIN-bound"; under the arc for examples (RFC 5612). */
  public static final String POLICY = "1.3.6.1.4.1.32473.1.1";

  private static final X500Name NAME =
      new X500Name("C=JP,O=Sekisho TEST,CN=Sekisho TEST staff CA - not for production");
  private static final ASN1ObjectIdentifier UPN =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3");
  private static final Duration ROOT_LIFE = Duration.ofDays(3650);
  private static final Duration CRL_LIFE = Duration.ofDays(30);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;
  private final PrivateKey key;
  private final X509Certificate root;

  private TestCa(Path directory, PrivateKey key, X509Certificate root) {
    this.directory = directory;
    this.key = key;
    this.root = root;
  }

  /**
   * What a certificate says.
   *
   * @param number staff number: CN and serialNumber of the subject; never a name
   * @param upn user principal name for Windows logon
   */
  public record Subject(String number, Optional<String> upn, Instant notBefore, Instant notAfter) {}

  /** Opens the CA in the directory, or makes one there. An existing one is left as it is. */
  public static TestCa open(Path directory) throws IOException {
    Path keyFile = directory.resolve("root.key");
    Path rootFile = directory.resolve("root.der");
    try {
      if (Files.exists(rootFile)) {
        PrivateKey key =
            KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(keyFile)));
        return new TestCa(directory, key, PathVerifier.parse(Files.readAllBytes(rootFile)));
      }
      Files.createDirectories(directory);
      KeyPair pair = rsa2048();
      X509Certificate root = selfSigned(pair);
      TestCa ca = new TestCa(directory, pair.getPrivate(), root);
      DurableFile.write(keyFile, pair.getPrivate().getEncoded());
      ca.writeCrl(Optional.empty());
      // Last: a directory with a certificate is complete.
      DurableFile.write(rootFile, root.getEncoded());
      return ca;
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("test CA in " + directory, e);
    }
  }

  public X509Certificate root() {
    return root;
  }

  public Path crl() {
    return directory.resolve("crl.der");
  }

  /** Issues a staff certificate for card login. */
  public X509Certificate issue(PublicKey subjectKey, Subject subject) throws IOException {
    try {
      JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  NAME,
                  serial(),
                  Date.from(subject.notBefore()),
                  Date.from(subject.notAfter()),
                  new X500Name(
                      "C=JP,O=Sekisho TEST,2.5.4.5=%1$s,CN=%1$s".formatted(subject.number())),
                  subjectKey)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(
                      new KeyPurposeId[] {
                        KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_smartcardlogon
                      }))
              .addExtension(
                  Extension.certificatePolicies,
                  false,
                  new CertificatePolicies(new PolicyInformation(new ASN1ObjectIdentifier(POLICY))))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  utils.createAuthorityKeyIdentifier(root.getPublicKey()))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  utils.createSubjectKeyIdentifier(subjectKey));
      if (subject.upn().isPresent()) {
        builder.addExtension(Extension.subjectAlternativeName, false, upn(subject.upn().get()));
      }
      return PathVerifier.parse(builder.build(signer(key)).getEncoded());
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot issue", e);
    }
  }

  /** Signs the CRL anew with the same entries, and one more if given. */
  public void writeCrl(Optional<BigInteger> revoked) throws IOException {
    Instant now = Instant.now();
    try {
      X509v2CRLBuilder builder = new X509v2CRLBuilder(NAME, Date.from(now));
      builder.setNextUpdate(Date.from(now.plus(CRL_LIFE)));
      if (Files.exists(crl())) {
        builder.addCRL(new X509CRLHolder(Files.readAllBytes(crl())));
      }
      revoked.ifPresent(serial -> builder.addCRLEntry(serial, Date.from(now), 0));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(root.getPublicKey()));
      // RFC 5280 5.2.3 wants every CRL numbered, later ones higher.
      builder.addExtension(
          Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(now.toEpochMilli())));
      DurableFile.write(crl(), builder.build(signer(key)).getEncoded());
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot sign the CRL", e);
    }
  }

  static KeyPair rsa2048() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static X509Certificate selfSigned(KeyPair pair)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
                NAME,
                serial(),
                Date.from(now.minus(Duration.ofDays(400))),
                Date.from(now.plus(ROOT_LIFE)),
                NAME,
                pair.getPublic())
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
            .addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
            .addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
    return PathVerifier.parse(builder.build(signer(pair.getPrivate())).getEncoded());
  }

  private static GeneralNames upn(String name) {
    ASN1EncodableVector other = new ASN1EncodableVector();
    other.add(UPN);
    other.add(new DERTaggedObject(true, 0, new DERUTF8String(name)));
    return new GeneralNames(new GeneralName(GeneralName.otherName, new DERSequence(other)));
  }

  private static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
    return new JcaContentSignerBuilder("SHA256withRSA").build(key);
  }

  private static BigInteger serial() {
    return new BigInteger(127, RANDOM).setBit(126);
  }
}
