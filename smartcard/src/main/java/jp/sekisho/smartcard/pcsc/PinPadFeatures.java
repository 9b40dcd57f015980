package jp.sekisho.smartcard.pcsc;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;

/**
 * What a reader's driver answers to CM_IOCTL_GET_FEATURE_REQUEST (PC/SC part 10, 2.2): entries of
 * tag, length 4 and a control code, big-endian on every platform.
 *
 * @param controlCodes feature tag to control code
 */
record PinPadFeatures(Map<Integer, Integer> controlCodes) {
  /** To be made a control code by the platform's SCARD_CTL_CODE. */
  static final int REQUEST = 3400;

  private static final int VERIFY_PIN_DIRECT = 0x06;
  private static final int ENTRY = 6;

  PinPadFeatures {
    controlCodes = Map.copyOf(controlCodes);
  }

  /**
   * @throws CardException CARD_ERROR unless it is a sequence of whole entries with a feature once
   */
  static PinPadFeatures parse(byte[] answer) throws CardException {
    if (answer.length % ENTRY != 0) {
      throw malformed("length " + answer.length);
    }
    Map<Integer, Integer> codes = new TreeMap<>();
    ByteBuffer in = ByteBuffer.wrap(answer);
    while (in.hasRemaining()) {
      int tag = in.get() & 0xFF;
      int length = in.get() & 0xFF;
      if (length != Integer.BYTES) {
        throw malformed("feature %02X has length %d".formatted(tag, length));
      }
      if (codes.put(tag, in.getInt()) != null) {
        throw malformed("feature %02X twice".formatted(tag));
      }
    }
    return new PinPadFeatures(codes);
  }

  Optional<Integer> verifyPinDirect() {
    return Optional.ofNullable(controlCodes.get(VERIFY_PIN_DIRECT));
  }

  private static CardException malformed(String detail) {
    return new CardException(CardFailure.CARD_ERROR, "list of reader features: " + detail);
  }
}
