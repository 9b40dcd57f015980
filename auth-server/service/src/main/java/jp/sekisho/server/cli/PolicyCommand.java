package jp.sekisho.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.ServiceKeys;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.SignedLayers;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.policy.OnlineKey;
import jp.sekisho.server.policy.PolicyImport;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.smartcard.verify.PathVerifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code policy}: takes in what officers signed; works beside the running service. */
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    subcommands = {PolicyCommand.Keys.class, PolicyCommand.Import.class, PolicyCommand.Show.class},
    description = {"署名済みポリシー", "Signed policies."})
final class PolicyCommand {
  private PolicyCommand() {}

  private static void json(Console console, Map<String, Object> values) {
    console.out().println(new String(CanonicalJson.write(values), StandardCharsets.UTF_8));
  }

  private static Map<String, Object> fields(Trusted<Root> root, Trusted<Policy> policy) {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("trial", root.header().trial());
    fields.put("rootVersion", root.version());
    fields.put("rootHash", root.hash());
    fields.put("rootExpires", root.header().expires().toString());
    fields.put("policyVersion", policy.version());
    fields.put("policyHash", policy.hash());
    fields.put("policyExpires", policy.header().expires().toString());
    fields.put("approvers", policy.body().grants().approvers().value().size());
    return fields;
  }

  private static void print(
      Console console,
      String key,
      Trusted<Root> root,
      Trusted<Policy> policy,
      List<Trusted<ScopedLayer>> layers) {
    Texts texts = Texts.of(PolicyCommand.class, console.locale());
    if (root.header().trial()) {
      console.err().println(texts.say("policy.trial"));
    }
    if (console.json()) {
      Map<String, Object> fields = fields(root, policy);
      fields.put("layers", SignedLayers.names(layers));
      json(console, fields);
    } else {
      if (root.header().trial()) {
        console.out().println(texts.say("policy.trial"));
      }
      console
          .out()
          .println(
              texts.say(
                  key,
                  root.version(),
                  root.hash(),
                  root.header().expires(),
                  policy.version(),
                  policy.hash(),
                  policy.header().expires()));
      SignedLayers.names(layers).forEach(console.out()::println);
    }
  }

  private static int refused(
      Console console, Installation installation, Refusal reason, String what) {
    RefusalText text =
        RefusalText.of(reason, console.locale(), Map.of("help", installation.config().helpLine()));
    if (console.json()) {
      json(console, Map.of("refused", reason.name(), "what", what));
    }
    console
        .err()
        .println(
            Texts.of(PolicyCommand.class, console.locale())
                .say("policy.refused", reason, text.what(), what, text.action(), text.contact()));
    return ExitCode.REFUSED;
  }

  /** {@code policy keys}: what officers need of this service to make its root. */
  @Command(
      name = "keys",
      mixinStandardHelpOptions = true,
      description = {
        "ルートに書くサーバーの公開鍵を書き出す。",
        "Writes this service's public keys, for sekisho-policy root --service."
      })
  static final class Keys implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = {"書き出すファイル", "Where to write them."})
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Override
    public Integer call() {
      return console.run(installation -> {
        SortedSet<String> logs = new TreeSet<>();
        for (String log : installation.logs().names()) {
          logs.add(installation.logs().verifierKey(log).toString());
        }
        ServiceKeys keys =
            new ServiceKeys(
                OnlineKey.open(installation.directory().keys()).key(),
                new ArrayList<>(staffCas(installation.staffTrust())),
                new ArrayList<>(logs));
        Files.write(out, keys.bytes());
        if (console.json()) {
          json(console, Map.of("file", out.toString(), "onlineKey", keys.online().id()));
        } else {
          console
              .out()
              .println(
                  Texts.of(PolicyCommand.class, console.locale())
                      .say("policy.keys", out, keys.online().id()));
        }
        return ExitCode.OK;
      });
    }

    private static SortedSet<String> staffCas(Path directory) throws IOException {
      SortedSet<String> pins = new TreeSet<>();
      if (Files.isDirectory(directory)) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.crt")) {
          for (Path file : files) {
            pins.add(Sha256.text(PathVerifier.parse(StaffTrust.der(file)).getEncoded()));
          }
        } catch (CertificateException e) {
          throw new IOException(directory + " holds a file that is no certificate", e);
        }
      }
      return pins;
    }
  }

  /** {@code policy import DIR}. */
  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = {
        "責任者が署名したルートとポリシーを、確かめてから取り込む。",
        "Takes in the root and policy that officers signed, after verifying them."
      })
  static final class Import implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(
        index = "0",
        paramLabel = "DIR",
        description = {
          "root・root.sig・policy・policy.sig と、あれば layers/*.layer のあるディレクトリー",
          "The directory with root, root.sig, policy, policy.sig and, if any, layers/*.layer."
        })
    @SuppressWarnings("NullAway.Init") // required
    private Path directory;

    @Option(
        names = "--root-hash",
        paramLabel = "HASH",
        description = {
          "責任者から別の経路で聞いたルートのハッシュ",
          "The root's hash, as officers told it by another way."
        })
    private @Nullable String rootHash;

    @Override
    public Integer call() {
      return console.run(installation ->
          switch (outcome(PolicyImport.of(installation))) {
            case PolicyImport.Outcome.Refused(var reason, var what) ->
                refused(console, installation, reason, what);
            case PolicyImport.Outcome.Imported(var root, var policy, var layers, var again) -> {
              print(console, again ? "policy.again" : "policy.imported", root, policy, layers);
              yield ExitCode.OK;
            }
          });
    }

    private PolicyImport.Outcome outcome(PolicyImport imports) throws IOException {
      SignedFile root;
      SignedFile policy;
      List<SignedFile> layers;
      try {
        root = read(TrustKind.ROOT);
        policy = read(TrustKind.POLICY);
        layers = layers();
      } catch (MalformedException e) {
        return imports.refuse(Refusal.POLICY_MALFORMED, String.valueOf(e.getMessage()));
      }
      return rootHash == null || rootHash.equals(root.hash())
          ? imports.importFiles(root, policy, layers)
          : imports.refuse(Refusal.ROOT_NOT_PINNED, root.hash());
    }

    private SignedFile read(TrustKind kind) throws IOException, MalformedException {
      return read(kind, directory.resolve(kind.text()));
    }

    private static SignedFile read(TrustKind kind, Path file)
        throws IOException, MalformedException {
      return SignedFile.read(
          kind,
          read(file, SignedFile.maxBytes(kind)),
          read(file.resolveSibling(file.getFileName() + ".sig"), SignedFile.MAX_SIGNATURES));
    }

    /** The layers below, in {@code layers/}: one file each, beside it its signatures. */
    private List<SignedFile> layers() throws IOException, MalformedException {
      Path layers = directory.resolve("layers");
      List<SignedFile> found = new ArrayList<>();
      if (Files.isDirectory(layers)) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(layers, "*.layer")) {
          for (Path file : files) {
            found.add(read(TrustKind.POLICY, file));
          }
        }
      }
      return found;
    }

    private static byte[] read(Path file, int limit) throws IOException, MalformedException {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(limit + 1);
        if (bytes.length > limit) {
          throw new MalformedException(file.getFileName() + " over " + limit + " bytes");
        }
        return bytes;
      }
    }
  }

  /** {@code policy show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {"取り込み済みのポリシーを表示する。", "Shows which policy counts."})
  static final class Show implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Override
    public Integer call() {
      return console.run(installation -> {
        var officers = SignedPolicies.of(installation).officers();
        if (officers.isEmpty()) {
          return refused(console, installation, Refusal.POLICY_MISSING, "");
        }
        print(
            console,
            "policy.shown",
            officers.get().root(),
            officers.get().policy(),
            officers.get().layers());
        return ExitCode.OK;
      });
    }
  }
}
