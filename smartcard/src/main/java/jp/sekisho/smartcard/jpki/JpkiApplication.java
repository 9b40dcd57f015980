package jp.sekisho.smartcard.jpki;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.ApduExchange;
import jp.sekisho.smartcard.piv.CertificateContainer;
import jp.sekisho.smartcard.piv.PinApplication;
import jp.sekisho.smartcard.piv.PinStatus;
import jp.sekisho.smartcard.piv.SigningAlgorithm;

/** The commands of the JPKI application for one of its keys, one method each. */
final class JpkiApplication implements PinApplication {
  /** The only identifier this package ever selects. */
  private static final byte[] AID = HexFormat.of().parseHex("D392F000260100000001");

  private static final int READ_BINARY = 0xB0;
  private static final int PERFORM_SECURITY_OPERATION = 0x2A;
  private static final int TOKEN_INFORMATION = 0x0006;
  private static final int LABEL = 32;
  private static final int CURRENT_FILE = 0x80;

  /** Certificates have 1 to 2 kB; offsets have 15 bits. */
  private static final int LONGEST_CERTIFICATE = 8 * 1024;

  private static final int BLOCK = 256;

  private final ApduExchange card;
  private final JpkiKey key;
  private final JpkiProfile profile;

  private JpkiApplication(ApduExchange card, JpkiKey key, JpkiProfile profile) {
    this.card = card;
    this.key = key;
    this.profile = profile;
  }

  /**
   * Selects the application and finds out what kind of token it is.
   *
   * @throws CardException UNKNOWN_CARD when the card has no such application, or is of no known
   *     kind
   */
  static JpkiApplication open(CardChannel channel, JpkiKey key, List<JpkiProfile> known)
      throws CardException {
    ApduExchange card = new ApduExchange(channel);
    // Any refusal means "not this application": cards differ in how they say it.
    Response selected = card.send(new Apdu(0, Apdu.SELECT, 4, 0x0C, AID, 0));
    if (!selected.ok()) {
      throw new CardException(CardFailure.UNKNOWN_CARD, "SELECT JPKI: " + sw(selected));
    }
    String label = label(card);
    JpkiProfile profile =
        known.stream()
            .filter(row -> row.label().equals(label))
            .findFirst()
            .orElseThrow(
                () -> new CardException(CardFailure.UNKNOWN_CARD, "a token of another kind"));
    return new JpkiApplication(card, key, profile);
  }

  private static String label(ApduExchange card) throws CardException {
    select(card, TOKEN_INFORMATION);
    Response information = card.send(new Apdu(0, READ_BINARY, 0, 0, new byte[0], LABEL));
    if (!information.ok() || information.data().length < LABEL) {
      throw new CardException(CardFailure.UNKNOWN_CARD, "token information: " + sw(information));
    }
    return new String(information.data(), 0, LABEL, StandardCharsets.ISO_8859_1).strip();
  }

  JpkiProfile profile() {
    return profile;
  }

  @Override
  public boolean isCertificateBehindPin() {
    return key == JpkiKey.SIGNATURE || profile.certificateBehindPin();
  }

  @Override
  public PinStatus pinStatus() throws CardException {
    select(card, key.pin());
    return PinStatus.of(card.send(new Apdu(0, Apdu.VERIFY, 0, CURRENT_FILE, new byte[0], 0)).sw());
  }

  /** Presents the PIN, once. */
  Response verify(JpkiPin pin) throws CardException {
    // Reading the certificate has made another file the current one.
    select(card, key.pin());
    Apdu command = new Apdu(0, Apdu.VERIFY, 0, CURRENT_FILE, pin.bytes(), 0);
    try {
      return card.send(command);
    } finally {
      command.wipe();
    }
  }

  /** The file is longer than the certificate: the length stands in its first bytes. */
  @Override
  public X509Certificate certificate() throws CardException {
    select(card, key.certificate());
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    read.writeBytes(block(0, BLOCK));
    int length = derLength(read.toByteArray());
    while (read.size() < length) {
      read.writeBytes(block(read.size(), Math.min(BLOCK, length - read.size())));
    }
    return CertificateContainer.parse(Arrays.copyOf(read.toByteArray(), length));
  }

  private byte[] block(int offset, int length) throws CardException {
    Response response =
        card.send(new Apdu(0, READ_BINARY, offset >> 8, offset & 0xFF, new byte[0], length));
    if (!response.ok()) {
      throw new CardException(CardFailure.UNKNOWN_CARD, "no certificate: " + sw(response));
    }
    if (response.data().length == 0 || response.data().length > length) {
      throw new CardException(CardFailure.CARD_ERROR, "READ BINARY: wrong length");
    }
    return response.data();
  }

  /**
   * Length of the certificate that begins with these bytes, header included.
   *
   * @throws CardException CARD_ERROR when it is none of 128 bytes to 8 KiB
   */
  static int derLength(byte[] bytes) throws CardException {
    if (bytes.length >= 3 && bytes[0] == 0x30 && (bytes[1] & 0xFF) == 0x81) {
      return 3 + (bytes[2] & 0xFF);
    }
    if (bytes.length >= 4 && bytes[0] == 0x30 && (bytes[1] & 0xFF) == 0x82) {
      int length = 4 + ((bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF));
      if (length <= LONGEST_CERTIFICATE) {
        return length;
      }
    }
    throw new CardException(CardFailure.CARD_ERROR, "the file holds no certificate");
  }

  @Override
  public boolean canSignWith(SigningAlgorithm algorithm) {
    return profile.algorithms().contains(algorithm);
  }

  @Override
  public byte[] sign(SigningAlgorithm algorithm, byte[] hash) throws CardException {
    select(card, key.key());
    Response response =
        card.send(
            Apdu.of(0x80, PERFORM_SECURITY_OPERATION, 0, CURRENT_FILE, algorithm.digestInfo(hash)));
    if (!response.ok()) {
      throw new CardException(CardFailure.CARD_ERROR, "signature: " + sw(response));
    }
    return response.data();
  }

  private static void select(ApduExchange card, int file) throws CardException {
    byte[] identifier = {(byte) (file >> 8), (byte) file};
    Response response = card.send(new Apdu(0, Apdu.SELECT, 2, 0x0C, identifier, 0));
    if (!response.ok()) {
      throw new CardException(
          CardFailure.UNKNOWN_CARD, "SELECT %04X: %s".formatted(file, sw(response)));
    }
  }

  private static String sw(Response response) {
    return "%04X".formatted(response.sw());
  }
}
