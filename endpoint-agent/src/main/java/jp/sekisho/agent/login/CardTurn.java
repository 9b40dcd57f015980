package jp.sekisho.agent.login;

import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.TypedPin;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.pcsc.PromptScope;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SignRequest;

/**
 * The part of a login that has a card: read, PIN, sign, record, countersign, bind.
 *
 * <p>A staff reader's card is read before the window opens, so that the window can show its tries.
 * A shared reader's card is read beside the open window, and the permission to touch it ends with
 * this turn. The PIN is asked before any transaction with the card begins.
 */
final class CardTurn {
  private final LoginFlow.Self self;
  private final CardDesk desk;
  private final Spool spool;
  private final Bindings bindings;
  private final Supplier<Instant> serverTime;
  private final ExecutorService readers;

  CardTurn(
      LoginFlow.Self self,
      CardDesk desk,
      Spool spool,
      Bindings bindings,
      Supplier<Instant> serverTime,
      ExecutorService readers) {
    this.self = self;
    this.desk = desk;
    this.spool = spool;
    this.bindings = bindings;
    this.serverTime = serverTime;
    this.readers = readers;
  }

  /** The people and things of one turn. */
  private record Scene(
      Seat seat, Question question, Stay stay, boolean lastTry, BooleanSupplier takeOnce) {
    Refused refused(Refusal reason, OptionalInt tries) {
      return new Refused(reason, tries, stay.reader());
    }

    Refused refused(Refusal reason) {
      return refused(reason, OptionalInt.empty());
    }
  }

  /**
   * @param takeOnce claims the transaction for its one co-signature; false when it was claimed
   */
  Turn run(Seat seat, Question question, Stay stay, boolean lastTry, BooleanSupplier takeOnce) {
    Scene scene = new Scene(seat, question, stay, lastTry, takeOnce);
    try (PromptScope prompt = new PromptScope()) {
      return stay.shared() ? shared(scene, prompt) : staff(scene, prompt);
    }
  }

  private Turn staff(Scene scene, PromptScope prompt) {
    try (CardChannel channel = desk.connect(scene.stay(), prompt)) {
      PivCard card = new PivCard(channel);
      CardReading reading = card.read();
      Optional<Refused> obstacle = obstacle(scene, reading);
      if (obstacle.isPresent()) {
        return obstacle.get();
      }
      CardReading.Present readable = (CardReading.Present) reading;
      PinOutcome outcome = askPin(scene, readable.triesLeft());
      return outcome.match(
          typed -> withPin(scene, card, readable, typed.pin()),
          none -> scene.refused(none.reason()));
    } catch (CardException e) {
      return scene.refused(CardRefusals.of(e.failure()));
    }
  }

  /** The window opens first; the card is read while the person types. */
  private Turn shared(Scene scene, PromptScope prompt) {
    Future<Connected> reading = readers.submit(() -> connectAndRead(scene.stay(), prompt));
    boolean handedOver = false;
    try {
      PinOutcome outcome = askPin(scene, PinPrompt.TRIES_UNKNOWN);
      handedOver = true;
      return outcome.match(
          typed -> sharedWithPin(scene, reading, typed.pin()),
          none -> {
            closeWhenRead(prompt, reading);
            return scene.refused(none.reason());
          });
    } finally {
      if (!handedOver) {
        closeWhenRead(prompt, reading);
      }
    }
  }

  /** A card that was connected and read beside the window. */
  private record Connected(CardChannel channel, PivCard card, CardReading reading)
      implements AutoCloseable {
    @Override
    public void close() {
      channel.close();
    }
  }

  private Connected connectAndRead(Stay stay, PromptScope prompt) throws CardException {
    CardChannel channel = desk.connect(stay, prompt);
    boolean read = false;
    try {
      PivCard card = new PivCard(channel);
      Connected connected = new Connected(channel, card, card.read());
      read = true;
      return connected;
    } finally {
      if (!read) {
        channel.close();
      }
    }
  }

  private Turn sharedWithPin(Scene scene, Future<Connected> reading, TypedPin typed) {
    try {
      try (Connected connected = reading.get()) {
        Optional<Refused> obstacle = obstacle(scene, connected.reading());
        return obstacle.isPresent()
            ? obstacle.get()
            : withPin(scene, connected.card(), (CardReading.Present) connected.reading(), typed);
      }
    } catch (ExecutionException e) {
      return e.getCause() instanceof CardException failed
          ? scene.refused(CardRefusals.of(failed.failure()))
          : scene.refused(Refusal.INTERNAL);
    } catch (InterruptedException e) {
      reading.cancel(true);
      Thread.currentThread().interrupt();
      return scene.refused(Refusal.INTERNAL);
    } finally {
      typed.close();
    }
  }

  private static void closeWhenRead(PromptScope prompt, Future<Connected> reading) {
    prompt.close();
    try {
      reading.get().close();
    } catch (ExecutionException e) {
      // Not connected: nothing to let go of.
    } catch (InterruptedException e) {
      reading.cancel(true);
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<Refused> obstacle(Scene scene, CardReading reading) {
    if (reading instanceof CardReading.Refused no) {
      return Optional.of(scene.refused(CardRefusals.of(no.failure())));
    }
    int tries = ((CardReading.Present) reading).triesLeft();
    if (tries == 0) {
      return Optional.of(scene.refused(Refusal.PIN_BLOCKED, OptionalInt.of(0)));
    }
    return tries == 1 && !scene.lastTry()
        ? Optional.of(scene.refused(Refusal.PIN_LAST_TRY, OptionalInt.of(1)))
        : Optional.empty();
  }

  private PinOutcome askPin(Scene scene, int tries) {
    Duration left = timeLeft(scene.question());
    if (left.isNegative() || left.isZero()) {
      return new PinOutcome.None(Refusal.TRANSACTION_EXPIRED);
    }
    PinPrompt prompt =
        new PinPrompt(
            scene.stay().reader(),
            tries,
            scene.question().purpose().text(),
            scene.question().details().text());
    return scene
        .seat()
        .askPin(
            prompt, left.compareTo(LoginFlow.LONGEST_PROMPT) < 0 ? left : LoginFlow.LONGEST_PROMPT);
  }

  private Duration timeLeft(Question question) {
    return Duration.between(serverTime.get(), question.expires());
  }

  private Turn withPin(Scene scene, PivCard card, CardReading.Present reading, TypedPin typed) {
    try (typed) {
      Optional<Pin> pin = pin(typed);
      if (pin.isEmpty()) {
        return scene.refused(Refusal.PIN_FORMAT, OptionalInt.of(reading.triesLeft()));
      }
      try (Pin digits = pin.get()) {
        return sign(scene, card, reading, digits);
      }
    }
  }

  private static Optional<Pin> pin(TypedPin typed) {
    Optional<char[]> characters = typed.characters();
    if (characters.isEmpty()) {
      return Optional.empty();
    }
    char[] room = characters.get();
    try {
      return Pin.of(room);
    } finally {
      Arrays.fill(room, '\0');
    }
  }

  private Turn sign(Scene scene, PivCard card, CardReading.Present reading, Pin pin) {
    if (timeLeft(scene.question()).isNegative()) {
      return scene.refused(Refusal.TRANSACTION_EXPIRED);
    }
    byte[] certificate;
    try {
      certificate = reading.certificate().getEncoded();
    } catch (CertificateEncodingException e) {
      return scene.refused(Refusal.CARD_FAILED);
    }
    CardStatement statement;
    try {
      statement = scene.question().statement(self.terminal(), certificate);
    } catch (IllegalArgumentException e) {
      // A field of the details that no statement may hold, such as a nonce of another length.
      return scene.refused(Refusal.STATEMENT_INVALID);
    }
    SignOutcome outcome =
        card.sign(new SignRequest(reading.fingerprint(), pin, statement.bytes(), scene.lastTry()));
    if (outcome instanceof SignOutcome.Refused no) {
      return scene.refused(CardRefusals.of(no.failure()), no.triesLeft());
    }
    return coSign(
        scene,
        statement,
        ((SignOutcome.Signed) outcome).signature(),
        certificate,
        // The card's signature was verified with this key before it was handed over.
        Sha256.text(reading.certificate().getPublicKey().getEncoded()));
  }

  private Turn coSign(
      Scene scene, CardStatement statement, byte[] signature, byte[] certificate, String spki) {
    String transaction = statement.transaction();
    if (timeLeft(scene.question()).isNegative()) {
      return scene.refused(Refusal.TRANSACTION_EXPIRED);
    }
    if (spool.room() == Room.GONE) {
      return scene.refused(Refusal.STORAGE_FAILED);
    }
    if (!scene.takeOnce().getAsBoolean()) {
      return scene.refused(Refusal.TRANSACTION_USED);
    }
    byte[] terminal = TerminalStatement.over(statement, signature, self.boot()).bytes();
    CardAnswer answer =
        new CardAnswer(
            Base64Url.encode(statement.bytes()),
            Base64Url.encode(signature),
            Base64Url.encode(certificate),
            Base64Url.encode(terminal),
            Base64Url.encode(self.key().sign(terminal)));
    try {
      spool.append(new AgentEvent.Answered(transaction, statement.purpose().text()));
    } catch (SpoolException e) {
      return scene.refused(Refusal.STORAGE_FAILED);
    }
    // From here a removal is recorded; before, the answer must not leave.
    Optional<Refusal> gone = bindings.bind(scene.seat(), transaction, scene.stay(), spki);
    return gone.isEmpty() ? new Turn.Answered(answer.opaque()) : scene.refused(gone.get());
  }
}
