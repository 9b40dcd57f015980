package jp.sekisho.smartcard.issue;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.ApduExchange;
import jp.sekisho.smartcard.piv.PivApplication;
import jp.sekisho.smartcard.piv.SigningAlgorithm;
import jp.sekisho.smartcard.piv.Tlv;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * The commands of a PIV card's maker (SP 800-73-5 part 2, 3.2.4 and 3.3) and those Yubico added,
 * one method each, within a transaction of the caller's. What a card does not know is an empty
 * answer.
 */
final class PivAdministration {
  static final int SLOT_9A = 0x9A;
  static final int CERTIFICATE_9A = 0x5FC105;
  static final int CHUID = 0x5FC102;
  static final int CAPABILITIES = 0x5FC107;

  private static final int GENERATE = 0x47;
  private static final int GET_METADATA = 0xF7;
  private static final int GET_SERIAL = 0xF8;
  private static final int ATTEST = 0xF9;
  private static final int GET_VERSION = 0xFD;
  private static final int REFERENCE_9B = 0x9B;
  private static final int PUK_REFERENCE = 0x81;
  private static final int ATTESTATION_CERTIFICATE = 0x5FFF01;
  private static final int PIN_ONCE = 2;
  private static final int TOUCH_NEVER = 1;

  private final ApduExchange card;
  private final PivApplication application;

  private PivAdministration(CardChannel channel, PivApplication application) {
    this.card = new ApduExchange(channel);
    this.application = application;
  }

  /** Selects the application. */
  static PivAdministration open(CardChannel channel) throws CardException {
    return new PivAdministration(channel, PivApplication.open(channel));
  }

  PivApplication application() {
    return application;
  }

  /** Three bytes of a YubiKey, or of what answers like one. */
  Optional<byte[]> version() throws CardException {
    return data(new Apdu(0, GET_VERSION, 0, 0, new byte[0], 256)).filter(v -> v.length == 3);
  }

  OptionalInt serial() throws CardException {
    Optional<byte[]> serial =
        data(new Apdu(0, GET_SERIAL, 0, 0, new byte[0], 256)).filter(s -> s.length == 4);
    return serial.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(new BigInteger(serial.get()).intValue());
  }

  /** What a YubiKey says of its PUK. */
  record PukStatus(boolean isDefault, int triesLeft) {}

  Optional<PukStatus> puk() throws CardException {
    Optional<List<Tlv>> metadata = metadata(PUK_REFERENCE);
    Optional<byte[]> flag = metadata.flatMap(values -> Tlv.find(values, 0x05));
    Optional<byte[]> tries = metadata.flatMap(values -> Tlv.find(values, 0x06));
    return flag.isEmpty() || flag.get().length != 1 || tries.isEmpty() || tries.get().length != 2
        ? Optional.empty()
        : Optional.of(new PukStatus(flag.get()[0] != 0, tries.get()[1] & 0xFF));
  }

  /** Algorithm of the management key; triple DES where the card does not say. */
  int managementAlgorithm() throws CardException {
    return metadata(REFERENCE_9B)
        .flatMap(values -> Tlv.find(values, 0x01))
        .filter(algorithm -> algorithm.length == 1)
        .map(algorithm -> algorithm[0] & 0xFF)
        .orElse(ManagementSecret.TDES);
  }

  private Optional<List<Tlv>> metadata(int reference) throws CardException {
    Optional<byte[]> data = data(new Apdu(0, GET_METADATA, 0, reference, new byte[0], 256));
    return data.isEmpty() ? Optional.empty() : Optional.of(Tlv.parse(data.get()));
  }

  /**
   * Mutual authentication with the management key: the card proves that it has it too.
   *
   * @return false when the card has another key
   */
  boolean authenticate(ManagementSecret key, SecureRandom random) throws CardException {
    Response first = general(key, Tlv.of(0x7C, new Tlv(0x80, new byte[0])));
    if (!first.ok()) {
      return false;
    }
    byte[] witness = Tlv.require(Tlv.require(first.data(), 0x7C), 0x80);
    if (witness.length != key.block()) {
      throw new CardException(CardFailure.CARD_ERROR, "witness of " + witness.length + " bytes");
    }
    byte[] challenge = new byte[key.block()];
    random.nextBytes(challenge);
    Response second =
        general(key, Tlv.of(0x7C, new Tlv(0x80, key.decrypt(witness)), new Tlv(0x81, challenge)));
    if (!second.ok()) {
      return false;
    }
    byte[] answer = Tlv.require(Tlv.require(second.data(), 0x7C), 0x82);
    if (!MessageDigest.isEqual(answer, key.encrypt(challenge))) {
      throw new CardException(CardFailure.CARD_ERROR, "the card does not know its own key");
    }
    return true;
  }

  private Response general(ManagementSecret key, Tlv template) throws CardException {
    return card.send(
        Apdu.of(0, Apdu.GENERAL_AUTHENTICATE, key.algorithm(), REFERENCE_9B, template.encode()));
  }

  /**
   * Yubico's SET MANAGEMENT KEY; false when the card does not know the algorithm or the command.
   */
  boolean setManagementKey(ManagementSecret key) throws CardException {
    byte[] bytes = key.bytes();
    byte[] data = new byte[3 + bytes.length];
    data[0] = (byte) key.algorithm();
    data[1] = (byte) REFERENCE_9B;
    data[2] = (byte) bytes.length;
    System.arraycopy(bytes, 0, data, 3, bytes.length);
    try {
      return card.send(new Apdu(0, Apdu.SET_MANAGEMENT_KEY, 0xFF, 0xFF, data, 0)).ok();
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(data, (byte) 0);
    }
  }

  /**
   * Makes a key pair in 9A.
   *
   * @param policies tell the card in Yubico's way that the PIN is wanted and no touch
   */
  PublicKey generate(SigningAlgorithm algorithm, boolean policies) throws CardException {
    Tlv type = new Tlv(0x80, new byte[] {(byte) algorithm.piv()});
    Tlv template =
        policies
            ? Tlv.of(
                0xAC,
                type,
                new Tlv(0xAA, new byte[] {PIN_ONCE}),
                new Tlv(0xAB, new byte[] {TOUCH_NEVER}))
            : Tlv.of(0xAC, type);
    Response response = card.send(Apdu.of(0, GENERATE, 0, SLOT_9A, template.encode()));
    if (!response.ok()) {
      throw new CardException(CardFailure.CARD_ERROR, "GENERATE: %04X".formatted(response.sw()));
    }
    PublicKey key = publicKey(algorithm, Tlv.parse(Tlv.require(response.data(), 0x7F49)));
    if (!SigningAlgorithm.of(key).equals(Optional.of(algorithm))) {
      throw new CardException(CardFailure.CARD_ERROR, "another key than was asked for");
    }
    return key;
  }

  private static PublicKey publicKey(SigningAlgorithm algorithm, List<Tlv> parts)
      throws CardException {
    try {
      if (algorithm.isRsa()) {
        return KeyFactory.getInstance("RSA")
            .generatePublic(
                new RSAPublicKeySpec(
                    new BigInteger(1, part(parts, 0x81)), new BigInteger(1, part(parts, 0x82))));
      }
      ASN1ObjectIdentifier curve =
          algorithm == SigningAlgorithm.P_256
              ? SECObjectIdentifiers.secp256r1
              : SECObjectIdentifiers.secp384r1;
      byte[] info =
          new SubjectPublicKeyInfo(
                  new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve),
                  part(parts, 0x86))
              .getEncoded();
      return SignatureVerifier.encoded(info)
          .orElseThrow(() -> new CardException(CardFailure.CARD_ERROR, "no point of the curve"));
    } catch (GeneralSecurityException | IOException e) {
      throw new CardException(CardFailure.CARD_ERROR, "unreadable public key");
    }
  }

  private static byte[] part(List<Tlv> parts, int tag) throws CardException {
    return Tlv.find(parts, tag)
        .orElseThrow(() ->
            new CardException(CardFailure.CARD_ERROR, "public key without %X".formatted(tag)));
  }

  /** Yubico's attestation of the key in 9A, DER of a certificate. */
  Optional<byte[]> attestation() throws CardException {
    return data(new Apdu(0, ATTEST, SLOT_9A, 0, new byte[0], 256));
  }

  /** The certificate of F9 that attestations are signed under, in its container. */
  Optional<byte[]> attestationCertificate() throws CardException {
    return object(ATTESTATION_CERTIFICATE);
  }

  /** A data object with its wrapper; empty when there is none. */
  Optional<byte[]> object(int tag) throws CardException {
    return data(Apdu.of(0, Apdu.GET_DATA, 0x3F, 0xFF, new Tlv(0x5C, tag(tag)).encode()));
  }

  void putObject(int tag, byte[] content) throws CardException {
    byte[] data = Tlv.of(0, new Tlv(0x5C, tag(tag)), new Tlv(0x53, content)).value();
    Response response = card.send(new Apdu(0, Apdu.PUT_DATA, 0x3F, 0xFF, data, 0));
    if (!response.ok()) {
      throw new CardException(CardFailure.CARD_ERROR, "PUT DATA: %04X".formatted(response.sw()));
    }
  }

  private Optional<byte[]> data(Apdu command) throws CardException {
    Response response = card.send(command);
    return response.ok() && response.data().length > 0
        ? Optional.of(response.data())
        : Optional.empty();
  }

  private static byte[] tag(int tag) {
    return HexFormat.of().parseHex("%06X".formatted(tag));
  }
}
