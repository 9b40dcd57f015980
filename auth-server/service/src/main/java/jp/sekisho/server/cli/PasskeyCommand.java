package jp.sekisho.server.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.session.SessionLimits;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.webauthn.Passkey;
import jp.sekisho.server.webauthn.PasskeyRegister;
import jp.sekisho.server.webauthn.Passkeys;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code passkey}: what the console may do with a person's passkeys. */
@Command(
    name = "passkey",
    mixinStandardHelpOptions = true,
    subcommands = {
      PasskeyCommand.ListAll.class,
      PasskeyCommand.Resume.class,
      PasskeyCommand.Remove.class
    },
    description = {
      "パスキーの一覧・停止の解除・削除。停止は card suspend が職員証と一緒に行う。",
      "Passkeys: look, resume, remove. card suspend stops them together with the cards."
    })
final class PasskeyCommand {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
          .withZone(ZoneId.of("Asia/Tokyo"));

  private PasskeyCommand() {}

  private static PasskeyRegister register(Installation installation) {
    Persons persons = new Persons(installation.seal());
    return new PasskeyRegister(
        installation.transactions(),
        new Passkeys(installation.seal()),
        (change, number) -> persons.organ(change.handle(), number, change.now()),
        new Sessions(
            installation.transactions(),
            installation.seal(),
            SessionLimits.STANDARD,
            Sources.ANYWHERE,
            installation.clock()));
  }

  /** {@code passkey list 100042}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "職員のパスキーを、削除済みのものも含めて表示する（時刻は日本時間）",
        "Lists a person's passkeys, removed ones too; times in Japan Standard Time."
      })
  static final class ListAll implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(
        index = "0",
        paramLabel = "PERSON",
        description = {"職員番号", "Staff number."})
    @SuppressWarnings("NullAway.Init") // required
    private String person;

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int run(Installation installation) {
      List<Passkey> sound = new ArrayList<>();
      String tampered = null;
      for (Passkeys.Found found : register(installation).of(person)) {
        switch (found) {
          case Passkeys.Found.Sound(Passkey passkey) -> sound.add(passkey);
          case Passkeys.Found.Tampered(String row) -> tampered = row;
          case Passkeys.Found.Absent() -> {}
        }
      }
      if (tampered == null || !sound.isEmpty()) {
        print(sound);
      }
      if (tampered != null) {
        throw new TamperedException(Passkeys.TABLE, tampered); // the console writes the entry
      }
      return ExitCode.OK;
    }

    private void print(List<Passkey> passkeys) {
      if (console.json()) {
        Json.printLarge(
            console.out(),
            Map.of("person", person, "passkeys", passkeys.stream().map(ListAll::json).toList()));
        return;
      }
      Texts texts = Texts.of(PasskeyCommand.class, console.locale());
      if (passkeys.isEmpty()) {
        console.out().println(texts.say("passkey.none", person));
      }
      for (Passkey passkey : passkeys) {
        console
            .out()
            .println(
                texts.say(
                    "passkey.line",
                    passkey.id(),
                    texts.say("passkey.state." + passkey.state()),
                    MINUTE.format(passkey.registered()),
                    time(passkey.lastUsed()),
                    passkey.label(),
                    passkey.model().isEmpty() ? "—" : passkey.model()));
      }
    }

    private static String time(@Nullable Instant instant) {
      return instant == null ? "—" : MINUTE.format(instant);
    }

    private static Map<String, Object> json(Passkey passkey) {
      Map<String, Object> json = new TreeMap<>();
      json.put("id", passkey.id());
      json.put("state", passkey.state().text());
      json.put("assurance", passkey.assurance().text());
      json.put("aaguid", passkey.aaguid());
      json.put("model", passkey.model());
      json.put("label", passkey.label());
      json.put("registered", passkey.registered().toString());
      Instant used = passkey.lastUsed();
      if (used != null) {
        json.put("lastUsed", used.toString());
      }
      return json;
    }
  }

  /** {@code passkey remove 100042 ID}. */
  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = {
        "パスキーを削除し、その職員のセッションを終了する。削除したものは元に戻らない。",
        "Removes a passkey for good and ends the person's sessions."
      })
  static final class Remove extends OfOne {
    @Override
    PasskeyRegister.Outcome run(PasskeyRegister register, String person, String id) {
      return register.remove(person, id);
    }
  }

  /** {@code passkey resume 100042 ID}. */
  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = {
        "職員証と一緒に停止したパスキーを使えるように戻す。カウンターが戻ったものは戻せない。",
        "Lifts the suspension of a passkey, unless its counter went back."
      })
  static final class Resume extends OfOne {
    @Override
    PasskeyRegister.Outcome run(PasskeyRegister register, String person, String id) {
      return register.resume(person, id);
    }
  }

  /** A command about one passkey of a person. */
  abstract static class OfOne implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(
        index = "0",
        paramLabel = "PERSON",
        description = {"職員番号", "Staff number."})
    @SuppressWarnings("NullAway.Init") // required
    private String person;

    @Parameters(
        index = "1",
        paramLabel = "ID",
        description = {
          "passkey list が表示する ID。「-」で始まるときは前に -- を置く。",
          "The id that passkey list shows; put -- before one that begins with a hyphen."
        })
    @SuppressWarnings("NullAway.Init") // required
    private String id;

    /** Does it. */
    abstract PasskeyRegister.Outcome run(PasskeyRegister register, String person, String id);

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int done(String outcome, String key, Passkey passkey, Texts texts) {
      if (console.json()) {
        Json.print(console.out(), "outcome", outcome, "person", person, "id", passkey.id());
      } else {
        console.out().println(texts.say(key, person, passkey.id()));
      }
      return ExitCode.OK;
    }

    private int run(Installation installation) {
      Texts texts = Texts.of(PasskeyCommand.class, console.locale());
      return switch (run(register(installation), person, id)) {
        case PasskeyRegister.Outcome.Removed(Passkey passkey) ->
            done("removed", "passkey.removed", passkey, texts);
        case PasskeyRegister.Outcome.Resumed(Passkey passkey) ->
            done("resumed", "passkey.resumed", passkey, texts);
        case PasskeyRegister.Outcome.Refused(Refusal reason) -> {
          RefusalText text =
              RefusalText.of(
                  reason, console.locale(), Map.of("help", installation.config().helpLine()));
          if (console.json()) {
            Json.print(
                console.out(), "outcome", "refused", "person", person, "refused", reason.name());
          }
          console
              .err()
              .println(
                  texts.say(
                      "passkey.refused", reason.name(), text.what(), text.why(), text.contact()));
          yield ExitCode.REFUSED;
        }
      };
    }
  }
}
