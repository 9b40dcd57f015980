package jp.sekisho.smartcard.pcsc;

import com.sun.jna.Memory;
import java.util.Arrays;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;

/** A connected card in a granted reader. One thread at a time. */
public final class PcscCard implements CardChannel {
  private static final int SHARE_SHARED = 2;
  private static final int PROTOCOL_ANY = 3;
  private static final int LEAVE_CARD = 0;
  private static final int RESET_CARD = 1;
  private static final int MAX_ANSWER = 258;

  private final Winscard winscard;
  private final long card;
  private final GrantedReader reader;
  private final SharedReaderGate gate;
  private int protocol;
  private boolean closed;

  PcscCard(Winscard winscard, long card, int protocol, GrantedReader reader) {
    this.winscard = winscard;
    this.card = card;
    this.protocol = protocol;
    this.reader = reader;
    this.gate = new SharedReaderGate(reader);
  }

  public GrantedReader reader() {
    return reader;
  }

  @Override
  public void begin() throws CardException {
    int code = winscard.call("SCardBeginTransaction", false, card);
    if (code == ScardCode.RESET_CARD) {
      // Another program reset the card since we connected: take note, and start over.
      reconnect(LEAVE_CARD);
      code = winscard.call("SCardBeginTransaction", false, card);
    }
    ScardCode.require("SCardBeginTransaction", code);
  }

  @Override
  public Response transmit(Apdu command) throws CardException {
    gate.check(command);
    byte[] bytes = command.encode();
    Memory request = new Memory(bytes.length);
    Memory answer = new Memory(MAX_ANSWER);
    Memory length = winscard.dwordRef(MAX_ANSWER);
    try {
      request.write(0, bytes, 0, bytes.length);
      winscard.require(
          "SCardTransmit",
          false,
          card,
          ioRequest(),
          request,
          winscard.dword(bytes.length),
          null,
          answer,
          length);
    } finally {
      Arrays.fill(bytes, (byte) 0);
      request.clear();
    }
    int received = winscard.readDword(length, 0);
    if (received < 0 || received > MAX_ANSWER) {
      throw new CardException(CardFailure.CARD_ERROR, "answer length " + received);
    }
    Response response = Response.parse(answer.getByteArray(0, received));
    gate.answered(command, response);
    return response;
  }

  @Override
  public void endAndReset() throws CardException {
    gate.reset();
    winscard.require("SCardEndTransaction", false, card, winscard.dword(RESET_CARD));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      winscard.call("SCardDisconnect", false, card, winscard.dword(RESET_CARD));
    }
  }

  private void reconnect(int initialization) throws CardException {
    gate.reset();
    Memory active = winscard.dwordRef(0);
    winscard.require(
        "SCardReconnect",
        false,
        card,
        winscard.dword(SHARE_SHARED),
        winscard.dword(PROTOCOL_ANY),
        winscard.dword(initialization),
        active);
    protocol = winscard.readDword(active, 0);
  }

  private Memory ioRequest() {
    Abi abi = winscard.abi();
    Memory request = new Memory(abi.ioRequest());
    winscard.writeDword(request, 0, protocol);
    winscard.writeDword(request, abi.dword(), abi.ioRequest());
    return request;
  }
}
