package jp.sekisho.agent.export;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedDataStreamGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.PasswordRecipient;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JcePasswordRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.bouncycastle.operator.jcajce.JcaAlgorithmParametersConverter;
import org.jspecify.annotations.Nullable;

/**
 * One envelope while it is written: CMS AuthEnvelopedData (RFC 5083, 5084), AES-256-GCM, around a
 * ZIP of one entry that is not compressed and carries the file's name. What comes out is BER of
 * indefinite length, so nothing has to be known beforehand; {@link #close} without {@link #finish}
 * leaves a fragment without its authentication tag. Not thread-safe.
 */
final class Envelope implements AutoCloseable {
  /** PBKDF2-HMAC-SHA256 (NIST SP 800-132); the passphrase itself has 140 bits of chance. */
  static final int ITERATIONS = 600_000;

  private static final int SALT = 16;
  private static final int SMALLEST_RSA = 2048;
  private static final int PIECE = 32 * 1024;

  /** Named wherever it is used, never inserted: other code's choice of providers stays its own. */
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private static final OAEPParameterSpec OAEP_SHA256 =
      new OAEPParameterSpec(
          "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

  private static final LocalDateTime SOME_TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

  /** Closing a ZIP would end it, and with it the envelope around it; this frees what it holds. */
  private static final class Zip extends ZipOutputStream {
    Zip(OutputStream out) {
      super(out);
    }

    void abandon() {
      def.end();
    }
  }

  private final OutputStream cms;
  private final Zip zip;

  private Envelope(OutputStream cms, Zip zip) {
    this.cms = cms;
    this.zip = zip;
  }

  /** Whether something can be encrypted to the key of this certificate. */
  static boolean takes(X509Certificate certificate) {
    PublicKey key = certificate.getPublicKey();
    if (key instanceof RSAPublicKey rsa) {
      return rsa.getModulus().bitLength() >= SMALLEST_RSA;
    }
    return key instanceof ECPublicKey ec && curve(ec) != null;
  }

  /** The name of P-256 or P-384; null for another curve. */
  private static @Nullable String curve(ECPublicKey key) {
    BigInteger order = key.getParams().getOrder();
    for (String name : new String[] {"secp256r1", "secp384r1"}) {
      var known = SECNamedCurves.getByName(name);
      if (known.getN().equals(order)
          && known.getCurve().getA().toBigInteger().equals(key.getParams().getCurve().getA())
          && known.getCurve().getB().toBigInteger().equals(key.getParams().getCurve().getB())) {
        return name;
      }
    }
    return null;
  }

  /**
   * Begins one.
   *
   * @param out gets the envelope; is not closed
   * @param entry name of the file inside
   */
  static Envelope open(OutputStream out, String entry, Recipients recipients, SecureRandom random)
      throws IOException {
    try {
      OutputStream cms = begin(out, recipients, random);
      Zip zip = new Zip(cms);
      zip.setLevel(Deflater.NO_COMPRESSION);
      ZipEntry named = new ZipEntry(entry);
      // Whose clock says what is nobody's business; without this it would be the terminal's now.
      named.setTimeLocal(SOME_TIME);
      zip.putNextEntry(named);
      return new Envelope(cms, zip);
    } catch (CMSException | GeneralSecurityException e) {
      throw new IOException("no envelope can be made", e);
    }
  }

  private static OutputStream begin(OutputStream out, Recipients recipients, SecureRandom random)
      throws GeneralSecurityException, CMSException, IOException {
    CMSAuthEnvelopedDataStreamGenerator generator = new CMSAuthEnvelopedDataStreamGenerator();
    generator.setBufferSize(PIECE);
    char[] passphrase =
        recipients instanceof Recipients.ByPassphrase by ? by.passphrase().chars() : new char[0];
    try {
      add(generator, recipients, passphrase, random);
      return generator.open(
          out,
          (OutputAEADEncryptor)
              new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_GCM)
                  .setProvider(BOUNCY_CASTLE)
                  .setSecureRandom(random)
                  .build());
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  private static void add(
      CMSAuthEnvelopedDataStreamGenerator generator,
      Recipients recipients,
      char[] passphrase,
      SecureRandom random)
      throws GeneralSecurityException {
    if (!(recipients instanceof Recipients.Certificates certificates)) {
      byte[] salt = new byte[SALT];
      random.nextBytes(salt);
      generator.addRecipientInfoGenerator(
          new JcePasswordRecipientInfoGenerator(CMSAlgorithm.AES256_CBC, passphrase)
              .setProvider(BOUNCY_CASTLE)
              .setPasswordConversionScheme(PasswordRecipient.PKCS5_SCHEME2_UTF8)
              .setPRF(PasswordRecipient.PRF.HMacSHA256)
              .setSaltAndIterationCount(salt, ITERATIONS)
              .setSecureRandom(random));
      return;
    }
    for (X509Certificate each : certificates.all()) {
      if (each.getPublicKey() instanceof ECPublicKey ec) {
        boolean p384 = "secp384r1".equals(curve(ec));
        generator.addRecipientInfoGenerator(agreed(each, ec, p384, random));
      } else {
        generator.addRecipientInfoGenerator(
            new JceKeyTransRecipientInfoGenerator(
                    each,
                    new JcaAlgorithmParametersConverter()
                        .getAlgorithmIdentifier(PKCSObjectIdentifiers.id_RSAES_OAEP, OAEP_SHA256))
                .setProvider(BOUNCY_CASTLE));
      }
    }
  }

  private static JceKeyAgreeRecipientInfoGenerator agreed(
      X509Certificate certificate, ECPublicKey key, boolean p384, SecureRandom random)
      throws GeneralSecurityException {
    KeyPairGenerator ephemeral = KeyPairGenerator.getInstance("EC", BOUNCY_CASTLE);
    ephemeral.initialize(new ECGenParameterSpec(Objects.requireNonNull(curve(key))), random);
    KeyPair pair = ephemeral.generateKeyPair();
    ASN1ObjectIdentifier agreement =
        p384 ? CMSAlgorithm.ECDH_SHA384KDF : CMSAlgorithm.ECDH_SHA256KDF;
    return new JceKeyAgreeRecipientInfoGenerator(
            agreement, pair.getPrivate(), pair.getPublic(), CMSAlgorithm.AES256_WRAP)
        .setProvider(BOUNCY_CASTLE)
        .setSecureRandom(random)
        .addRecipient(certificate);
  }

  void write(byte[] content, int from, int length) throws IOException {
    zip.write(content, from, length);
  }

  /** Ends it whole. */
  void finish() throws IOException {
    zip.closeEntry();
    zip.finish();
    cms.close();
  }

  /** Frees what it holds; whatever was not finished stays a fragment. */
  @Override
  public void close() {
    zip.abandon();
  }
}
