package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SignRequest;
import jp.sekisho.smartcard.pkcs11.Pkcs11Card;
import jp.sekisho.smartcard.pkcs11.Pkcs11Outcome;
import jp.sekisho.smartcard.verify.PathVerifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Signs a file's bytes with the staff card's authentication key. */
@Command(name = "sign", mixinStandardHelpOptions = true)
final class SignCommand implements Callable<Integer> {
  /** Read into memory, as what is signed at a login is. */
  private static final int LONGEST_FILE = 1 << 20;

  @Mixin private final OneCard oneCard = new OneCard();
  @Mixin private final ModuleOptions moduleOptions = new ModuleOptions();
  @Mixin private final PinInput pinInput = new PinInput();
  @Mixin private final Output output = new Output();

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "FILE", descriptionKey = "sign.file")
  private Path file;

  @Option(names = "--out", paramLabel = "FILE")
  private @Nullable Path out;

  @Option(names = "--certificate", paramLabel = "SHA256")
  private @Nullable String wanted;

  @Option(names = "--use-last-try")
  private boolean useLastTry;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path target = out == null ? Path.of(file + ".sig") : out;
    byte[] data = read();
    if (Files.exists(target) && Files.isSameFile(target, file)) {
      throw new ParameterException(spec.commandLine(), "--out " + target);
    }
    Optional<Pkcs11Card> token = moduleOptions.card(oneCard.roles());
    if (!pinInput.canAsk()) {
      return output.promptUnavailable();
    }
    try (SignatureFile place = SignatureFile.at(target)) {
      return token.isPresent() ? sign(token.get(), data, place) : sign(data, place);
    }
  }

  private int sign(byte[] data, SignatureFile place) throws IOException {
    try (OneCard.Connection connection = oneCard.connect(!pinInput.isUnattended())) {
      PivCard piv = new PivCard(connection.card());
      CardReading reading = piv.read();
      if (!(reading instanceof CardReading.Present card)) {
        return output.refuse(((CardReading.Refused) reading).failure(), OptionalInt.empty());
      }
      if (card.triesLeft() == 0) {
        return output.refuse(CardFailure.PIN_BLOCKED, OptionalInt.of(0));
      }
      if (card.triesLeft() == 1 && !useLastTry) {
        return output.refuse(CardFailure.PIN_LAST_TRY, OptionalInt.of(1));
      }
      Optional<char[]> typed =
          pinInput.read(
              output.message("cli.pin", connection.card().reader().name(), card.triesLeft()));
      if (typed.isEmpty()) {
        return pinInput.missing(output);
      }
      Optional<Pin> pin = Pin.of(typed.get());
      Arrays.fill(typed.get(), '\0');
      if (pin.isEmpty()) {
        return output.refuse(CardFailure.PIN_FORMAT, OptionalInt.of(card.triesLeft()));
      }
      try (Pin used = pin.get()) {
        return print(
            piv.sign(new SignRequest(card.fingerprint(), used, data, useLastTry)), card, place);
      }
    } catch (CardException e) {
      return output.refuse(e.failure(), OptionalInt.empty());
    }
  }

  /** With the certificate asked for, or the first of a module's token that can be a person's. */
  private int sign(Pkcs11Card token, byte[] data, SignatureFile place) throws IOException {
    Pkcs11Outcome seen = token.read();
    if (!(seen instanceof Pkcs11Outcome.Present present)) {
      return refuse(seen);
    }
    Optional<Fingerprint> certificate =
        present.signing().stream()
            .map(Fingerprint::of)
            .filter(one -> wanted == null || one.hex().equalsIgnoreCase(wanted))
            .findFirst();
    if (certificate.isEmpty()) {
      return output.refuse(CardFailure.UNKNOWN_CARD, OptionalInt.empty());
    }
    if (present.pinHint() == Pkcs11Outcome.PinHint.BLOCKED) {
      return output.refuse(CardFailure.PIN_BLOCKED, OptionalInt.empty());
    }
    if (present.pinHint() == Pkcs11Outcome.PinHint.LAST && !useLastTry) {
      return output.refuse(CardFailure.PIN_LAST_TRY, OptionalInt.empty());
    }
    Optional<char[]> typed =
        pinInput.read(output.message("cli.pin.token", Output.printable(present.label())));
    if (typed.isEmpty()) {
      return pinInput.missing(output);
    }
    Pkcs11Outcome outcome;
    try {
      outcome = token.sign(certificate.get(), typed.get(), data, useLastTry);
    } finally {
      Arrays.fill(typed.get(), '\0');
    }
    if (!(outcome instanceof Pkcs11Outcome.Signed signed)) {
      return refuse(outcome);
    }
    place.write(signed.signature());
    PrintWriter printer = spec.commandLine().getOut();
    if (output.json()) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("signature", place.target().toString());
      values.put("certificateSha256", certificate.get().hex());
      values.put("assurance", signed.assurance().name());
      Output.print(printer, Json.of(values));
    } else {
      Output.print(printer, output.message("cli.sign.low", place.target()));
    }
    return Output.OK;
  }

  /** Where the words for a staff card would be wrong for a token, it has its own. */
  private int refuse(Pkcs11Outcome outcome) {
    if (outcome instanceof Pkcs11Outcome.Several several) {
      return say("SEVERAL_TOKENS", output.message("cli.token.several", several.tokens()));
    }
    if (outcome instanceof Pkcs11Outcome.Refused refused
        && refused.failure() == CardFailure.PIN_FORMAT) {
      return say("PIN_FORMAT", output.message("cli.token.pin-format"));
    }
    return output.refuse(
        outcome instanceof Pkcs11Outcome.Refused refused
            ? refused.failure()
            : CardFailure.CARD_ERROR,
        OptionalInt.empty());
  }

  private int say(String failure, String text) {
    Output.print(
        spec.commandLine().getOut(),
        output.json()
            ? Json.of(Map.of("failure", failure))
            : text + "\n" + output.message("cli.code", failure));
    return Output.REFUSED;
  }

  private byte[] read() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] data = in.readNBytes(LONGEST_FILE + 1);
      if (data.length > LONGEST_FILE) {
        throw new FileSystemException(
            file.toString(), null, "FILE_TOO_LONG: more than " + LONGEST_FILE + " bytes");
      }
      return data;
    }
  }

  private int print(SignOutcome outcome, CardReading.Present card, SignatureFile place)
      throws IOException {
    if (outcome instanceof SignOutcome.Refused refused) {
      return output.refuse(refused.failure(), refused.triesLeft());
    }
    place.write(((SignOutcome.Signed) outcome).signature());
    String number = PathVerifier.subjectNumber(card.certificate()).orElse("");
    PrintWriter printer = spec.commandLine().getOut();
    if (output.json()) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("signature", place.target().toString());
      values.put("subjectNumber", number);
      values.put("certificateSha256", card.fingerprint().hex());
      Output.print(printer, Json.of(values));
    } else {
      Output.print(
          printer, output.message("cli.sign.done", place.target(), Output.printable(number)));
    }
    return Output.OK;
  }
}
