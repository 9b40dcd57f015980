package jp.sekisho.policy.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.LayersOutcome;
import jp.sekisho.policy.trust.OfficerOutcome;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.SignedLayers;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compiles a policy, or a directory of layers, says what changes against what was signed last, and
 * signs it with the trial officer's key. What is signed is exactly what was shown.
 */
@Command(name = "sign")
final class SignCommand implements Callable<Integer> {
  private static final int MAX_CERTIFICATE = 64 * 1024;

  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // required
  @Option(names = "--root", required = true, paramLabel = "DIR", descriptionKey = "sign.root")
  private Path rootDirectory;

  @SuppressWarnings("NullAway.Init") // required
  @Option(
      names = "--policy",
      required = true,
      paramLabel = "FILE.yaml|DIR",
      descriptionKey = "sign.policy")
  private Path source;

  @SuppressWarnings("NullAway.Init") // required
  @Option(names = "--out", required = true, paramLabel = "DIR", descriptionKey = "sign.out")
  private Path out;

  @Option(
      names = "--approver",
      paramLabel = "PERSON:ORGAN:CERTIFICATE",
      descriptionKey = "sign.approver")
  private List<String> approvers = List.of();

  @Option(names = "--days", paramLabel = "N", descriptionKey = "sign.days")
  private int days = (int) TrustKind.POLICY.maxLife().toDays();

  @Option(names = "--dry-run", descriptionKey = "sign.dry-run")
  private boolean dryRun;

  private final Clock clock;

  SignCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws GeneralSecurityException {
    Output output = common.output();
    if (days < 1 || days > TrustKind.POLICY.maxLife().toDays()) {
      return output.refused("DAYS", "sign.DAYS", Integer.toString(days));
    }
    try {
      SignedFile root = TrustFiles.read(rootDirectory, TrustKind.ROOT);
      if (root.header().trial()) {
        common.banner();
      }
      if (Files.isDirectory(source)) {
        PolicyTree.Outcome read = PolicyTree.read(source);
        if (read instanceof PolicyTree.Outcome.Refused refused) {
          return SourceFile.refused(output, refused.problems(), source);
        }
        PolicyTree tree = ((PolicyTree.Outcome.Read) read).tree();
        Policy common = withApprovers(tree.policyIn(PolicyTree.COMMON));
        return sign(output, root, common, tree.scopedLayers());
      }
      PolicyCompiler.Outcome compiled = SourceFile.compile(source);
      if (compiled instanceof PolicyCompiler.Outcome.Refused refused) {
        return SourceFile.refused(output, source, refused.problems());
      }
      Policy policy = withApprovers(((PolicyCompiler.Outcome.Compiled) compiled).policy());
      List<String> lower = lowerLayers();
      if (!lower.isEmpty() && !output.json()) {
        output.line(output.messages().text("sign.lower", String.join(" ", lower)));
      }
      return sign(output, root, policy, List.of());
    } catch (MalformedException e) {
      return output.refused("POLICY_MALFORMED", "sign.MALFORMED", String.valueOf(e.getMessage()));
    } catch (RefusedException e) {
      return output.refused(e.code, "sign." + e.code, e.argument);
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
  }

  /** The lower layers that lie beside what is signed: they are not in it (ADR 0010). */
  private List<String> lowerLayers() {
    Path directory = source.toAbsolutePath().getParent();
    List<String> lower = new ArrayList<>();
    try {
      for (Path file : directory == null ? List.<Path>of() : PolicyTree.files(directory)) {
        if (SourceFile.layer(file) instanceof LayerCompiler.Outcome.Compiled beside
            && beside.layer().head().layer() != Layer.COMMON) {
          lower.add(beside.layer().head().scope());
        }
      }
    } catch (InputFile.UnreadableException e) {
      // A hint to the officer, not a check: what is signed was read already.
    }
    return lower;
  }

  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String code;
    private final String argument;

    RefusedException(String code, String argument) {
      super(code);
      this.code = code;
      this.argument = argument;
    }
  }

  private int sign(Output output, SignedFile root, Policy policy, List<ScopedLayer> lower)
      throws GeneralSecurityException,
          MalformedException,
          RefusedException,
          InputFile.UnreadableException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    SignedBefore signed = before(root);
    Optional<Trusted<Policy>> before = Optional.ofNullable(signed.policy());
    List<RuleWords.Change> changes =
        RuleWords.changes(before.map(Trusted::body).orElse(null), policy);
    LayerSigning signing = new LayerSigning(out);
    Map<LayerScope, List<RuleWords.Change>> below =
        LayerSigning.changes(
            before.map(Trusted::body).orElse(null), signed.bodies(), policy, lower);
    long version = before.map(Trusted::version).orElse(0L) + 1;
    show(output, before.map(Trusted::version).orElse(0L), version, changes);
    below.forEach((scope, list) -> showLayer(output, scope, list));
    Root officers = Root.parse(root.bodyBytes());
    FileSigner signer = TrialKey.read(rootDirectory.resolve(TrialKey.FILE), officers);
    if (signer == null) {
      throw new RefusedException("KEY", rootDirectory.resolve(TrialKey.FILE).toString());
    }
    byte[] body = policy.bytes();
    SignedFile file =
        SignedFile.sign(
            TrustHeader.of(
                TrustKind.POLICY,
                null,
                version,
                now,
                now.plus(Duration.ofDays(days)),
                root.header().trial(),
                List.of(signer.key().id()),
                body),
            body,
            List.of(signer));
    OfficerOutcome outcome =
        TrustVerifier.officers(null, before.orElse(null), List.of(root), file, now);
    if (outcome instanceof OfficerOutcome.Rejected rejected) {
      throw new RefusedException("REFUSED", rejected.reason() + " " + rejected.what());
    }
    OfficerOutcome.Accepted good = (OfficerOutcome.Accepted) outcome;
    List<SignedFile> layers = signing.signed(lower, good.root(), signer, now, days);
    LayersOutcome all = SignedLayers.all(good.root(), good.policy(), List.of(), layers, now);
    if (all instanceof LayersOutcome.Rejected rejected) {
      throw new RefusedException("REFUSED", rejected.reason() + " " + rejected.what());
    }
    if (!dryRun) {
      write(root, file);
      signing.write(layers);
    }
    report(output, file, changes, below, ((LayersOutcome.Accepted) all).layers());
    return Exit.OK.code();
  }

  /** What was signed last, from {@code --out}; what does not verify is no base to sign on. */
  private SignedBefore before(SignedFile root)
      throws MalformedException, RefusedException, InputFile.UnreadableException {
    if (Files.exists(out.resolve(TrialKey.FILE))) {
      // The directory is carried to the service; a key must not come along.
      throw new RefusedException("KEY_IN_OUT", out.toString());
    }
    return SignedBefore.read(out, root);
  }

  private void write(SignedFile root, SignedFile policy) throws InputFile.UnreadableException {
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw TrustFiles.unwritable(out);
    }
    TrustFiles.write(out, root);
    TrustFiles.write(out, policy);
  }

  private static void show(
      Output output, long before, long version, List<RuleWords.Change> changes) {
    if (output.json()) {
      return;
    }
    output.line(
        output.messages().text("sign.changes", Long.toString(before), Long.toString(version)));
    if (changes.isEmpty()) {
      output.line(output.messages().text("sign.no-changes"));
    }
    changes.forEach(change -> output.line(change.line(output.messages())));
    if (!changes.isEmpty()) {
      boolean wider = RuleWords.widens(changes);
      output.line(output.messages().text(wider ? "diff.wider-whole" : "diff.stricter-whole"));
    }
    output.out().flush();
  }

  private static void showLayer(Output output, LayerScope scope, List<RuleWords.Change> changes) {
    if (!output.json()) {
      output.line(output.messages().text("diff.scope", scope.text()));
      changes.forEach(change -> output.line(change.line(output.messages())));
      output.out().flush();
    }
  }

  private void report(
      Output output,
      SignedFile file,
      List<RuleWords.Change> changes,
      Map<LayerScope, List<RuleWords.Change>> below,
      List<Trusted<ScopedLayer>> layers) {
    ObjectNode json =
        Output.object(dryRun ? "shown" : "signed")
            .put("trial", file.header().trial())
            .put("version", file.header().version())
            .put("hash", file.hash())
            .put("expires", file.header().expires().toString());
    ArrayNode list = json.putArray("changes");
    changes.forEach(change -> DiffCommand.put(list.addObject(), change));
    below.forEach((scope, more) ->
        more.forEach(one -> DiffCommand.put(list.addObject().put("scope", scope.text()), one)));
    json.put("wider", RuleWords.widens(changes));
    ArrayNode names = json.putArray("layers");
    SignedLayers.names(layers).forEach(names::add);
    output.result(
        json,
        () ->
            output.line(
                output
                    .messages()
                    .text(
                        dryRun ? "sign.shown" : "sign.signed",
                        Long.toString(file.header().version()),
                        out.toString(),
                        file.hash(),
                        file.header().expires().toString())));
  }

  private Policy withApprovers(Policy policy)
      throws RefusedException, InputFile.UnreadableException {
    if (approvers.isEmpty()) {
      return policy;
    }
    GrantRules grants = policy.grants();
    Rule<List<Approver>> rule = grants.approvers();
    List<Approver> all = new ArrayList<>(rule.value());
    for (String text : approvers) {
      Approver approver = approver(text);
      if (!all.contains(approver)) {
        all.add(approver);
      }
    }
    try {
      return new Policy(
          policy.segment(),
          policy.login(),
          policy.readers(),
          policy.usb(),
          new GrantRules(grants.longestUse(), grants.longestSpan(), rule.with(all)),
          policy.more());
    } catch (IllegalArgumentException e) {
      throw new RefusedException("APPROVER", String.valueOf(e.getMessage()));
    }
  }

  private static Approver approver(String text)
      throws RefusedException, InputFile.UnreadableException {
    String[] parts = text.split(":", 3);
    if (parts.length != 3) {
      throw new RefusedException("APPROVER", text);
    }
    byte[] bytes =
        InputFile.read(Path.of(parts[2]), InputStream.nullInputStream(), MAX_CERTIFICATE);
    try {
      byte[] spki =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes))
              .getPublicKey()
              .getEncoded();
      return new Approver(parts[0], parts[1], Sha256.text(spki));
    } catch (CertificateException | IllegalArgumentException e) {
      throw new RefusedException("APPROVER", text);
    }
  }
}
