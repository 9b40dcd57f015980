package jp.sekisho.smartcard.pcsc;

import java.util.Arrays;
import java.util.HexFormat;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;

/**
 * What may be sent to a card in a reader shared with residents: while the prompt is open, SELECT of
 * the PIV application, and after the card accepted that, anything but another SELECT by name. A
 * resident's card thus sees one SELECT it refuses.
 */
final class SharedReaderGate {
  /** NIST SP 800-73: the PIV application without version. */
  private static final byte[] PIV = HexFormat.of().parseHex("A000000308000010000100");

  private static final int SHORTEST_PIV = 9;

  private final GrantedReader reader;
  private boolean pivSelected;

  SharedReaderGate(GrantedReader reader) {
    this.reader = reader;
  }

  void check(Apdu command) throws CardException {
    if (!reader.isValid()) {
      throw new CardException(CardFailure.READER_NOT_GRANTED, "the prompt is closed");
    }
    if (reader.role() == ReaderRole.SHARED && !(isSelect(command) ? isPiv(command) : pivSelected)) {
      throw new CardException(CardFailure.READER_NOT_GRANTED, "a shared reader is for PIV only");
    }
  }

  void answered(Apdu command, Response response) {
    if (isSelect(command)) {
      pivSelected = response.ok() || response.sw() >> 8 == 0x61;
    }
  }

  void reset() {
    pivSelected = false;
  }

  private static boolean isSelect(Apdu command) {
    return command.ins() == Apdu.SELECT;
  }

  private static boolean isPiv(Apdu command) {
    byte[] aid = command.data();
    return command.p1() == 4
        && aid.length >= SHORTEST_PIV
        && aid.length <= PIV.length
        && Arrays.equals(aid, Arrays.copyOf(PIV, aid.length));
  }
}
