package jp.sekisho.smartcard.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.CardText;
import jp.sekisho.smartcard.PinTerminal;
import jp.sekisho.smartcard.pcsc.GrantedReader;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.PromptScope;
import jp.sekisho.smartcard.pcsc.ReaderRole;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.pcsc.ReaderState;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options that say which card a command works with, and the connection to it. A reader shared
 * with residents is connected only by a command that asks at the screen, once its first question
 * was answered there, and until it ends.
 */
final class OneCard {
  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Mixin private final RoleOptions roleOptions = new RoleOptions();

  @Option(names = "--reader", paramLabel = "NAME")
  private @Nullable String reader;

  ReaderRoles roles() {
    return roleOptions.roles();
  }

  /** A card and everything that ends with it. */
  record Connection(PcscContext context, PcscCard card, PromptScope prompt)
      implements AutoCloseable {
    @Override
    public void close() {
      card.close();
      context.close();
      prompt.close();
    }
  }

  /**
   * Connects the only card in the readers we may touch.
   *
   * @param attended somebody sees our prompt, at {@link PinTerminal}
   *     <p>A shared reader is connected only after Enter was pressed at a question that names it.
   * @throws CardException NO_READER, READER_NOT_GRANTED, NO_CARD, SERVICE_DOWN, REMOTE_SESSION
   * @throws ParameterException when there is more than one card and {@code --reader} names none
   */
  Connection connect(boolean attended) throws CardException {
    PromptScope prompt = new PromptScope();
    PcscContext context = PcscContext.establish();
    try {
      GrantedReader granted = choose(context, roleOptions.roles(), prompt, attended);
      if (granted.role() == ReaderRole.SHARED && !isAnswered(granted)) {
        throw new CardException(CardFailure.READER_NOT_GRANTED, "nobody answered at the screen");
      }
      return new Connection(context, context.connect(granted), prompt);
    } catch (CardException | RuntimeException e) {
      context.close();
      prompt.close();
      throw e;
    }
  }

  private boolean isAnswered(GrantedReader reader) {
    return PinTerminal.find()
        .map(console -> console.readLine("%s", text("cli.shared.ready", reader.name())))
        .isPresent();
  }

  private String several(List<String> readers) {
    return text("cli.reader.several", String.join(", ", readers));
  }

  private String text(String key, String value) {
    Locale locale = ((CardCommand) command.root().userObject()).language().locale();
    return CardText.message(locale, key).formatted(Output.printable(value));
  }

  private GrantedReader choose(
      PcscContext context, ReaderRoles roles, PromptScope prompt, boolean attended)
      throws CardException {
    List<String> names = context.readers();
    if (names.isEmpty() || (reader != null && !names.contains(reader))) {
      throw new CardException(CardFailure.NO_READER, "no such reader");
    }
    List<GrantedReader> granted = new ArrayList<>();
    for (String name : names) {
      if (reader == null || reader.equals(name)) {
        (attended ? roles.grant(name, prompt) : roles.grant(name)).ifPresent(granted::add);
      }
    }
    if (granted.isEmpty()) {
      throw new CardException(CardFailure.READER_NOT_GRANTED, "no reader we may touch");
    }
    List<String> present =
        context.states(roles).stream()
            .filter(ReaderState::isPresent)
            .map(ReaderState::reader)
            .toList();
    granted.removeIf(candidate -> !present.contains(candidate.name()));
    if (granted.isEmpty()) {
      throw new CardException(CardFailure.NO_CARD, "no card");
    }
    if (granted.size() > 1) {
      throw new ParameterException(
          command.commandLine(), several(granted.stream().map(GrantedReader::name).toList()));
    }
    return granted.get(0);
  }
}
