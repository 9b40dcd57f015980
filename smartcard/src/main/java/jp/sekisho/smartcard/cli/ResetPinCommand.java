package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.issue.IssueFailure;
import jp.sekisho.smartcard.issue.PinReset;
import jp.sekisho.smartcard.issue.PukHalf;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PinChange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Sets a card's PIN at the desk: half of one role, half of the other, the clerk's new PIN twice.
 */
@Command(name = "reset-pin", mixinStandardHelpOptions = true)
final class ResetPinCommand implements Callable<Integer> {
  @Mixin private final OneCard oneCard = new OneCard();
  @Mixin private final PinInput input = new PinInput();
  @Mixin private final Output output = new Output();

  @Option(names = "--use-last-try", descriptionKey = "reset-pin.use-last-try")
  private boolean useLastTry;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!input.canAsk()) {
      return output.promptUnavailable();
    }
    try (OneCard.Connection connection = oneCard.connect(!input.isUnattended())) {
      PinReset desk = new PinReset(connection.card());
      PinReset.Reading reading = desk.read();
      if (!(reading instanceof PinReset.Reading.Present card)) {
        return output.refuse(((PinReset.Reading.Refused) reading).failure(), OptionalInt.empty());
      }
      OptionalInt tries = card.pukTries();
      if (tries.equals(OptionalInt.of(0))) {
        return refuse(IssueFailure.PUK_BLOCKED, tries, "read");
      }
      if (tries.orElse(1) == 1 && !useLastTry) {
        return refuse(IssueFailure.PUK_LAST_TRY, tries, "read");
      }
      String left =
          tries.isPresent() ? String.valueOf(tries.getAsInt()) : output.message("issue.unknown");
      String holder = card.number();
      return ask(desk, card, output.message("issue.half.of", holder, left));
    } catch (CardException e) {
      return output.refuse(e.failure(), OptionalInt.empty());
    }
  }

  private int ask(PinReset desk, PinReset.Reading.Present card, String about) throws IOException {
    Optional<char[]> first = input.read(output.message("issue.half", 1, about));
    Optional<PukHalf> one = half(first);
    if (one.isEmpty()) {
      return noHalf(first);
    }
    try (PukHalf mine = one.get()) {
      Optional<char[]> second = input.read(output.message("issue.half", 2, about));
      Optional<PukHalf> two = half(second);
      if (two.isEmpty()) {
        return noHalf(second);
      }
      try (PukHalf other = two.get()) {
        return set(desk, card, mine, other);
      }
    }
  }

  private int set(PinReset desk, PinReset.Reading.Present card, PukHalf one, PukHalf other)
      throws IOException {
    PinInput.Typed typed = input.pin(output.message("cli.pin.new"));
    if (typed.pin().isEmpty()) {
      return input.refuse(typed, OptionalInt.empty(), output);
    }
    try (Pin next = typed.pin().get()) {
      if (!input.isUnattended()) {
        PinInput.Typed repeated = input.pin(output.message("cli.pin.again"));
        if (!repeated.any()) {
          return input.missing(output);
        }
        try (Pin again = repeated.pin().orElse(next)) {
          if (repeated.pin().isEmpty() || !PinChange.same(next, again)) {
            return say("cli.pin.differ", "PIN_DIFFERS", Output.REFUSED);
          }
        }
      }
      return print(desk.reset(card.fingerprint(), one, other, next, useLastTry));
    }
  }

  private int print(PinReset.Outcome outcome) {
    if (outcome instanceof PinReset.Outcome.Refused refused) {
      return refuse(refused.failure(), refused.triesLeft(), refused.detail());
    }
    if (outcome instanceof PinReset.Outcome.NewPinRefused) {
      return say("cli.pin.new-refused", "NEW_PIN_REFUSED", Output.REFUSED);
    }
    if (outcome instanceof PinReset.Outcome.Failed failed) {
      Output.print(
          spec.commandLine().getOut(), IssueText.of(output, failed.failure(), failed.detail()));
      return Output.exitCode(failed.failure());
    }
    return say("issue.pin.reset", "", Output.OK);
  }

  private static Optional<PukHalf> half(Optional<char[]> typed) {
    Optional<PukHalf> half = typed.flatMap(PukHalf::parse);
    typed.ifPresent(chars -> Arrays.fill(chars, '\0'));
    return half;
  }

  private int noHalf(Optional<char[]> typed) {
    return typed.isPresent()
        ? refuse(IssueFailure.HALF_FORMAT, OptionalInt.empty(), "typed")
        : input.missing(output);
  }

  private int refuse(IssueFailure failure, OptionalInt tries, String detail) {
    Output.print(spec.commandLine().getOut(), IssueText.of(output, failure, tries, detail));
    return Output.REFUSED;
  }

  private int say(String key, String failure, int exitCode) {
    Output.print(
        spec.commandLine().getOut(),
        !output.json()
            ? output.message(key)
            : Json.of(failure.isEmpty() ? Map.of("reset", true) : Map.of("failure", failure)));
    return exitCode;
  }
}
