package jp.sekisho.agent.testing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jp.sekisho.agent.login.CardDesk;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.PinKeys;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.pcsc.PromptScope;
import jp.sekisho.smartcard.simulate.Applet;
import org.jspecify.annotations.Nullable;

/** A desk with one reader and the simulated card in memory; cards come and go as a test says. */
public final class MemoryDesk implements CardDesk {
  public static final String READER = "Staff reader 00";

  /** PERFORM SECURITY OPERATION, with which JPKI signs. */
  private static final int SIGN = 0x2A;

  /** Instructions sent to cards, in order. */
  public final List<Integer> instructions = new CopyOnWriteArrayList<>();

  /** How often a card was connected. */
  public final AtomicInteger connects = new AtomicInteger();

  /** How often a PIN was presented to a card. */
  public final AtomicInteger presented = new AtomicInteger();

  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final boolean shared;
  private volatile boolean staffOnly = true;
  private volatile @Nullable String keys;
  private @Nullable Applet card;
  private int counter;
  private volatile @Nullable CardFailure failure;
  private volatile Refusal absent = Refusal.NO_CARD;
  private volatile @Nullable Runnable beforeSign;
  private volatile Consumer<PromptScope> connected = prompt -> {};

  public MemoryDesk(boolean shared) {
    this.shared = shared;
  }

  public synchronized void insert(Applet applet) {
    card = applet;
    counter++;
  }

  /** Takes the card out and tells. */
  public void remove() {
    synchronized (this) {
      card = null;
    }
    listeners.forEach(listener -> listener.accept(READER));
  }

  /** Connecting fails from now on. */
  public void failing(CardFailure reason) {
    failure = reason;
  }

  /** The reader has keys from now on, on which somebody types this; nothing: the cancel key. */
  public void typedOnKeys(String digits) {
    keys = digits;
  }

  /** There is one reader, or one beside this that serves residents. */
  public void besideResidents() {
    staffOnly = false;
  }

  /** Why there is no card while there is none. */
  public void absent(Refusal reason) {
    absent = reason;
  }

  /** Runs when a card was connected, before any command, with the prompt it was connected for. */
  public void onConnected(Consumer<PromptScope> script) {
    connected = script;
  }

  /** Runs once, just before the card signs. */
  public void beforeSign(Runnable script) {
    beforeSign = script;
  }

  @Override
  public synchronized Look look() {
    return card == null
        ? new Look.Absent(absent, absent == Refusal.NO_CARD ? READER : null)
        : new Look.Present(new Stay(READER, counter, shared));
  }

  @Override
  public synchronized List<Stay> cards() {
    return card == null ? List.of() : List.of(new Stay(READER, counter, shared));
  }

  @Override
  public CardChannel connect(Stay stay, PromptScope prompt) throws CardException {
    CardChannel channel = connect(prompt);
    connected.accept(prompt);
    return channel;
  }

  private synchronized CardChannel connect(PromptScope prompt) throws CardException {
    CardFailure reason = failure;
    if (reason != null) {
      throw new CardException(reason, "scripted");
    }
    Applet applet = card;
    if (applet == null) {
      throw new CardException(CardFailure.NO_CARD, "scripted");
    }
    if (shared && !prompt.isOpen()) {
      throw new CardException(CardFailure.READER_NOT_GRANTED, "no prompt");
    }
    connects.incrementAndGet();
    return new Channel(applet, prompt);
  }

  @Override
  public boolean servesStaffOnly() {
    return staffOnly;
  }

  @Override
  public boolean isOnlyCard(Stay stay) {
    return isStill(stay);
  }

  @Override
  public synchronized boolean isStill(Stay stay) {
    return card != null && counter == stay.counter();
  }

  @Override
  public void onGone(Consumer<String> listener) {
    listeners.add(listener);
  }

  private final class Channel implements CardChannel {
    private final Applet applet;
    private final PromptScope prompt;

    private Channel(Applet applet, PromptScope prompt) {
      this.applet = applet;
      this.prompt = prompt;
    }

    @Override
    public void begin() throws CardException {
      present();
    }

    @Override
    public Response transmit(Apdu command) throws CardException {
      if (shared && !prompt.isOpen()) {
        throw new CardException(CardFailure.READER_NOT_GRANTED, "the prompt is closed");
      }
      instructions.add(command.ins());
      if (command.ins() == Apdu.VERIFY && command.data().length > 0) {
        presented.incrementAndGet();
      }
      Runnable script = beforeSign;
      if ((command.ins() == Apdu.GENERAL_AUTHENTICATE || command.ins() == SIGN) && script != null) {
        beforeSign = null;
        script.run();
      }
      present();
      return applet.process(command.encode());
    }

    @Override
    public Optional<PinKeys> pinKeys() {
      return keys == null
          ? Optional.empty()
          : Optional.of((reference, shortest, longest, block, locale) ->
              typed(Objects.requireNonNull(keys), reference, block));
    }

    private Response typed(String digits, int reference, int block) throws CardException {
      present();
      if (digits.isEmpty()) {
        throw new CardException(CardFailure.PIN_NOT_ENTERED, "scripted");
      }
      byte[] padded = new byte[block];
      Arrays.fill(padded, (byte) 0xFF);
      System.arraycopy(digits.getBytes(StandardCharsets.US_ASCII), 0, padded, 0, digits.length());
      return applet.process(new Apdu(0, Apdu.VERIFY, 0, reference, padded, 0).encode());
    }

    @SuppressWarnings("ReferenceEquality") // the very card, not one like it
    private void present() throws CardException {
      synchronized (MemoryDesk.this) {
        if (card != applet) {
          throw new CardException(CardFailure.CARD_REMOVED, "scripted");
        }
      }
    }

    @Override
    public void endAndReset() {
      applet.reset();
    }

    @Override
    public void close() {
      applet.reset();
    }
  }
}
