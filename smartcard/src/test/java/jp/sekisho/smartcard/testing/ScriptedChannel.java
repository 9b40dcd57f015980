package jp.sekisho.smartcard.testing;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.simulate.Applet;
import org.jspecify.annotations.Nullable;

/** A simulated card in memory's reach, with a script in between that may answer or fail first. */
public class ScriptedChannel implements CardChannel {

  /** Sees every command before the card does. */
  public interface Script {
    /** Empty = let the card answer. */
    Optional<Response> answer(int index, Apdu command) throws CardException;
  }

  /** Commands that reached the reader, in order; those with a PIN are wiped by now. */
  public final List<Apdu> sent = new CopyOnWriteArrayList<>();

  public final AtomicInteger transactions = new AtomicInteger();
  public final AtomicInteger resets = new AtomicInteger();
  protected final Applet applet;
  private Script script = (index, command) -> Optional.empty();
  private @Nullable CardFailure gone;

  public ScriptedChannel(Applet applet) {
    this.applet = applet;
  }

  public ScriptedChannel script(Script next) {
    script = next;
    return this;
  }

  /** Answers every command of that instruction with the status word. */
  public static Script always(int ins, int sw) {
    return (index, command) ->
        command.ins() == ins ? Optional.of(Response.of(sw)) : Optional.empty();
  }

  /** The card leaves at that command and stays away. */
  public final Script removedAt(int index) {
    return (at, command) -> {
      if (at == index) {
        throw leave(CardFailure.CARD_REMOVED);
      }
      return Optional.empty();
    };
  }

  /** The card carries that command out, leaves before its answer, and comes back afterwards. */
  public final Script tornAt(int index) {
    return (at, command) -> {
      if (at == index) {
        byte[] bytes = command.encode();
        applet.process(bytes);
        applet.reset();
        throw new CardException(CardFailure.CARD_REMOVED, "script");
      }
      return Optional.empty();
    };
  }

  /** Another program resets the card at that command: SCARD_W_RESET_CARD. */
  public final Script resetAt(int index) {
    return (at, command) -> {
      if (at == index) {
        applet.reset();
        throw new CardException(CardFailure.CARD_BUSY, "0x80100068");
      }
      return Optional.empty();
    };
  }

  /** The card service ends at that command, the command unsent, and stays down. */
  public final Script serviceLostAt(int index, CardFailure failure) {
    return (at, command) -> {
      if (at == index) {
        throw leave(failure);
      }
      return Optional.empty();
    };
  }

  private CardException leave(CardFailure failure) {
    gone = failure;
    applet.reset();
    return new CardException(failure, "script");
  }

  /** Commands with a PIN in them. */
  public final long pinsSent() {
    return sent.stream()
        .filter(command -> command.ins() == Apdu.VERIFY && command.data().length > 0)
        .count();
  }

  @Override
  public void begin() throws CardException {
    present();
    transactions.incrementAndGet();
  }

  @Override
  public Response transmit(Apdu command) throws CardException {
    present();
    int index = sent.size();
    sent.add(command);
    Optional<Response> scripted = script.answer(index, command);
    return scripted.isPresent() ? scripted.get() : applet.process(command.encode());
  }

  @Override
  public void endAndReset() throws CardException {
    present();
    applet.reset();
    resets.incrementAndGet();
  }

  @Override
  public void close() {}

  private void present() throws CardException {
    if (gone != null) {
      throw new CardException(gone, "gone");
    }
  }
}
