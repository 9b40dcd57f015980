package jp.sekisho.smartcard.piv;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.NoSuchProviderException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;

/**
 * The commands of a PIV card we use, one method each. No order, no policy: that is {@link PivCard}.
 */
final class PivApplication {
  private static final byte[] AID = HexFormat.of().parseHex("A000000308000010000100");
  private static final byte[] CERTIFICATE_9A = HexFormat.of().parseHex("5C035FC105");
  private static final int KEY_9A = 0x9A;
  private static final int PIN = 0x80;
  private static final int RSA_2048 = 0x07;
  private static final int LONGEST_CERTIFICATE = 16 * 1024;

  /** DER of DigestInfo{sha256, NULL, OCTET STRING(32)} up to the hash. */
  private static final byte[] DIGEST_INFO =
      HexFormat.of().parseHex("3031300d060960864801650304020105000420");

  private final ApduExchange card;

  PivApplication(CardChannel channel) {
    this.card = new ApduExchange(channel);
  }

  /** Any refusal means "not this application": cards differ in how they say it. */
  void select() throws CardException {
    Response response = card.send(Apdu.select(AID));
    if (!response.ok()) {
      throw new CardException(CardFailure.UNKNOWN_CARD, "SELECT PIV: " + sw(response));
    }
  }

  X509Certificate certificate() throws CardException {
    Response response = card.send(Apdu.of(0, Apdu.GET_DATA, 0x3F, 0xFF, CERTIFICATE_9A));
    if (!response.ok()) {
      throw new CardException(CardFailure.UNKNOWN_CARD, "no certificate: " + sw(response));
    }
    List<Tlv> container = Tlv.parse(Tlv.require(response.data(), 0x53));
    byte[] certificate =
        Tlv.find(container, 0x70)
            .orElseThrow(
                () -> new CardException(CardFailure.UNKNOWN_CARD, "empty certificate container"));
    byte[] info = Tlv.find(container, 0x71).orElseGet(() -> new byte[1]);
    return parse(info.length == 1 && (info[0] & 1) == 1 ? unzip(certificate) : certificate);
  }

  /** Asks for the tries; costs none. */
  PinStatus pinStatus() throws CardException {
    return PinStatus.of(card.send(new Apdu(0, Apdu.VERIFY, 0, PIN, new byte[0], 0)).sw());
  }

  /** Presents the PIN, once. */
  Response verify(Pin pin) throws CardException {
    Apdu command = new Apdu(0, Apdu.VERIFY, 0, PIN, pin.padded(), 0);
    try {
      return card.send(command);
    } finally {
      command.wipe();
    }
  }

  /** A raw RSA operation over the padded SHA-256 hash. */
  byte[] sign(byte[] sha256) throws CardException {
    Tlv template = Tlv.of(0x7C, new Tlv(0x82, new byte[0]), new Tlv(0x81, pkcs1(sha256, 256)));
    Response response =
        card.send(Apdu.of(0, Apdu.GENERAL_AUTHENTICATE, RSA_2048, KEY_9A, template.encode()));
    if (!response.ok()) {
      throw new CardException(CardFailure.CARD_ERROR, "GENERAL AUTHENTICATE: " + sw(response));
    }
    return Tlv.require(Tlv.require(response.data(), 0x7C), 0x82);
  }

  static boolean canSignWith(PublicKey key) {
    return key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() == 2048;
  }

  static String sw(Response response) {
    return "%04X".formatted(response.sw());
  }

  /** RFC 8017 EMSA-PKCS1-v1_5. */
  private static byte[] pkcs1(byte[] sha256, int length) {
    byte[] block = new byte[length];
    Arrays.fill(block, (byte) 0xFF);
    int info = length - DIGEST_INFO.length - sha256.length;
    block[0] = 0;
    block[1] = 1;
    block[info - 1] = 0;
    System.arraycopy(DIGEST_INFO, 0, block, info, DIGEST_INFO.length);
    System.arraycopy(sha256, 0, block, length - sha256.length, sha256.length);
    return block;
  }

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

  private static X509Certificate parse(byte[] der) throws CardException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509", "SUN");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException | NoSuchProviderException e) {
      throw new CardException(CardFailure.CARD_ERROR, "certificate does not parse");
    }
  }
}
