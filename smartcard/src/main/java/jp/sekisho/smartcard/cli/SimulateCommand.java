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
@Command(name = "simulate", mixinStandardHelpOptions = true)
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
    @Option(names = "--expired")
    private boolean expired;

    @Option(names = "--foreign-ca")
    private boolean foreignCa;

    @Option(names = "--uninitialised")
    private boolean uninitialised;

    @Option(names = "--not-piv")
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

  @Option(names = "--port", defaultValue = "35963")
  private int port;

  @SuppressWarnings("NullAway.Init") // required
  @Option(names = "--dir", required = true)
  private Path directory;

  @Option(names = "--ca")
  private @Nullable Path ca;

  @Option(names = "--subject-number", defaultValue = "100042")
  private String number = "100042";

  @Option(names = "--upn")
  private @Nullable String upn;

  @Option(
      names = "--key",
      paramLabel = "TYPE",
      defaultValue = "rsa2048",
      converter = KeyConverter.class,
      completionCandidates = KeyNames.class)
  private CardKey key = CardKey.RSA2048;

  @Option(names = "--token", defaultValue = "card")
  private Token token = Token.card;

  @Option(names = "--atr", paramLabel = "HEX")
  private @Nullable String atr;

  @Option(names = "--removed")
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
