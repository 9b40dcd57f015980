package jp.sekisho.agent.login;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
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
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.pcsc.PromptScope;

/**
 * The part of a login that has a card: read, PIN, sign, record, countersign, bind.
 *
 * <p>A staff reader's card is read before the window opens, so that the window can show its tries.
 * A shared reader's card is connected once its window is up, and the permission to touch it ends
 * with this turn, or with the window where that gave no PIN. The PIN is asked before any
 * transaction with the card begins.
 */
final class CardTurn {
  private final LoginFlow.Self self;
  private final LoginCards cards;
  private final Spool spool;
  private final Bindings bindings;
  private final Supplier<Instant> serverTime;
  private final ExecutorService readers;

  CardTurn(
      LoginFlow.Self self,
      LoginCards cards,
      Spool spool,
      Bindings bindings,
      Supplier<Instant> serverTime,
      ExecutorService readers) {
    this.self = self;
    this.cards = cards;
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
    if (stay.shared()) {
      return shared(scene);
    }
    try (PromptScope prompt = new PromptScope()) {
      return staff(scene, prompt);
    }
  }

  private Turn staff(Scene scene, PromptScope prompt) {
    try (LoginCards.Found found = cards.find(scene.stay(), prompt)) {
      Optional<Refused> obstacle = obstacle(scene, found.reading());
      if (obstacle.isPresent()) {
        return obstacle.get();
      }
      LoginCard.Reading.Present readable = (LoginCard.Reading.Present) found.reading();
      LoginCard card = found.known();
      boolean onKeys = card.takesPinOnKeys();
      PinOutcome outcome =
          askPin(
              scene,
              readable.tries().orElse(PinPrompt.TRIES_UNKNOWN),
              card.kind(),
              onKeys,
              () -> {});
      return outcome.match(
          typed ->
              onKeys
                  ? onKeys(scene, card, readable, typed.pin())
                  : withPin(scene, card, readable, typed.pin()),
          none -> scene.refused(none.reason()));
    } catch (CardException e) {
      return scene.refused(CardRefusals.of(e.failure()));
    }
  }

  /** The window is up first; the card is read while the person types. */
  private Turn shared(Scene scene) {
    try (SharedReading reading = new SharedReading(cards, scene.stay(), readers)) {
      PinOutcome outcome =
          askPin(scene, PinPrompt.TRIES_UNKNOWN, CardKind.STAFF_PIV, false, reading::begin);
      return outcome.match(
          typed -> sharedWithPin(scene, reading.reading(), typed.pin()),
          none -> scene.refused(none.reason()));
    }
  }

  private Turn sharedWithPin(
      Scene scene, Optional<Future<LoginCards.Found>> reading, TypedPin typed) {
    try (typed) {
      if (reading.isEmpty()) {
        // A PIN out of a window that nobody said was there: no card is touched for it.
        return scene.refused(Refusal.PROMPT_UNAVAILABLE);
      }
      LoginCards.Found found = reading.get().get();
      Optional<Refused> obstacle = obstacle(scene, found.reading());
      return obstacle.isPresent()
          ? obstacle.get()
          : withPin(scene, found.known(), (LoginCard.Reading.Present) found.reading(), typed);
    } catch (ExecutionException e) {
      return e.getCause() instanceof CardException failed
          ? scene.refused(CardRefusals.of(failed.failure()))
          : scene.refused(Refusal.INTERNAL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return scene.refused(Refusal.INTERNAL);
    }
  }

  private static Optional<Refused> obstacle(Scene scene, LoginCard.Reading reading) {
    if (reading instanceof LoginCard.Reading.No no) {
      return Optional.of(scene.refused(no.reason()));
    }
    OptionalInt tries = ((LoginCard.Reading.Present) reading).tries();
    if (tries.equals(OptionalInt.of(0))) {
      return Optional.of(scene.refused(Refusal.PIN_BLOCKED, tries));
    }
    return tries.equals(OptionalInt.of(1)) && !scene.lastTry()
        ? Optional.of(scene.refused(Refusal.PIN_LAST_TRY, tries))
        : Optional.empty();
  }

  private PinOutcome askPin(Scene scene, int tries, CardKind kind, boolean onKeys, Runnable shown) {
    Duration left = timeLeft(scene.question());
    if (left.isNegative() || left.isZero()) {
      return new PinOutcome.None(Refusal.TRANSACTION_EXPIRED);
    }
    PinPrompt prompt =
        new PinPrompt(
            scene.stay().reader(),
            tries,
            scene.question().purpose().text(),
            scene.question().details().text(),
            kind,
            onKeys);
    return scene
        .seat()
        .askPin(
            prompt,
            left.compareTo(LoginFlow.LONGEST_PROMPT) < 0 ? left : LoginFlow.LONGEST_PROMPT,
            shown);
  }

  private Duration timeLeft(Question question) {
    return Duration.between(serverTime.get(), question.expires());
  }

  /** The person said yes in the window and types on the reader; what the window sent is nothing. */
  private Turn onKeys(
      Scene scene, LoginCard card, LoginCard.Reading.Present reading, TypedPin empty) {
    empty.close();
    return signed(
        scene,
        card,
        () ->
            card.signOnKeys(
                reading,
                scene.seat().language(),
                certificate -> statement(scene, certificate).map(CardStatement::bytes),
                scene.lastTry()));
  }

  private Turn withPin(
      Scene scene, LoginCard card, LoginCard.Reading.Present reading, TypedPin typed) {
    try (typed) {
      Optional<char[]> characters = typed.characters();
      if (characters.isEmpty()) {
        return scene.refused(Refusal.PIN_FORMAT, reading.tries());
      }
      char[] room = characters.get();
      try {
        return sign(scene, card, reading, room);
      } finally {
        Arrays.fill(room, '\0');
      }
    }
  }

  private Turn sign(Scene scene, LoginCard card, LoginCard.Reading.Present reading, char[] typed) {
    return signed(
        scene,
        card,
        () ->
            card.sign(
                reading,
                typed,
                certificate -> statement(scene, certificate).map(CardStatement::bytes),
                scene.lastTry()));
  }

  private Turn signed(Scene scene, LoginCard card, Supplier<LoginCard.Signing> signing) {
    if (timeLeft(scene.question()).isNegative()) {
      return scene.refused(Refusal.TRANSACTION_EXPIRED);
    }
    // Out and in again while somebody typed: perhaps another card with a copy of the certificate.
    if (!cards.isStill(scene.stay())) {
      return scene.refused(Refusal.CARD_REMOVED);
    }
    LoginCard.Signing outcome = signing.get();
    if (outcome instanceof LoginCard.Signing.No no) {
      return scene.refused(no.reason(), no.tries());
    }
    LoginCard.Signing.Done done = (LoginCard.Signing.Done) outcome;
    Optional<CardStatement> signed = statement(scene, done.certificate());
    return signed.isEmpty()
        ? scene.refused(Refusal.STATEMENT_INVALID)
        : coSign(scene, card.kind(), signed.get(), done);
  }

  /** What the card is asked to sign; empty where a field of the details fits no statement. */
  private Optional<CardStatement> statement(Scene scene, X509Certificate certificate) {
    try {
      return Optional.of(scene.question().statement(self.terminal(), certificate.getEncoded()));
    } catch (IllegalArgumentException | CertificateEncodingException e) {
      return Optional.empty();
    }
  }

  private Turn coSign(
      Scene scene, CardKind kind, CardStatement statement, LoginCard.Signing.Done signed) {
    byte[] certificate;
    try {
      certificate = signed.certificate().getEncoded();
    } catch (CertificateEncodingException e) {
      return scene.refused(Refusal.CARD_FAILED);
    }
    byte[] signature = signed.signature();
    // The card's signature was verified with this key before it was handed over.
    String spki = Sha256.text(signed.certificate().getPublicKey().getEncoded());
    String transaction = statement.transaction();
    if (timeLeft(scene.question()).isNegative()) {
      return scene.refused(Refusal.TRANSACTION_EXPIRED);
    }
    if (spool.room() == Room.GONE) {
      return scene.refused(Refusal.RECORDS_FULL);
    }
    if (!scene.takeOnce().getAsBoolean()) {
      return scene.refused(Refusal.TRANSACTION_USED);
    }
    byte[] terminal = TerminalStatement.over(statement, signature, self.boot(), kind).bytes();
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
      return scene.refused(Refusal.RECORDS_FULL);
    }
    // From here a removal is recorded; before, the answer must not leave.
    Optional<Refusal> gone = bindings.bind(scene.seat(), transaction, scene.stay(), spki);
    return gone.isEmpty() ? new Turn.Answered(answer.opaque()) : scene.refused(gone.get());
  }
}
