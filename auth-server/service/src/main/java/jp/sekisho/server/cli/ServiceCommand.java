package jp.sekisho.server.cli;

import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.ServerKeys;
import jp.sekisho.server.terminal.RelyingService;
import jp.sekisho.server.terminal.RelyingServices;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code service}: systems that ask for logins, such as a single sign-on. Works beside the running
 * service, which looks at the register with every call.
 */
@Command(
    name = "service",
    mixinStandardHelpOptions = true,
    subcommands = {
      ServiceCommand.Certify.class,
      ServiceCommand.ListAll.class,
      ServiceCommand.Revoke.class
    },
    description = {"ログインを求めるシステム（シングルサインオンなど）", "Systems that ask for logins."})
final class ServiceCommand {
  /** A request for a certificate has some 300 bytes. */
  private static final int MAX_REQUEST = 16 * 1024;

  private ServiceCommand() {}

  /** What a command does with the services of the installation. */
  @FunctionalInterface
  private interface Work {
    int run(ApplicationContext context, Texts texts) throws IOException;
  }

  private static int run(Console console, Work work) {
    return console.run(installation -> run(console, installation, work));
  }

  private static int run(Console console, Installation installation, Work work)
      throws IOException, GeneralSecurityException {
    Texts texts = Texts.of(Console.class, console.locale());
    try (ApplicationContext context = ServiceContext.of(installation).start()) {
      return work.run(context, texts);
    }
  }

  /** {@code service certify keycloak --realm city --origin … --request FILE --out DIR}. */
  @Command(
      name = "certify",
      mixinStandardHelpOptions = true,
      description = {
        "システムを登録して証明書（90日以内）を発行する。同じ名前で再び実行すると、新しい鍵に置き換わる。",
        "Registers a system and issues its certificate, for at most 90 days. Run again for the same"
            + " name, the new key replaces the old one at once."
      })
  static final class Certify implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(
        index = "0",
        paramLabel = "NAME",
        description = {"システムの名前（例 keycloak）", "Name, such as keycloak."})
    @SuppressWarnings("NullAway.Init") // required
    private String name;

    @Option(
        names = "--realm",
        required = true,
        paramLabel = "REALM",
        description = {"ログインを求めてよい領域（Keycloak のレルム）", "The realm that it may ask for."})
    @SuppressWarnings("NullAway.Init") // required
    private String realm;

    @Option(
        names = "--origin",
        required = true,
        paramLabel = "URL",
        description = {
          "ログイン画面のオリジン（例 https://sso.city.example）",
          "Origin of its login page, such as https://sso.city.example."
        })
    @SuppressWarnings("NullAway.Init") // required
    private String origin;

    @Option(
        names = "--request",
        required = true,
        paramLabel = "FILE",
        description = {
          "証明書の発行要求（PKCS#10、PEM、P-256）。鍵はそのシステムで作る。",
          "Request for the certificate: PKCS#10, PEM, P-256. The key is made on that system and"
              + " stays there."
        })
    @SuppressWarnings("NullAway.Init") // required
    private Path request;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "DIR",
        description = {
          "証明書（NAME.crt）とサーバーCA（server-ca.crt）の書き出し先",
          "Where the certificate (NAME.crt) and the server CA (server-ca.crt) are written."
        })
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Override
    public Integer call() {
      return ServiceCommand.run(console, this::certify);
    }

    private int certify(ApplicationContext context, Texts texts) throws IOException {
      Files.createDirectories(out);
      RelyingServices services = context.getBean(RelyingServices.class);
      return switch (services.certify(name, realm, origin, read(request))) {
        case RelyingServices.Outcome.Refused(var why) -> {
          console.err().println(texts.say("service." + why, name));
          yield ExitCode.REFUSED;
        }
        case RelyingServices.Outcome.Certified(var service, var certificate) -> {
          Path own = out.resolve(name + ".crt");
          Files.writeString(own, pem(certificate));
          Files.writeString(
              out.resolve("server-ca.crt"),
              pem(context.getBean(ServerKeys.class).serverCa().certificate()));
          if (console.json()) {
            Json.print(
                console.out(),
                "service",
                service.name(),
                "certificate",
                own.toString(),
                "ends",
                service.notAfter().toString());
          } else {
            console.out().println(texts.say("service.certified", name, own, service.notAfter()));
          }
          yield ExitCode.OK;
        }
      };
    }

    /** Base64url of the request; empty, which no request is, when the file holds none. */
    private static String read(Path file) throws IOException {
      if (Files.size(file) > MAX_REQUEST) {
        return "";
      }
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      try (PemReader reader = new PemReader(new StringReader(text))) {
        @Nullable PemObject object = reader.readPemObject();
        return object == null ? "" : Base64Url.encode(object.getContent());
      }
    }

    private static String pem(X509Certificate certificate) {
      try {
        return "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
            + "\n-----END CERTIFICATE-----\n";
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a certificate has an encoding", e);
      }
    }
  }

  /** {@code service list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {"システムの一覧", "Lists the systems."})
  static final class ListAll implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Override
    public Integer call() {
      return ServiceCommand.run(
          console,
          (context, texts) -> {
            List<RelyingService> services = context.getBean(RelyingServices.class).all();
            if (services.isEmpty() && !console.json()) {
              console.err().println(texts.say("service.none"));
            }
            services.forEach(service -> print(texts, service));
            return ExitCode.OK;
          });
    }

    private void print(Texts texts, RelyingService service) {
      if (console.json()) {
        Json.print(
            console.out(),
            "service",
            service.name(),
            "realm",
            service.realm(),
            "origin",
            service.origin(),
            "state",
            service.state().text(),
            "certificateEnds",
            service.notAfter().toString());
      } else {
        console
            .out()
            .println(
                String.join(
                    "  ",
                    service.name(),
                    service.realm(),
                    service.origin(),
                    texts.say("service.state." + service.state().text()),
                    service.notAfter().toString()));
      }
    }
  }

  /** {@code service revoke keycloak}. */
  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = {
        "システムの登録を抹消する。そのシステムのセッションも終わる。",
        "Removes a system's registration and ends its sessions."
      })
  static final class Revoke implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(index = "0", paramLabel = "NAME")
    @SuppressWarnings("NullAway.Init") // required
    private String name;

    @Override
    public Integer call() {
      return ServiceCommand.run(
          console,
          (context, texts) -> {
            if (!context.getBean(RelyingServices.class).revoke(name)) {
              console.err().println(texts.say("service." + RelyingServices.Why.UNKNOWN, name));
              return ExitCode.REFUSED;
            }
            if (console.json()) {
              Json.print(console.out(), "service", name, "done", true);
            } else {
              console.out().println(texts.say("service.revoked", name));
            }
            return ExitCode.OK;
          });
    }
  }

  /** Texts that the commands may say, for the test of completeness. */
  static List<String> keys() {
    List<String> keys = new ArrayList<>();
    for (RelyingServices.Why why : RelyingServices.Why.values()) {
      keys.add("service." + why);
    }
    for (RelyingService.State state : RelyingService.State.values()) {
      keys.add("service.state." + state.text());
    }
    return keys;
  }
}
