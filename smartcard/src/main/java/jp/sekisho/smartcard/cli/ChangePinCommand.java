package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PinChange;
import jp.sekisho.smartcard.piv.PivCard;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Changes the staff card's PIN: the old one, the new one, the new one again. */
@Command(name = "change-pin", mixinStandardHelpOptions = true)
final class ChangePinCommand implements Callable<Integer> {
  @Mixin private final OneCard oneCard = new OneCard();
  @Mixin private final PinInput pinInput = new PinInput();
  @Mixin private final Output output = new Output();

  @Option(names = "--use-last-try")
  private boolean useLastTry;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!pinInput.canAsk()) {
      return output.promptUnavailable();
    }
    try (OneCard.Connection connection = oneCard.connect(!pinInput.isUnattended())) {
      CardReading reading = new PivCard(connection.card()).read();
      if (!(reading instanceof CardReading.Present card)) {
        return output.refuse(((CardReading.Refused) reading).failure(), OptionalInt.empty());
      }
      if (card.triesLeft() == 0) {
        return output.refuse(CardFailure.PIN_BLOCKED, OptionalInt.of(0));
      }
      if (card.triesLeft() == 1 && !useLastTry) {
        return output.refuse(CardFailure.PIN_LAST_TRY, OptionalInt.of(1));
      }
      OptionalInt tries = OptionalInt.of(card.triesLeft());
      String reader = connection.card().reader().name();
      PinInput.Typed old = pinInput.pin(output.message("cli.pin", reader, card.triesLeft()));
      if (old.pin().isEmpty()) {
        return pinInput.refuse(old, tries, output);
      }
      try (Pin current = old.pin().get()) {
        PinInput.Typed first = pinInput.pin(output.message("cli.pin.new"));
        if (first.pin().isEmpty()) {
          return pinInput.refuse(first, tries, output);
        }
        try (Pin next = first.pin().get()) {
          PinInput.Typed second =
              pinInput.isUnattended() ? first : pinInput.pin(output.message("cli.pin.again"));
          if (second.pin().isEmpty()) {
            return pinInput.refuse(second, tries, output);
          }
          try (Pin again = second.pin().get()) {
            if (!PinChange.same(next, again)) {
              return say("cli.pin.differ", "PIN_DIFFERS", Output.REFUSED);
            }
            return print(
                new PinChange(connection.card())
                    .change(card.fingerprint(), current, next, useLastTry));
          }
        }
      }
    } catch (CardException e) {
      return output.refuse(e.failure(), OptionalInt.empty());
    }
  }

  private int print(PinChange.Outcome outcome) {
    if (outcome instanceof PinChange.Outcome.NewPinRefused) {
      return say("cli.pin.new-refused", "NEW_PIN_REFUSED", Output.REFUSED);
    }
    return outcome instanceof PinChange.Outcome.Refused refused
        ? output.refuse(refused.failure(), refused.triesLeft())
        : say("cli.pin.changed", "", Output.OK);
  }

  private int say(String key, String failure, int exitCode) {
    if (!output.json()) {
      Output.print(spec.commandLine().getOut(), output.message(key));
    } else {
      Output.print(
          spec.commandLine().getOut(),
          Json.of(failure.isEmpty() ? Map.of("changed", true) : Map.of("failure", failure)));
    }
    return exitCode;
  }
}
