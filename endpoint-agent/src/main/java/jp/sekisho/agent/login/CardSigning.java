package jp.sekisho.agent.login;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.TypedPin;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.pcsc.PromptScope;
import jp.sekisho.smartcard.piv.PinRequest;
import org.jspecify.annotations.Nullable;

/**
 * One signature by the card of one stay: read, PIN, sign.
 *
 * <p>A staff reader's card is read before the window opens, so that the window can show its tries.
 * A shared reader's card is connected once its window is up, and the permission to touch it ends
 * with this signature, or with the window where that gave no PIN. The PIN is asked before any
 * transaction with the card begins.
 */
final class CardSigning {
  private final LoginCards cards;
  private final ExecutorService readers;

  CardSigning(LoginCards cards, ExecutorService readers) {
    this.cards = cards;
    this.readers = readers;
  }

  /**
   * What is wanted of a card.
   *
   * @param purpose as a window says it
   * @param text what is shown in full; null for nothing
   * @param left how much longer it may be signed
   * @param content what is signed, given the certificate; empty: nothing
   * @param lastTry the person was told that one try is left and wants to use it
   */
  record Wish(
      Seat seat,
      Stay stay,
      String purpose,
      @Nullable String text,
      Supplier<Duration> left,
      PinRequest.Content content,
      boolean lastTry) {
    Refused refused(Refusal reason, OptionalInt tries) {
      return new Refused(reason, tries, stay.reader());
    }

    Refused refused(Refusal reason) {
      return refused(reason, OptionalInt.empty());
    }
  }

  /** What came of it. */
  sealed interface Outcome {
    /** Signed, and the signature verifies under that certificate's key. */
    record Signed(CardKind kind, LoginCard.Signing.Done done) implements Outcome {}

    record No(Refused refused) implements Outcome {}

    /** Handles both cases. */
    default <R> R fold(Function<Signed, R> signed, Function<Refused, R> refused) {
      return this instanceof Signed yes ? signed.apply(yes) : refused.apply(((No) this).refused());
    }
  }

  Outcome sign(Wish wish) {
    if (wish.stay().shared()) {
      return shared(wish);
    }
    try (PromptScope prompt = new PromptScope()) {
      return staff(wish, prompt);
    }
  }

  private static Outcome no(Refused refused) {
    return new Outcome.No(refused);
  }

  private Outcome staff(Wish wish, PromptScope prompt) {
    try (LoginCards.Found found = cards.find(wish.stay(), prompt)) {
      Optional<Refused> obstacle = obstacle(wish, found.reading());
      if (obstacle.isPresent()) {
        return no(obstacle.get());
      }
      LoginCard.Reading.Present readable = (LoginCard.Reading.Present) found.reading();
      LoginCard card = found.known();
      boolean onKeys = card.takesPinOnKeys();
      PinOutcome outcome =
          askPin(
              wish,
              readable.tries().orElse(PinPrompt.TRIES_UNKNOWN),
              card.kind(),
              onKeys,
              () -> {});
      return outcome.match(
          typed ->
              onKeys
                  ? onKeys(wish, card, readable, typed.pin())
                  : withPin(wish, card, readable, typed.pin()),
          none -> no(wish.refused(none.reason())));
    } catch (CardException e) {
      return no(wish.refused(CardRefusals.of(e.failure())));
    }
  }

  /** The window is up first; the card is read while the person types. */
  private Outcome shared(Wish wish) {
    try (SharedReading reading = new SharedReading(cards, wish.stay(), readers)) {
      PinOutcome outcome =
          askPin(wish, PinPrompt.TRIES_UNKNOWN, CardKind.STAFF_PIV, false, reading::begin);
      return outcome.match(
          typed -> sharedWithPin(wish, reading.reading(), typed.pin()),
          none -> no(wish.refused(none.reason())));
    }
  }

  private Outcome sharedWithPin(
      Wish wish, Optional<Future<LoginCards.Found>> reading, TypedPin typed) {
    try (typed) {
      if (reading.isEmpty()) {
        // A PIN out of a window that nobody said was there: no card is touched for it.
        return no(wish.refused(Refusal.PROMPT_UNAVAILABLE));
      }
      LoginCards.Found found = reading.get().get();
      Optional<Refused> obstacle = obstacle(wish, found.reading());
      return obstacle.isPresent()
          ? no(obstacle.get())
          : withPin(wish, found.known(), (LoginCard.Reading.Present) found.reading(), typed);
    } catch (ExecutionException e) {
      return e.getCause() instanceof CardException failed
          ? no(wish.refused(CardRefusals.of(failed.failure())))
          : no(wish.refused(Refusal.INTERNAL));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return no(wish.refused(Refusal.INTERNAL));
    }
  }

  private static Optional<Refused> obstacle(Wish wish, LoginCard.Reading reading) {
    if (reading instanceof LoginCard.Reading.No no) {
      return Optional.of(wish.refused(no.reason()));
    }
    OptionalInt tries = ((LoginCard.Reading.Present) reading).tries();
    if (tries.equals(OptionalInt.of(0))) {
      return Optional.of(wish.refused(Refusal.PIN_BLOCKED, tries));
    }
    return tries.equals(OptionalInt.of(1)) && !wish.lastTry()
        ? Optional.of(wish.refused(Refusal.PIN_LAST_TRY, tries))
        : Optional.empty();
  }

  private static PinOutcome askPin(
      Wish wish, int tries, CardKind kind, boolean onKeys, Runnable shown) {
    Duration left = wish.left().get();
    if (left.isNegative() || left.isZero()) {
      return new PinOutcome.None(Refusal.TRANSACTION_EXPIRED);
    }
    PinPrompt prompt =
        new PinPrompt(wish.stay().reader(), tries, wish.purpose(), wish.text(), kind, onKeys);
    return wish.seat()
        .askPin(
            prompt,
            left.compareTo(LoginFlow.LONGEST_PROMPT) < 0 ? left : LoginFlow.LONGEST_PROMPT,
            shown);
  }

  /** The person said yes in the window and types on the reader; what the window sent is nothing. */
  private Outcome onKeys(
      Wish wish, LoginCard card, LoginCard.Reading.Present reading, TypedPin empty) {
    empty.close();
    return signed(
        wish,
        card,
        () -> card.signOnKeys(reading, wish.seat().language(), wish.content(), wish.lastTry()));
  }

  private Outcome withPin(
      Wish wish, LoginCard card, LoginCard.Reading.Present reading, TypedPin typed) {
    try (typed) {
      Optional<char[]> characters = typed.characters();
      if (characters.isEmpty()) {
        return no(wish.refused(Refusal.PIN_FORMAT, reading.tries()));
      }
      char[] room = characters.get();
      try {
        return signed(wish, card, () -> card.sign(reading, room, wish.content(), wish.lastTry()));
      } finally {
        Arrays.fill(room, '\0');
      }
    }
  }

  private Outcome signed(Wish wish, LoginCard card, Supplier<LoginCard.Signing> signing) {
    if (wish.left().get().isNegative()) {
      return no(wish.refused(Refusal.TRANSACTION_EXPIRED));
    }
    // Out and in again while somebody typed: perhaps another card with a copy of the certificate.
    if (!cards.isStill(wish.stay())) {
      return no(wish.refused(Refusal.CARD_REMOVED));
    }
    LoginCard.Signing outcome = signing.get();
    return outcome instanceof LoginCard.Signing.No no
        ? no(wish.refused(no.reason(), no.tries()))
        : new Outcome.Signed(card.kind(), (LoginCard.Signing.Done) outcome);
  }
}
