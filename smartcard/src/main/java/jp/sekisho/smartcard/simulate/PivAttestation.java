package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.CardObjects;
import jp.sekisho.smartcard.verify.PathVerifier;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Key F9 and Yubico's ATTEST (INS F9): a certificate over a key that was made on this card, with
 * firmware, serial number and policies in Yubico's extensions. The root is a {@link TestCa} beside
 * the card's own CA, {@code <ca>/attestation}; it says "not for production" and no installation
 * ships it. Key and certificate are made at the first use.
 */
final class PivAttestation {
  /** Data object that holds the certificate of F9. */
  static final String CERTIFICATE = "5FFF01";

  /** In {@code card.properties}: directory of the CA the card was made with. */
  static final String CA = "attestation.ca";

  /** In {@code card.properties}: the certificate of F9; Yubico's RESET leaves it. */
  private static final String OWN = "attestation.certificate";

  private static final ASN1ObjectIdentifier YUBICO =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.41482.3");
  private static final ASN1ObjectIdentifier FIRMWARE = YUBICO.branch("3");
  private static final ASN1ObjectIdentifier SERIAL = YUBICO.branch("7");
  private static final ASN1ObjectIdentifier POLICY = YUBICO.branch("8");

  /** As long as the certificates of the real ones; 9999-12-31 in some, as RFC 5280 allows. */
  private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");

  private static final Instant TO = Instant.parse("2049-01-01T00:00:00Z");
  private static final String KEY = "f9";

  private final CardStore store;
  private final PivKeys keys;

  PivAttestation(CardStore store, PivKeys keys) {
    this.store = store;
    this.keys = keys;
  }

  /** Answers with the certificate itself, as the real ones do. */
  Response attest(int slot, int p2, byte[] version) throws IOException, GeneralSecurityException {
    Optional<PivKeys.Made> made = p2 == 0 ? keys.made(slot) : Optional.empty();
    if (made.isEmpty()) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    PrivateKey own = key();
    X509Certificate certificate = certificate(version);
    X509v3CertificateBuilder statement =
        new JcaX509v3CertificateBuilder(
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                new BigInteger(127, new SecureRandom()).setBit(126),
                Date.from(FROM),
                Date.from(TO),
                new X500Name(
                    "CN=Sekisho TEST attestation " + HexFormat.of().toHexDigits((byte) slot)),
                made.get().key())
            .addExtension(FIRMWARE, false, version)
            .addExtension(SERIAL, false, new ASN1Integer(store.number(PivMemory.SERIAL)))
            .addExtension(
                POLICY,
                false,
                new byte[] {(byte) made.get().pinPolicy(), (byte) made.get().touchPolicy()});
    try {
      return new Response(
          statement.build(new JcaContentSignerBuilder("SHA256withECDSA").build(own)).getEncoded(),
          Response.OK);
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  /** The content of object {@link #CERTIFICATE}. */
  byte[] container(byte[] version) throws IOException, GeneralSecurityException {
    return CardObjects.certificate(certificate(version).getEncoded());
  }

  private PrivateKey key() throws IOException, GeneralSecurityException {
    Optional<PrivateKey> kept = store.key(KEY);
    if (kept.isPresent()) {
      return kept.get();
    }
    PrivateKey made = CardKey.P256.generate().getPrivate();
    store.putKey(KEY, made);
    return made;
  }

  private X509Certificate certificate(byte[] version) throws IOException, GeneralSecurityException {
    String kept = store.value(OWN, "");
    if (!kept.isEmpty()) {
      return PathVerifier.parse(HexFormat.of().parseHex(kept));
    }
    TestCa root =
        TestCa.open(
            Path.of(store.value(CA, store.directory().resolve("ca").toString()))
                .resolve("attestation"),
            TestCa.Purpose.ATTESTATION);
    X509Certificate certificate =
        root.signed(
            new JcaX509v3CertificateBuilder(
                    X500Name.getInstance(root.root().getSubjectX500Principal().getEncoded()),
                    BigInteger.valueOf(store.number(PivMemory.SERIAL)),
                    Date.from(FROM),
                    Date.from(TO),
                    new X500Name("CN=Sekisho TEST PIV attestation"),
                    CardKey.publicKey(key()))
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .addExtension(FIRMWARE, false, version));
    store.put(OWN, HexFormat.of().formatHex(certificate.getEncoded()));
    return certificate;
  }
}
