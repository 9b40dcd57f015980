package jp.sekisho.smartcard.piv;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;

/** The simulated card in memory's reach, with a script in between that may answer or fail first. */
final class ScriptedCard implements CardChannel {

  /** Sees every command before the card does. */
  interface Script {
    /** Empty = let the card answer. */
    Optional<Response> answer(int index, Apdu command) throws CardException;
  }

  final List<Apdu> sent = new ArrayList<>();
  final AtomicInteger transactions = new AtomicInteger();
  final AtomicInteger resets = new AtomicInteger();
  private final PivApplet applet;
  private Script script = (index, command) -> Optional.empty();
  private boolean gone;

  ScriptedCard(Path directory) throws IOException {
    this.applet =
        PivApplet.open(
            directory,
            new NewCard(NewCard.Kind.STAFF, "100042", Optional.empty(), Optional.empty()));
  }

  ScriptedCard script(Script next) {
    script = next;
    return this;
  }

  /** Answers every command of that instruction with the status word. */
  static Script always(int ins, int sw) {
    return (index, command) ->
        command.ins() == ins ? Optional.of(Response.of(sw)) : Optional.empty();
  }

  /** The card leaves at that command and stays away. */
  Script removedAt(int index) {
    return (at, command) -> {
      if (at == index) {
        gone = true;
        throw new CardException(CardFailure.CARD_REMOVED, "script");
      }
      return Optional.empty();
    };
  }

  long pinsSent() {
    return sent.stream()
        .filter(command -> command.ins() == Apdu.VERIFY && command.data().length > 0)
        .count();
  }

  /** As another program that left the card with its PIN verified. */
  void leaveVerified() {
    applet.process(Apdu.select(HexFormat.of().parseHex("A000000308")).encode());
    applet.process(HexFormat.of().parseHex("0020008008313233343536FFFF"));
  }

  /** With the PUK: full tries, PIN 123456. */
  void unblock() {
    applet.process(Apdu.select(HexFormat.of().parseHex("A000000308")).encode());
    applet.process(HexFormat.of().parseHex("002C0080103132333435363738313233343536FFFF"));
    applet.reset();
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
    if (gone) {
      throw new CardException(CardFailure.CARD_REMOVED, "gone");
    }
  }
}
