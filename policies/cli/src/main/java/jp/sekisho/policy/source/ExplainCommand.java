package jp.sekisho.policy.source;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import jp.sekisho.policy.Decision;
import jp.sekisho.policy.GrantInUse;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.clipboard.ClipboardCopy;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.media.MediaKind;
import jp.sekisho.policy.media.NetworkKind;
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.Shapes;
import jp.sekisho.policy.usb.UsbDescriptors;
import jp.sekisho.policy.usb.UsbDevice;
import jp.sekisho.policy.usb.UsbSurroundings;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says what a policy decides about one act at one terminal, by which rule of which layer and why.
 * The exit code is 0 whatever the decision: the question was answered.
 */
@Command(name = "explain")
final class ExplainCommand implements Callable<Integer> {
  private static final int MAX_TEXT = 16 * 1024 * 1024;
  private static final int MAX_GRANT = 64 * 1024;
  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // required
  @Option(
      names = "--policy",
      required = true,
      paramLabel = "FILE.yaml|DIR",
      descriptionKey = "explain.policy")
  private Path policy;

  @SuppressWarnings("NullAway.Init") // required
  @Option(
      names = "--terminal",
      required = true,
      paramLabel = "T",
      descriptionKey = "explain.terminal")
  private String terminal;

  @SuppressWarnings("NullAway.Init") // required
  @Option(names = "--person", required = true, paramLabel = "P", descriptionKey = "explain.person")
  private String person;

  @Option(names = "--usb", paramLabel = "DESCRIPTORS", descriptionKey = "explain.usb")
  private @Nullable Path usb;

  @Option(names = "--serial", paramLabel = "SERIAL", descriptionKey = "explain.serial")
  private @Nullable String serial;

  @Option(names = "--grant", paramLabel = "FILE", descriptionKey = "explain.grant")
  private @Nullable Path grant;

  @Option(names = "--clipboard", paramLabel = "FILE", descriptionKey = "explain.clipboard")
  private @Nullable Path clipboard;

  @Option(names = "--from", paramLabel = "PROGRAM", descriptionKey = "explain.from")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "PROGRAM", descriptionKey = "explain.to")
  private @Nullable String to;

  @Option(names = "--login", paramLabel = "card-pin|passkey|one", descriptionKey = "explain.login")
  private @Nullable String login;

  @Option(names = "--elsewhere", descriptionKey = "explain.elsewhere")
  private boolean elsewhere;

  @Option(names = "--last-contact", paramLabel = "DATE", descriptionKey = "explain.last-contact")
  private @Nullable String lastContact;

  @Option(names = "--last-online", paramLabel = "DATE", descriptionKey = "explain.last-online")
  private @Nullable String lastOnline;

  @Option(names = "--powered", paramLabel = "HOURS", descriptionKey = "explain.powered")
  private @Nullable Integer powered;

  @Option(names = "--boots", paramLabel = "N", descriptionKey = "explain.boots")
  private @Nullable Integer boots;

  @Option(names = "--media", paramLabel = "sd|optical|mtp", descriptionKey = "explain.media")
  private @Nullable String media;

  @Option(names = "--network", paramLabel = "wired|wifi|other", descriptionKey = "explain.network")
  private @Nullable String network;

  @Option(names = "--at", paramLabel = "TIME", descriptionKey = "explain.at")
  private @Nullable String at;

  @Override
  public Integer call() {
    Output output = common.output();
    if (!Names.isTerminal(terminal) || !Names.isPerson(person)) {
      throw usage("explain.NAMES");
    }
    try {
      Question question = question();
      PolicyTree.Outcome outcome = PolicyTree.read(policy);
      if (outcome instanceof PolicyTree.Outcome.Refused refused) {
        return SourceFile.refused(output, refused.problems(), policy);
      }
      PolicyTree tree = ((PolicyTree.Outcome.Read) outcome).tree();
      Decision decision = question.ask(PolicyEvaluator.by(tree.policyOf(terminal)));
      return answer(output, tree.scopeOf(terminal), decision);
    } catch (MalformedException e) {
      return output.refused("GRANT_MALFORMED", "explain.GRANT", String.valueOf(e.getMessage()));
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
  }

  private ParameterException usage(String key, String... arguments) {
    return new ParameterException(
        spec.commandLine(), common.output().messages().text(key, arguments));
  }

  /** An option that is given and would be left out of the question is a mistake of who asks. */
  private void belongs(String option, boolean given, String to, boolean asked) {
    if (given && !asked) {
      throw usage("explain.BELONGS", option, to);
    }
  }

  private void belongings() {
    belongs("--serial", serial != null, "--usb", usb != null);
    belongs("--grant", grant != null, "--usb | --clipboard", usb != null || clipboard != null);
    belongs("--from", from != null, "--clipboard", clipboard != null);
    belongs("--to", to != null, "--clipboard", clipboard != null);
    belongs("--elsewhere", elsewhere, "--login", login != null);
    belongs("--last-contact", lastContact != null, "--login", login != null);
    belongs("--last-online", lastOnline != null, "--login", login != null);
    belongs("--powered", powered != null, "--login", login != null);
    belongs("--boots", boots != null, "--login", login != null);
    // A time changes what is said of a medium or of the clipboard only with a grant, but whoever
    // asks about an act may well say when it was.
    belongs(
        "--at",
        at != null,
        "--login | --usb | --clipboard",
        login != null || usb != null || clipboard != null);
  }

  private Question question() throws InputFile.UnreadableException, MalformedException {
    belongings();
    LocalDateTime time;
    LoginAttempt.Offline offline;
    try {
      time = at == null ? null : LocalDateTime.parse(at);
      offline = offline();
    } catch (DateTimeException e) {
      throw usage("explain.TIME");
    }
    List<Question> asked = new ArrayList<>();
    if (usb != null) {
      asked.add(usb(usb, time));
    }
    if (clipboard != null) {
      asked.add(clipboard(clipboard, time));
    }
    if (login != null) {
      if (!CaseQuestions.FACTORS.contains(login)) {
        throw usage("explain.FACTORS", String.join(" | ", CaseQuestions.FACTORS));
      }
      LoginAttempt attempt = CaseQuestions.attempt(login, !elsewhere, time, offline);
      asked.add(by -> by.login(attempt));
    }
    try {
      if (media != null) {
        MediaKind kind = CaseQuestions.word(MediaKind.class, media);
        asked.add(by -> by.media(kind));
      }
      if (network != null) {
        NetworkKind kind = CaseQuestions.word(NetworkKind.class, network);
        asked.add(by -> by.network(kind));
      }
    } catch (IllegalArgumentException e) {
      throw usage("explain.KIND");
    }
    if (asked.size() != 1) {
      throw usage("explain.ONE");
    }
    return asked.get(0);
  }

  /** All four say what is known of the time without the service; a part of them says nothing. */
  private LoginAttempt.@Nullable Offline offline() {
    if (lastContact == null && lastOnline == null && powered == null && boots == null) {
      return null;
    }
    if (lastContact == null
        || lastOnline == null
        || powered == null
        || boots == null
        || powered < 0
        || boots < 0) {
      throw usage("explain.OFFLINE");
    }
    return new LoginAttempt.Offline(
        LocalDate.parse(lastContact),
        LocalDate.parse(lastOnline),
        Duration.ofHours(powered),
        boots);
  }

  private Question usb(Path file, @Nullable LocalDateTime time)
      throws InputFile.UnreadableException, MalformedException {
    byte[] descriptors =
        InputFile.read(file, InputStream.nullInputStream(), UsbDescriptors.MAX_BYTES);
    UsbDevice device = new UsbDevice("1-1", descriptors, null, null, serial);
    GrantInUse use = use(time);
    return by -> by.usb(device, UsbSurroundings.PLAIN, use);
  }

  private @Nullable GrantInUse use(@Nullable LocalDateTime time)
      throws InputFile.UnreadableException, MalformedException {
    return grant == null
        ? null
        : new GrantInUse(
            ExportGrant.parse(InputFile.read(grant, InputStream.nullInputStream(), MAX_GRANT)),
            person,
            terminal,
            time == null ? null : time.atZone(JAPAN).toInstant());
  }

  private Question clipboard(Path file, @Nullable LocalDateTime time)
      throws InputFile.UnreadableException, MalformedException {
    byte[] bytes = InputFile.read(file, InputStream.nullInputStream(), MAX_TEXT);
    String text = TextEncoding.AUTO.decode(bytes, file).text();
    ClipboardCopy copy =
        new ClipboardCopy(
            from == null ? "" : from,
            to == null ? "" : to,
            List.of(CopyFormat.TEXT),
            new DataSize(bytes.length),
            true,
            CaseQuestions.highest(NumberDetector.scan(text)));
    GrantInUse use = use(time);
    return by -> by.clipboard(copy, use);
  }

  private int answer(Output output, String scope, Decision decision) {
    boolean japanese = output.messages() == Messages.JA;
    String reason = japanese ? decision.reason().ja() : decision.reason().en();
    String effect = Shapes.text(decision.effect());
    String layer = Shapes.text(decision.layer());
    ObjectNode json =
        Output.object("decided")
            .put("terminal", terminal)
            .put("person", person)
            .put("scope", scope)
            .put("effect", effect)
            .put("rule", decision.rule())
            .put("layer", layer);
    json.putObject("reason").put("ja", decision.reason().ja()).put("en", decision.reason().en());
    output.result(
        json,
        () -> {
          Messages messages = output.messages();
          output.line(messages.text("explain.effect." + effect));
          output.line(
              messages.text(
                  "explain.rule", decision.rule(), messages.text("explain.layer." + layer), scope));
          output.line(messages.text("explain.reason", reason));
        });
    return Exit.OK.code();
  }
}
