package jp.sekisho.smartcard.pcsc;

import com.sun.jna.Memory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.PinKeys;
import jp.sekisho.smartcard.Response;

/** A connected card in a granted reader. One thread at a time. */
public final class PcscCard implements CardChannel {
  private static final int SHARE_SHARED = 2;
  private static final int PROTOCOL_T0 = 1;
  private static final int PROTOCOL_ANY = 3;
  private static final int LEAVE_CARD = 0;
  private static final int RESET_CARD = 1;
  private static final int MAX_ANSWER = 258;

  /** Longest wait for the end of another program's transaction when we leave. */
  private static final Duration DISCONNECT = Duration.ofSeconds(1);

  private final Winscard winscard;
  private final Lane lane;
  private final Runnable release;
  private final long card;
  private final GrantedReader reader;
  private final SharedReaderGate gate;
  private int protocol;
  private boolean closed;

  /** Whether the card got a command since it was last reset. */
  private boolean used;

  /**
   * @param release of the context, for when it cannot be done by its owner
   */
  PcscCard(
      Winscard winscard,
      Lane lane,
      Runnable release,
      long card,
      int protocol,
      GrantedReader reader) {
    this.winscard = winscard;
    this.lane = lane;
    this.release = release;
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
    winscard.require("SCardBeginTransaction", code);
  }

  @Override
  public Response transmit(Apdu command) throws CardException {
    gate.check(command);
    used = true;
    byte[] bytes = onTheWire(command).encode();
    // Freed at once: thousands of them left to the collector make one collection last longer than
    // a login.
    try (Memory header = ioRequest();
        Memory request = new Memory(bytes.length);
        Memory answer = new Memory(MAX_ANSWER);
        Memory length = winscard.dwordRef(MAX_ANSWER)) {
      try {
        request.write(0, bytes, 0, bytes.length);
        winscard.require(
            "SCardTransmit",
            false,
            card,
            header,
            request,
            winscard.dword(bytes.length),
            null,
            answer,
            length);
      } finally {
        Arrays.fill(bytes, (byte) 0);
        request.clear();
      }
      Response response = Response.parse(answer.getByteArray(0, received(length)));
      gate.answered(command, response);
      return response;
    }
  }

  private int received(Memory length) throws CardException {
    int received = winscard.readDword(length, 0);
    if (received < 0 || received > MAX_ANSWER) {
      throw new CardException(CardFailure.CARD_ERROR, "answer length " + received);
    }
    return received;
  }

  /**
   * T=0 carries data one way at a time: a command with data has no Le there, or the reader refuses
   * it or takes the Le for data; the card says 61xx and is asked with GET RESPONSE (ISO/IEC 7816-3,
   * 12.2.1).
   */
  private Apdu onTheWire(Apdu command) {
    return protocol == PROTOCOL_T0 && command.data().length > 0 && command.le() > 0
        ? command.withLe(0)
        : command;
  }

  @Override
  public void endAndReset() throws CardException {
    gate.reset();
    winscard.require("SCardEndTransaction", false, card, winscard.dword(RESET_CARD));
    used = false;
  }

  /**
   * The reader's own keys for the PIN; empty when it has none. Asks the reader's driver, not the
   * card.
   *
   * @throws CardException CARD_ERROR when the driver's answer is no list of features; what {@link
   *     #transmit} throws
   */
  public Optional<PinPad> pinPad() throws CardException {
    ControlAnswer answer = control(winscard.abi().controlCode(PinPadFeatures.REQUEST), new byte[0]);
    if (answer.isUnsupported()) {
      return Optional.empty();
    }
    requireControlled(answer);
    return PinPadFeatures.parse(answer.data())
        .verifyPinDirect()
        .map(code -> new PinPad(this, code));
  }

  @Override
  public Optional<PinKeys> pinKeys() throws CardException {
    return pinPad()
        .map(pad ->
            (reference, shortest, longest, block, locale) ->
                answered(
                    pad.verify(
                        new PinPadEntry(
                            reference, shortest, longest, block, PinKeys.LIMIT, locale))));
  }

  private static Response answered(PinPadOutcome outcome) throws CardException {
    if (outcome instanceof PinPadOutcome.NotEntered none) {
      throw new CardException(
          CardFailure.PIN_NOT_ENTERED, "reader's keys: " + none.reason().name());
    }
    return ((PinPadOutcome.Answered) outcome).response();
  }

  /** Has the reader send a command it completes with the PIN; the same rules as for our own. */
  ControlAnswer controlWith(Apdu command, int controlCode, byte[] input) throws CardException {
    gate.check(command);
    used = true;
    return control(controlCode, input);
  }

  /**
   * What SCardControl gave.
   *
   * @param code the SCARD code
   * @param data empty unless the code is 0
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record ControlAnswer(int code, byte[] data) {
    /** Drivers without pin pad, and readers without any of this, say so in several ways. */
    boolean isUnsupported() {
      return switch (code) {
        case ScardCode.UNEXPECTED,
            ScardCode.UNSUPPORTED_FEATURE,
            ScardCode.INVALID_PARAMETER,
            ScardCode.INVALID_VALUE,
            // What pcsc-lite makes of any failure of the driver here.
            ScardCode.NOT_TRANSACTED,
            ScardCode.WIN32_INVALID_FUNCTION,
            ScardCode.WIN32_NOT_SUPPORTED ->
            true;
        default -> false;
      };
    }
  }

  /** Throws unless the reader did what it was asked to. */
  void requireControlled(ControlAnswer answer) throws CardException {
    winscard.require("SCardControl", answer.code());
  }

  private ControlAnswer control(int controlCode, byte[] input) throws CardException {
    if (!reader.isValid()) {
      throw new CardException(CardFailure.READER_NOT_GRANTED, "the prompt is closed");
    }
    try (Memory in = new Memory(Math.max(1, input.length));
        Memory out = new Memory(MAX_ANSWER);
        Memory length = winscard.dwordRef(0)) {
      in.write(0, input, 0, input.length);
      int code =
          winscard.call(
              "SCardControl",
              false,
              card,
              winscard.dword(controlCode),
              in,
              winscard.dword(input.length),
              out,
              winscard.dword(MAX_ANSWER),
              length);
      int received = received(length);
      return new ControlAnswer(
          code, code == ScardCode.OK ? out.getByteArray(0, received) : new byte[0]);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      // A card we did not use, or have reset since, is not ours to reset: another program may be at
      // work with it.
      int disposition = used ? RESET_CARD : LEAVE_CARD;
      lane.call(
          DISCONNECT,
          () -> winscard.call("SCardDisconnect", false, card, winscard.dword(disposition)),
          release);
    }
  }

  private void reconnect(int initialization) throws CardException {
    gate.reset();
    try (Memory active = winscard.dwordRef(0)) {
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
  }

  private Memory ioRequest() {
    Abi abi = winscard.abi();
    Memory request = new Memory(abi.ioRequest());
    winscard.writeDword(request, 0, protocol);
    winscard.writeDword(request, abi.dword(), abi.ioRequest());
    return request;
  }
}
