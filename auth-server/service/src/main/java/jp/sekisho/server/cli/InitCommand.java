package jp.sekisho.server.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.setup.SetupCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code init}: makes a data directory; again with the same parameters it changes nothing. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {"データディレクトリーを作る", "Makes a data directory."})
final class InitCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();

  @Option(
      names = "--organ",
      required = true,
      paramLabel = "ID:NAME",
      description = {"機関（例 mayor:市長部局）。複数可", "An organ such as mayor:市長部局; repeatable."})
  @SuppressWarnings("NullAway.Init") // required
  private List<String> organs;

  @Option(
      names = "--origin",
      required = true,
      paramLabel = "URL",
      description = {"ブラウザーに見えるオリジン", "Origin the browser shows."})
  @SuppressWarnings("NullAway.Init") // required
  private String origin;

  @Option(
      names = "--agents-host",
      required = true,
      paramLabel = "NAME",
      description = {"端末から見えるホスト名。複数可", "Host name as terminals see it; repeatable."})
  @SuppressWarnings("NullAway.Init") // required
  private List<String> agentsHosts;

  @Option(
      names = "--help-line",
      required = true,
      paramLabel = "TEXT",
      description = {"職員が連絡する先", "Whom people are told to call."})
  @SuppressWarnings("NullAway.Init") // required
  private String helpLine;

  @Option(
      names = "--trial",
      description = {"試行（ループバックの HTTP、実データ禁止）", "Trial: HTTP on loopback, no real data."})
  private boolean trial;

  @Option(
      names = "--without-setup",
      description = {
        "試行のみ：初期設定なしで使い始める",
        "Trials only: begin without the first start and its offices."
      })
  private boolean withoutSetup;

  @Option(
      names = "--people-port",
      paramLabel = "PORT",
      description = {"既定 8443、試行は 8080", "Default 8443, in a trial 8080."})
  private @Nullable Integer peoplePort;

  @Option(
      names = "--agents-port",
      paramLabel = "PORT",
      description = {"既定 8444", "Default 8444."})
  private int agentsPort = ServiceConfig.DEFAULT_AGENTS_PORT;

  @Option(
      names = "--address-match",
      paramLabel = "require|flag",
      description = {"端末とブラウザーのアドレス照合。既定 require", "Default require; flag behind NAT."})
  private String addressMatch = "require";

  @Option(
      names = "--staff-ca",
      paramLabel = "DIR",
      description = {"職員証の CA 証明書と失効リスト", "Anchors (*.crt) and CRLs (*.crl) of staff cards."})
  private @Nullable Path staffCa;

  @Option(
      names = "--staff-crl",
      paramLabel = "URL",
      description = {"職員証の失効リストの取得先", "Where to fetch the staff CA's CRL, beside the files."})
  private @Nullable URI staffCrl;

  @Option(
      names = "--staff-ocsp",
      paramLabel = "URL",
      description = {"ログインごとに問い合わせる OCSP", "OCSP responder asked at each login."})
  private @Nullable URI staffOcsp;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = {"jdbc:postgresql://… 既定は SQLite", "PostgreSQL; by default SQLite."})
  private @Nullable String database;

  @Override
  public Integer call() {
    return console.guarded(this::init);
  }

  private int init() throws IOException, GeneralSecurityException {
    Texts texts = Texts.of(Console.class, console.locale());
    ServiceConfig config;
    Map<String, String> named;
    try {
      config = config();
      named = NewInstallation.organs(organs);
      if (withoutSetup && !trial) {
        throw new IllegalArgumentException("--without-setup is for trials");
      }
    } catch (IllegalArgumentException e) {
      console.err().println(texts.say("init.invalid", String.valueOf(e.getMessage())));
      return ExitCode.REFUSED;
    }
    console.banner(trial);
    DataDirectory directory = console.directory();
    if (directory.isInstalled()) {
      boolean same = NewInstallation.isSame(directory, config, named);
      console.err().println(texts.say(same ? "init.already" : "init.different", directory.root()));
      return same ? ExitCode.OK : ExitCode.REFUSED;
    }
    if (!isEmpty(directory)) {
      console.err().println(texts.say("init.not-empty", directory.root()));
      return ExitCode.REFUSED;
    }
    Optional<SetupCode> code =
        NewInstallation.create(
            directory, config, named, ServerCommand.version(), !withoutSetup, Clock.systemUTC());
    if (console.json()) {
      if (code.isPresent()) {
        Json.print(
            console.out(),
            "data",
            directory.root().toString(),
            "trial",
            trial,
            "code",
            code.get().text());
      } else {
        Json.print(console.out(), "data", directory.root().toString(), "trial", trial);
      }
    } else {
      console.out().println(texts.say("init.done", directory.root()));
      code.ifPresent(one -> console.out().println(SetupCommand.shown(console, one, origin)));
    }
    return ExitCode.OK;
  }

  private ServiceConfig config() {
    int people =
        peoplePort != null
            ? peoplePort
            : trial ? ServiceConfig.DEFAULT_TRIAL_PORT : ServiceConfig.DEFAULT_PEOPLE_PORT;
    AddressMatch match =
        switch (addressMatch) {
          case "require" -> AddressMatch.REQUIRE;
          case "flag" -> AddressMatch.FLAG;
          default -> throw new IllegalArgumentException("invalid setting: address-match");
        };
    Path anchors = staffCa;
    return new ServiceConfig(
        origin,
        trial,
        people,
        agentsPort,
        agentsHosts,
        helpLine,
        match,
        anchors == null ? null : anchors.toAbsolutePath().normalize(),
        staffCrl,
        staffOcsp,
        database);
  }

  private static boolean isEmpty(DataDirectory directory) throws IOException {
    if (!Files.exists(directory.root())) {
      return true;
    }
    try (Stream<Path> files = Files.list(directory.root())) {
      return files.findAny().isEmpty();
    }
  }
}
