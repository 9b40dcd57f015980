package jp.sekisho.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardAtHand;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.card.CardRegistry.Outcome;
import jp.sekisho.server.card.CardTrusts;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.session.SessionLimits;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.webauthn.Passkeys;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRole;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code card}: registers, suspends and resumes staff cards. */
@Command(
    name = "card",
    mixinStandardHelpOptions = true,
    subcommands = {CardCommand.Register.class, CardCommand.Suspend.class, CardCommand.Resume.class},
    description = {"職員証の登録", "Staff cards."})
final class CardCommand {
  private CardCommand() {}

  /** What every subcommand is given, and how it reports. */
  abstract static class OfPerson implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Option(
        names = "--person",
        required = true,
        paramLabel = "NUMBER",
        description = {"職員番号", "Staff number."})
    @SuppressWarnings("NullAway.Init") // required
    private String person;

    /** Does it. */
    abstract Outcome run(Installation installation, CardRegistry registry, String number)
        throws Exception;

    /** Key of the message for so many changed cards. */
    abstract String done();

    @Override
    public Integer call() {
      return console.run(
          installation -> report(installation, run(installation, registry(installation), person)));
    }

    private int report(Installation installation, Outcome outcome) {
      Texts texts = Texts.of(CardCommand.class, console.locale());
      return switch (outcome) {
        case Outcome.Refused refused -> {
          RefusalText text =
              RefusalText.of(
                  refused.reason(),
                  console.locale(),
                  Map.of("help", installation.config().helpLine()));
          json("refused", refused.reason().name(), null, null);
          console
              .err()
              .println(
                  texts.say(
                      "card.refused",
                      refused.reason().name(),
                      text.what(),
                      refused.detail(),
                      text.action(),
                      text.contact()));
          yield ExitCode.REFUSED;
        }
        case Outcome.Registered(Authenticator card) -> {
          json("registered", card.spki(), card.assurance().text(), null);
          say(texts.say("card.registered", person, card.spki()));
          if (card.assurance() == Assurance.LOW) {
            console.err().println(texts.say("card.low"));
          }
          yield ExitCode.OK;
        }
        case Outcome.Waits _ -> throw new IllegalStateException("the console's word is enough");
        case Outcome.Changed(int cards, int passkeys) -> {
          json(done(), Integer.toString(cards), null, passkeys);
          say(texts.say("card." + done(), person, cards, passkeys));
          yield ExitCode.OK;
        }
      };
    }

    private void say(String text) {
      if (!console.json()) {
        console.out().println(text);
      }
    }

    private void json(
        String outcome, String value, @Nullable String assurance, @Nullable Integer passkeys) {
      if (console.json()) {
        console
            .out()
            .println(
                new String(
                    WireJson.write(new Report(outcome, person, value, assurance, passkeys)),
                    java.nio.charset.StandardCharsets.UTF_8));
      }
    }

    private static CardRegistry registry(Installation installation) throws java.io.IOException {
      Persons persons = new Persons(installation.seal());
      StaffTrust staff =
          StaffTrust.load(
              installation.staffTrust(),
              installation.clock(),
              new StaffTrust.Remote(
                  installation.config().staffCrl(), installation.config().staffOcsp()),
              StaffTrust.LOGGED,
              installation.config().trial());
      return new CardRegistry(
          installation.transactions(),
          new Authenticators(installation.seal()),
          CardTrusts.load(
              staff,
              installation.directory()::cardTrust,
              installation.clock(),
              StaffTrust.LOGGED,
              installation.config().trial()),
          (change, number) -> persons.organ(change.handle(), number, change.now()),
          new Sessions(
              installation.transactions(),
              installation.seal(),
              SessionLimits.STANDARD,
              Sources.ANYWHERE,
              installation.clock()),
          new Passkeys(installation.seal())::suspendAll);
    }
  }

  /**
   * What {@code --json} prints.
   *
   * @param outcome {@code registered}, {@code suspended}, {@code resumed} or {@code refused}
   * @param value hash of the key, number of cards, or code of the refusal
   * @param passkeys how many of them changed; absent where no state changed
   */
  record Report(
      String outcome,
      String person,
      String value,
      @Nullable String assurance,
      @Nullable Integer passkeys) {}

  /** {@code card register}. */
  @Command(
      name = "register",
      mixinStandardHelpOptions = true,
      description = {
        "職員証を登録する。証明書の発行元・用途・失効・職員番号を確かめる。",
        "Registers a card after checking its certificate's path, use, revocation and number."
      })
  static final class Register extends OfPerson {
    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // required
    private Source source;

    /** One of two. */
    private static final class Source {
      @Option(
          names = "--certificate",
          required = true,
          paramLabel = "FILE",
          description = {"カードの証明書（DER または PEM）", "The card's certificate, DER or PEM."})
      private @Nullable Path certificate;

      @Option(
          names = "--reader",
          required = true,
          paramLabel = "NAME",
          description = {
            "職員用リーダーの名前。そこにある職員証がPINなしでは署名しないことと、製造者の証明（trust/staff-piv/attestation/*.crt）を確かめる。",
            "Name of a reader for staff: the staff card in it is tried, it must not sign without its"
                + " PIN, and its maker's attestation is checked (trust/staff-piv/attestation/*.crt)."
          })
      private @Nullable String reader;
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private CommandSpec spec;

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        defaultValue = "staff-piv",
        converter = KindOption.class,
        description = {
          "staff-piv（既定）、jpki（マイナンバーカード。職員番号が証明書にないため、本人のカードであることを必ず目で確かめる）、pkcs11（低保証）",
          "staff-piv (default), jpki (a My Number card: its certificate names no staff number, so see"
              + " that it is the person's), pkcs11 (low assurance)."
        })
    @SuppressWarnings("NullAway.Init") // has a default
    private CardKind kind;

    @Override
    Outcome run(Installation installation, CardRegistry registry, String number) throws Exception {
      Path file = source.certificate;
      String reader = source.reader;
      if (file != null) {
        return registry.register(kind, number, StaffTrust.der(file));
      }
      if (reader == null) {
        throw new IllegalStateException("picocli demands one of them");
      }
      return registry.register(number, look(installation, reader));
    }

    @Override
    public Integer call() {
      if (source.reader != null && kind != CardKind.STAFF_PIV) {
        throw new ParameterException(spec.commandLine(), "--reader is for --kind staff-piv");
      }
      return super.call();
    }

    private static CardAtHand.Shown look(Installation installation, String reader)
        throws java.io.IOException {
      ReaderRoles roles = new ReaderRoles(List.of(new ReaderRoles.Rule(reader, ReaderRole.STAFF)));
      try (PcscContext context = PcscContext.establish();
          PcscCard card =
              context.connect(
                  roles
                      .grant(reader)
                      .orElseThrow(() ->
                          new CardException(CardFailure.READER_NOT_GRANTED, "no such name")))) {
        return CardAtHand.look(card, installation.staffTrust(), installation.clock());
      } catch (CardException e) {
        return new CardAtHand.Shown.Unreadable(e.failure() + ": " + e.getMessage());
      }
    }

    @Override
    String done() {
      return "registered";
    }
  }

  /** Reads {@code --kind}. */
  private static final class KindOption implements CommandLine.ITypeConverter<CardKind> {
    @Override
    public CardKind convert(String text) {
      return CardKind.find(text)
          .orElseThrow(() ->
              new CommandLine.TypeConversionException(
                  "must be staff-piv, jpki or pkcs11: " + text));
    }
  }

  /** {@code card suspend}. */
  @Command(
      name = "suspend",
      mixinStandardHelpOptions = true,
      description = {
        "職員証・パスキー・貸出し中の仮カードを停止し、その職員のセッションを終了する",
        "Suspends a person's cards, passkeys and temporary card and ends the sessions."
      })
  static final class Suspend extends OfPerson {
    @Override
    Outcome run(Installation installation, CardRegistry registry, String number) {
      return registry.suspend(number);
    }

    @Override
    String done() {
      return "suspended";
    }
  }

  /** {@code card resume}. */
  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = {
        "停止した職員証を使えるように戻す（パスキーは戻さない）",
        "Lifts the suspension of a person's cards, not of passkeys."
      })
  static final class Resume extends OfPerson {
    @Override
    Outcome run(Installation installation, CardRegistry registry, String number) {
      return registry.resume(number);
    }

    @Override
    String done() {
      return "resumed";
    }
  }
}
