package jp.sekisho.agent.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import jp.sekisho.agent.login.CardDesk;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.pcsc.PromptScope;
import jp.sekisho.smartcard.simulate.PivApplet;
import org.jspecify.annotations.Nullable;

/** A desk with one reader and the simulated card in memory; cards come and go as a test says. */
public final class MemoryDesk implements CardDesk {
  public static final String READER = "Staff reader 00";

  /** Instructions sent to cards, in order. */
  public final List<Integer> instructions = new CopyOnWriteArrayList<>();

  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final boolean shared;
  private @Nullable PivApplet card;
  private int counter;
  private volatile @Nullable CardFailure failure;
  private volatile Refusal absent = Refusal.NO_CARD;
  private volatile @Nullable Runnable beforeSign;

  public MemoryDesk(boolean shared) {
    this.shared = shared;
  }

  public synchronized void insert(PivApplet applet) {
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

  /** Why there is no card while there is none. */
  public void absent(Refusal reason) {
    absent = reason;
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
  public synchronized CardChannel connect(Stay stay, PromptScope prompt) throws CardException {
    CardFailure reason = failure;
    if (reason != null) {
      throw new CardException(reason, "scripted");
    }
    PivApplet applet = card;
    if (applet == null) {
      throw new CardException(CardFailure.NO_CARD, "scripted");
    }
    if (shared && !prompt.isOpen()) {
      throw new CardException(CardFailure.READER_NOT_GRANTED, "no prompt");
    }
    return new Channel(applet);
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
    private final PivApplet applet;

    private Channel(PivApplet applet) {
      this.applet = applet;
    }

    @Override
    public void begin() throws CardException {
      present();
    }

    @Override
    public Response transmit(Apdu command) throws CardException {
      instructions.add(command.ins());
      Runnable script = beforeSign;
      if (command.ins() == Apdu.GENERAL_AUTHENTICATE && script != null) {
        beforeSign = null;
        script.run();
      }
      present();
      return applet.process(command.encode());
    }

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
