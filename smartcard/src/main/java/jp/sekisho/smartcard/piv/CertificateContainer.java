package jp.sekisho.smartcard.piv;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.NoSuchProviderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;

/**
 * The data object a PIV card keeps a certificate in (SP 800-73-5 part 1, appendix A, table 10):
 * {@code 53{70 certificate, 71 information, FE}}, the certificate perhaps compressed with gzip.
 */
public final class CertificateContainer {
  /** Longest certificate that is unpacked; real ones have 1 to 2 kB. */
  static final int LONGEST_CERTIFICATE = 16 * 1024;

  private CertificateContainer() {}

  /**
   * Unpacks the certificate.
   *
   * @throws CardException UNKNOWN_CARD when the container is empty; CARD_ERROR when it is malformed
   */
  public static X509Certificate open(byte[] object) throws CardException {
    List<Tlv> container = Tlv.parse(Tlv.require(object, 0x53));
    Optional<byte[]> certificate = Tlv.find(container, 0x70).filter(value -> value.length > 0);
    if (certificate.isEmpty()) {
      throw new CardException(CardFailure.UNKNOWN_CARD, "empty certificate container");
    }
    byte[] information = Tlv.find(container, 0x71).orElseGet(() -> new byte[1]);
    boolean compressed = information.length == 1 && (information[0] & 1) == 1;
    return parse(compressed ? unzip(certificate.get()) : certificate.get());
  }

  /** Never holds more than the limit, however much the bytes would grow. */
  private static byte[] unzip(byte[] zipped) throws CardException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      byte[] certificate = in.readNBytes(LONGEST_CERTIFICATE + 1);
      if (certificate.length > LONGEST_CERTIFICATE) {
        throw new CardException(CardFailure.CARD_ERROR, "compressed certificate too long");
      }
      return certificate;
    } catch (IOException e) {
      throw new CardException(CardFailure.CARD_ERROR, "certificate is not gzip");
    }
  }

  /**
   * Reads the DER of a certificate.
   *
   * @throws CardException CARD_ERROR when it is none
   */
  public static X509Certificate parse(byte[] der) throws CardException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509", "SUN");
      X509Certificate certificate =
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
      if (certificate.getPublicKey() == null) {
        throw new CardException(CardFailure.CARD_ERROR, "certificate without readable key");
      }
      return certificate;
    } catch (CertificateException | NoSuchProviderException e) {
      throw new CardException(CardFailure.CARD_ERROR, "certificate does not parse");
    }
  }
}
