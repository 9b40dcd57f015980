package jp.sekisho.smartcard.pcsc;

import com.sun.jna.Memory;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;

/**
 * A connection to the card service. One per login or watcher; dies with the service, so make a new
 * one after {@link CardFailure#SERVICE_DOWN}. One thread at a time, except {@link #cancel()}.
 */
public final class PcscContext implements AutoCloseable {
  private static final int SCOPE_SYSTEM = 2;
  private static final int SHARE_SHARED = 2;
  private static final int PROTOCOL_ANY = 3;

  /** Characters that hold the names of pcsc-lite's 16 readers. */
  private static final int USUAL_NAMES = 16 * 128;

  private static final int MOST_NAMES = 1 << 20;

  /**
   * Longest wait for a connection: a card is powered up in less than a second. pcsc-lite lets
   * nobody connect a card while another program has a transaction with it.
   */
  static final Duration CONNECT = Duration.ofSeconds(3);

  private final Winscard winscard;
  private final long context;
  private final Lane lane = new Lane();

  private PcscContext(Winscard winscard, long context) {
    this.winscard = winscard;
    this.context = context;
  }

  /** Connects to the service of this machine. */
  public static PcscContext establish() throws CardException {
    return establish(Winscard.load());
  }

  /** Whether the card service's library is installed; says nothing of the service. */
  public static boolean hasLibrary() {
    try {
      return Winscard.load().abi() != null;
    } catch (CardException e) {
      return false;
    }
  }

  static PcscContext establish(Winscard winscard) throws CardException {
    try (Memory handle = new Memory(winscard.abi().handle())) {
      winscard.require(
          "SCardEstablishContext", false, winscard.dword(SCOPE_SYSTEM), null, null, handle);
      return new PcscContext(winscard, handle.getLong(0));
    }
  }

  /** Names of all readers, without touching any; empty when there is none. */
  public List<String> readers() throws CardException {
    requireUsable();
    int chars = USUAL_NAMES;
    while (true) {
      try (Memory length = winscard.dwordRef(chars);
          Memory names = new Memory((long) chars * winscard.abi().charBytes())) {
        int code = winscard.call("SCardListReaders", true, context, null, names, length);
        if (code == ScardCode.NO_READERS) {
          return List.of();
        }
        // How many it needs may have changed again by the next call.
        if (code != ScardCode.INSUFFICIENT_BUFFER || chars >= MOST_NAMES) {
          winscard.require("SCardListReaders", code);
          return winscard.texts(names, winscard.readDword(length, 0));
        }
        chars = Math.min(MOST_NAMES, Math.max(2 * chars, winscard.readDword(length, 0)));
      }
    }
  }

  /**
   * Connects the card in a granted reader, sharing it with other programs. When another program
   * holds the card for three seconds this context is of no further use but to be closed.
   *
   * @throws CardException READER_NOT_GRANTED when the prompt it was granted for is closed, or when
   *     it may be another reader than the one that was meant; NO_CARD, CARD_BUSY, NO_READER,
   *     UNKNOWN_CARD, SERVICE_DOWN
   */
  public PcscCard connect(GrantedReader reader) throws CardException {
    if (!reader.isValid()) {
      throw new CardException(CardFailure.READER_NOT_GRANTED, "the prompt is closed");
    }
    requireUsable();
    if (reader.isConfusable(readers())) {
      throw new CardException(
          CardFailure.READER_NOT_GRANTED, "a reader of the same model has another role");
    }
    // Not freed here: a call that nobody waits for any more still writes into them.
    Memory card = new Memory(winscard.abi().handle());
    Memory protocol = winscard.dwordRef(0);
    Memory name = winscard.text(reader.name());
    int code =
        lane.call(
            CONNECT,
            () ->
                winscard.call(
                    "SCardConnect",
                    true,
                    context,
                    name,
                    winscard.dword(SHARE_SHARED),
                    winscard.dword(PROTOCOL_ANY),
                    card,
                    protocol),
            this::release);
    winscard.require("SCardConnect", code);
    return new PcscCard(
        winscard, lane, this::release, card.getLong(0), winscard.readDword(protocol, 0), reader);
  }

  /**
   * What the service says about the readers we may touch, at once and without touching them; others
   * are not even asked about.
   */
  public List<ReaderState> states(ReaderRoles roles) throws CardException {
    List<ReaderState> question = new ArrayList<>();
    for (String reader : readers()) {
      if (roles.roleOf(reader) != ReaderRole.RESIDENT) {
        question.add(ReaderState.unasked(reader));
      }
    }
    return question.isEmpty() ? question : waitForChange(question, Duration.ZERO);
  }

  /**
   * Waits until a reader's state differs from the known one. Connects to nothing.
   *
   * @param timeout at most 49 days
   * @return the same readers in the same order; unchanged after a timeout or {@link #cancel()};
   *     empty when the service does not know one of them
   */
  List<ReaderState> waitForChange(List<ReaderState> known, Duration timeout) throws CardException {
    requireUsable();
    Abi abi = winscard.abi();
    int size = abi.readerState();
    Memory states = new Memory((long) size * known.size());
    states.clear();
    List<Memory> names = new ArrayList<>();
    for (int i = 0; i < known.size(); i++) {
      Memory name = winscard.text(known.get(i).reader());
      names.add(name);
      states.setPointer((long) i * size, name);
      winscard.writeDword(states, (long) i * size + abi.currentState(), known.get(i).state());
    }
    int code;
    try {
      code =
          winscard.call(
              "SCardGetStatusChange",
              true,
              context,
              winscard.dword(Math.toIntExact(timeout.toMillis())),
              states,
              winscard.dword(known.size()));
    } finally {
      Reference.reachabilityFence(names);
    }
    if (code == ScardCode.UNKNOWN_READER) {
      return List.of();
    }
    if (code == ScardCode.TIMEOUT || code == ScardCode.CANCELLED) {
      return known;
    }
    winscard.require("SCardGetStatusChange", code);
    List<ReaderState> now = new ArrayList<>();
    for (int i = 0; i < known.size(); i++) {
      now.add(
          new ReaderState(
              known.get(i).reader(),
              winscard.readDword(states, (long) i * size + abi.eventState())));
    }
    return now;
  }

  /** Ends a running {@link #waitForChange}; from any thread. */
  void cancel() {
    winscard.call("SCardCancel", false, context);
  }

  /** Never hangs: what another program holds up is cleared away when that ends. */
  @Override
  public void close() {
    if (!lane.isLeft()) {
      release();
    }
  }

  /** With it the service lets go of every card connected through it. */
  private void release() {
    winscard.call("SCardReleaseContext", false, context);
  }

  private void requireUsable() throws CardException {
    if (lane.isLeft()) {
      throw new CardException(CardFailure.CARD_BUSY, "another program holds the card");
    }
  }
}
