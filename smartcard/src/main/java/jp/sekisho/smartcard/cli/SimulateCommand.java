package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import jp.sekisho.smartcard.simulate.CardKey;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.Simulator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Runs a virtual card until killed. */
@Command(
    name = "simulate",
    description = {
      "Run a virtual card in pcscd's virtual reader (Debian: pcscd, vsmartcard-vpcd) until killed.",
      "piv: PIN 123456, PUK 12345678, three tries, the default triple-DES management key, a"
          + " certificate of the test CA in slot 9A; answers YubiKey tools.",
      "jpki: PIN 1234 for user authentication, ABC123 for signatures.",
      "For tests only: anyone who reads the directory has PIN and key."
    },
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
  /** Applications we can be. */
  enum Application {
    piv,
    jpki
  }

  /** Where a JPKI application lives. */
  enum Token {
    card(NewCard.Kind.JPKI),
    android(NewCard.Kind.JPKI_ANDROID),
    iphone(NewCard.Kind.JPKI_IPHONE);

    private final NewCard.Kind kind;

    Token(NewCard.Kind kind) {
      this.kind = kind;
    }
  }

  /** Key types by their command-line names. */
  static final class KeyNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    KeyNames() {
      super(Arrays.stream(CardKey.values()).map(CardKey::toString).toList());
    }
  }

  private static final class KeyConverter implements ITypeConverter<CardKey> {
    @Override
    public CardKey convert(String name) {
      return CardKey.named(name)
          .orElseThrow(() -> new TypeConversionException("no key type: " + name));
    }
  }

  /** What is wrong with a new card; at most one. */
  static final class Fault {
    @Option(names = "--expired", description = "A new card's certificate ended yesterday.")
    private boolean expired;

    @Option(
        names = "--foreign-ca",
        description = "A new card is issued by another CA of the same name.")
    private boolean foreignCa;

    @Option(names = "--uninitialised", description = "A new card has no key and certificate.")
    private boolean uninitialised;

    @Option(names = "--not-piv", description = "A new card knows no application.")
    private boolean notPiv;

    private boolean any() {
      return expired || foreignCa || uninitialised || notPiv;
    }

    private NewCard.Kind kind() {
      return expired
          ? NewCard.Kind.EXPIRED
          : foreignCa
              ? NewCard.Kind.FOREIGN_CA
              : uninitialised
                  ? NewCard.Kind.UNINITIALISED
                  : notPiv ? NewCard.Kind.OTHER : NewCard.Kind.STAFF;
    }
  }

  @Parameters(descriptionKey = "simulate.application")
  private Application application = Application.piv;

  @Option(
      names = "--port",
      defaultValue = "35963",
      description = "vpcd's port on loopback (default: 35963, the second slot is 35964).")
  private int port;

  @SuppressWarnings("NullAway.Init") // required
  @Option(names = "--dir", required = true, description = "The card's memory.")
  private Path directory;

  @Option(names = "--ca", description = "Issuing test CA of a new card (default: DIR/ca).")
  private @Nullable Path ca;

  @Option(
      names = "--subject-number",
      defaultValue = "100042",
      description = "Staff number in a new card's certificate (default: 100042).")
  private String number = "100042";

  @Option(names = "--upn", description = "User principal name in a new card's certificate.")
  private @Nullable String upn;

  @Option(
      names = "--key",
      paramLabel = "TYPE",
      defaultValue = "rsa2048",
      converter = KeyConverter.class,
      completionCandidates = KeyNames.class,
      description = "Keys of a new card: ${COMPLETION-CANDIDATES} (default: rsa2048).")
  private CardKey key = CardKey.RSA2048;

  @Option(
      names = "--token",
      defaultValue = "card",
      description = "A new jpki card is one of: ${COMPLETION-CANDIDATES} (default: card).")
  private Token token = Token.card;

  @Option(
      names = "--atr",
      paramLabel = "HEX",
      description = "Answer to reset of a new card (default: " + NewCard.ATR + ").")
  private @Nullable String atr;

  @Option(names = "--removed", description = "Start with the card outside the reader.")
  private boolean removed;

  @ArgGroup private Fault fault = new Fault();

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (application == Application.jpki && (fault.any() || upn != null)) {
      throw new ParameterException(
          spec.commandLine(), "--upn and the faults of a certificate are for piv only");
    }
    if (port < 1 || port > 65535) {
      throw new ParameterException(spec.commandLine(), "--port: 1 to 65535");
    }
    NewCard card;
    try {
      card =
          new NewCard(
              application == Application.jpki ? token.kind : fault.kind(),
              number,
              Optional.ofNullable(ca),
              Optional.ofNullable(upn),
              key,
              Optional.ofNullable(atr));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    try (Simulator simulator = Simulator.start(directory, port, card)) {
      if (!removed) {
        simulator.insert();
      }
      Output.print(
          spec.commandLine().getOut(),
          "card " + directory + " at port " + port + ", application " + application);
      new CountDownLatch(1).await();
    }
    return Output.OK;
  }
}
