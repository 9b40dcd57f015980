package jp.sekisho.smartcard.piv;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;

/**
 * The commands of a PIV card we use, one method each. No order, no policy: that is {@link
 * PinDiscipline} for those who use a card, {@code issue} for those who make one.
 */
public final class PivApplication implements PinApplication {
  private static final byte[] AID = HexFormat.of().parseHex("A000000308000010000100");
  private static final byte[] DISCOVERY = HexFormat.of().parseHex("5C017E");
  private static final byte[] CERTIFICATE_9A = HexFormat.of().parseHex("5C035FC105");
  private static final int KEY_9A = 0x9A;
  private static final int APPLICATION_PIN = 0x80;
  private static final int PUK = 0x81;
  private static final int GLOBAL_PIN = 0x00;

  private final CardChannel channel;
  private final ApduExchange card;
  private int pin = APPLICATION_PIN;

  PivApplication(CardChannel channel) {
    this.channel = channel;
    this.card = new ApduExchange(channel);
  }

  /** Selects the application and asks which PIN its user has. */
  public static PivApplication open(CardChannel channel) throws CardException {
    PivApplication piv = new PivApplication(channel);
    piv.select();
    piv.discover();
    return piv;
  }

  /** Any refusal means "not this application": cards differ in how they say it. */
  void select() throws CardException {
    Response response = card.send(Apdu.select(AID));
    if (!response.ok()) {
      throw new CardException(CardFailure.UNKNOWN_CARD, "SELECT PIV: " + sw(response));
    }
  }

  /**
   * Reads the discovery object (SP 800-73-5 part 1, section 3.3.2), which is optional: without it
   * there is the application PIN only, as where nothing is in it. Its second policy byte says 20
   * where the user has and knows the card's global PIN instead.
   */
  private void discover() throws CardException {
    Response response = card.send(Apdu.of(0, Apdu.GET_DATA, 0x3F, 0xFF, DISCOVERY));
    if (!response.ok() || response.data().length == 0) {
      return;
    }
    List<Tlv> discovery = Tlv.parse(Tlv.require(response.data(), 0x7E));
    Optional<byte[]> policy = Tlv.find(discovery, 0x5F2F);
    if (policy.isEmpty() || policy.get().length != 2 || (policy.get()[0] & 0x40) == 0) {
      throw new CardException(CardFailure.CARD_ERROR, "discovery object without PIN policy");
    }
    boolean global = (policy.get()[0] & 0x20) != 0 && policy.get()[1] == 0x20;
    pin = global ? GLOBAL_PIN : APPLICATION_PIN;
  }

  @Override
  public boolean isCertificateBehindPin() {
    return false;
  }

  @Override
  public X509Certificate certificate() throws CardException {
    Response response = card.send(Apdu.of(0, Apdu.GET_DATA, 0x3F, 0xFF, CERTIFICATE_9A));
    if (!response.ok()) {
      throw new CardException(CardFailure.UNKNOWN_CARD, "no certificate: " + sw(response));
    }
    return CertificateContainer.open(response.data());
  }

  @Override
  public PinStatus pinStatus() throws CardException {
    return PinStatus.of(card.send(new Apdu(0, Apdu.VERIFY, 0, pin, new byte[0], 0)).sw());
  }

  /** Presents the PIN, once. */
  public Response verify(Pin typed) throws CardException {
    Apdu command = new Apdu(0, Apdu.VERIFY, 0, pin, typed.padded(), 0);
    try {
      return card.send(command);
    } finally {
      command.wipe();
    }
  }

  /**
   * Has the reader take the PIN on its own keys and present it, once.
   *
   * @throws CardException PIN_NOT_ENTERED when nobody typed it; CARD_ERROR when the reader has no
   *     keys after all
   */
  Response verifyOnKeys(Locale locale) throws CardException {
    return channel
        .pinKeys()
        .orElseThrow(() -> new CardException(CardFailure.CARD_ERROR, "a reader without keys"))
        .present(pin, Pin.SHORTEST, Pin.LONGEST, Pin.LONGEST, locale);
  }

  /** Presents the old PIN, once, and sets the new one in its place. */
  public Response change(Pin old, Pin next) throws CardException {
    byte[] both = new byte[2 * Pin.LONGEST];
    byte[] first = old.padded();
    byte[] second = next.padded();
    System.arraycopy(first, 0, both, 0, Pin.LONGEST);
    System.arraycopy(second, 0, both, Pin.LONGEST, Pin.LONGEST);
    Arrays.fill(first, (byte) 0);
    Arrays.fill(second, (byte) 0);
    Apdu command = new Apdu(0, Apdu.CHANGE_REFERENCE_DATA, 0, pin, both, 0);
    try {
      return card.send(command);
    } finally {
      command.wipe();
      Arrays.fill(both, (byte) 0);
    }
  }

  @Override
  public boolean canSignWith(SigningAlgorithm algorithm) {
    return true;
  }

  /**
   * RESET RETRY COUNTER (SP 800-73-5 part 2, 3.2.3): a new PIN by the PUK, once.
   *
   * @param puk 8 bytes; the caller wipes them
   */
  public Response resetPin(byte[] puk, Pin next) throws CardException {
    byte[] fresh = next.padded();
    try {
      return replace(Apdu.RESET_RETRY_COUNTER, APPLICATION_PIN, puk, fresh);
    } finally {
      Arrays.fill(fresh, (byte) 0);
    }
  }

  /**
   * CHANGE REFERENCE DATA of the PUK, once.
   *
   * @param old 8 bytes; the caller wipes both
   */
  public Response changePuk(byte[] old, byte[] next) throws CardException {
    return replace(Apdu.CHANGE_REFERENCE_DATA, PUK, old, next);
  }

  private Response replace(int instruction, int reference, byte[] proof, byte[] fresh)
      throws CardException {
    byte[] both = Arrays.copyOf(proof, proof.length + fresh.length);
    System.arraycopy(fresh, 0, both, proof.length, fresh.length);
    try {
      return card.send(new Apdu(0, instruction, 0, reference, both, 0));
    } finally {
      Arrays.fill(both, (byte) 0);
    }
  }

  /** GENERAL AUTHENTICATE with key 9A; the card's own answer, refusals included. */
  public Response trySigning(SigningAlgorithm algorithm, byte[] hash) throws CardException {
    Tlv template = Tlv.of(0x7C, new Tlv(0x82, new byte[0]), new Tlv(0x81, algorithm.block(hash)));
    return card.send(
        Apdu.of(0, Apdu.GENERAL_AUTHENTICATE, algorithm.piv(), KEY_9A, template.encode()));
  }

  @Override
  public byte[] sign(SigningAlgorithm algorithm, byte[] hash) throws CardException {
    Response response = trySigning(algorithm, hash);
    if (!response.ok()) {
      throw new CardException(CardFailure.CARD_ERROR, "GENERAL AUTHENTICATE: " + sw(response));
    }
    return Tlv.require(Tlv.require(response.data(), 0x7C), 0x82);
  }

  static String sw(Response response) {
    return "%04X".formatted(response.sw());
  }
}
