package jp.sekisho.policy.source;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.DraftFile;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.Root.Officer;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compiles a policy and its layers and lays out what says something new, unsigned, for the officers
 * named; {@code cosign} takes it from one to the next. With {@code --organ} only the layers of that
 * 機関, for its delegates.
 */
@Command(name = "draft")
final class DraftCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // required
  @Option(names = "--root", required = true, paramLabel = "DIR", descriptionKey = "draft.root")
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
      names = "--signer",
      required = true,
      paramLabel = "NUMBER",
      descriptionKey = "draft.signer")
  private List<String> signers = List.of();

  @Option(names = "--organ", paramLabel = "ORGAN", descriptionKey = "draft.organ")
  private @Nullable String organ;

  @Option(names = "--days", paramLabel = "N", descriptionKey = "sign.days")
  private int days = (int) TrustKind.POLICY.maxLife().toDays();

  private final Clock clock;

  DraftCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() {
    Output output = common.output();
    if (days < 1 || days > TrustKind.POLICY.maxLife().toDays()) {
      return output.refused("DAYS", "sign.DAYS", Integer.toString(days));
    }
    try {
      SignedFile signed = TrustFiles.read(rootDirectory, TrustKind.ROOT);
      Drafts drafts = new Drafts(out);
      Drafts.Named rotation = drafts.read().get("root");
      // What is drafted beside a new root counts under that one.
      Root root = Root.parse(rotation == null ? signed.bodyBytes() : rotation.file().body());
      List<String> keys = new ArrayList<>();
      for (String number : signers) {
        String key = key(root, number);
        if (key == null) {
          return output.refused("SIGNER", "draft.SIGNER", number);
        }
        keys.add(key);
      }
      PolicyTree.Outcome read = PolicyTree.read(source);
      if (read instanceof PolicyTree.Outcome.Refused refused) {
        return SourceFile.refused(output, refused.problems(), source);
      }
      boolean trial = signed.header().trial();
      if (trial) {
        common.banner();
      }
      List<DraftFile> made = made(signed, ((PolicyTree.Outcome.Read) read).tree(), keys, trial);
      if (made.isEmpty()) {
        return output.refused("NOTHING", "draft.NOTHING", out.toString());
      }
      for (DraftFile draft : made) {
        drafts.write(new Drafts.Named(Drafts.name(draft), draft, List.of()));
      }
      return report(output, made);
    } catch (MalformedException e) {
      return output.refused("POLICY_MALFORMED", "sign.MALFORMED", String.valueOf(e.getMessage()));
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
  }

  private @Nullable String key(Root root, String number) {
    List<Officer> who = new ArrayList<>(root.officers());
    root.delegations().stream()
        .filter(one -> one.organ().equals(organ))
        .forEach(one -> who.add(one.officer()));
    return who.stream()
        .filter(one -> one.person().equals(number))
        .map(one -> one.key().id())
        .findFirst()
        .orElse(null);
  }

  /** What says something else than the signed file in {@code --out}, or has none there. */
  private List<DraftFile> made(SignedFile root, PolicyTree tree, List<String> keys, boolean trial)
      throws InputFile.UnreadableException, MalformedException {
    SignedBefore before = SignedBefore.read(out, root);
    List<DraftFile> made = new ArrayList<>();
    if (organ == null) {
      byte[] body = tree.policyIn(PolicyTree.COMMON).bytes();
      add(made, null, body, before.file(), keys, trial);
    }
    for (ScopedLayer layer : tree.scopedLayers()) {
      if (organ == null || layer.scope().organ().equals(organ)) {
        String of = layer.scope().organ();
        add(made, of, layer.bytes(), before.files().get(layer.scope()), keys, trial);
      }
    }
    return made;
  }

  private void add(
      List<DraftFile> made,
      @Nullable String of,
      byte[] body,
      @Nullable SignedFile old,
      List<String> keys,
      boolean trial) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    List<String> sorted = keys.stream().distinct().sorted().toList();
    if (old != null
        && Arrays.equals(old.bodyBytes(), body)
        && old.header().signers().equals(sorted)
        && now.plus(Duration.ofDays(days / 2)).isBefore(old.header().expires())) {
      return;
    }
    long version = old == null ? 1 : old.header().version() + 1;
    made.add(
        DraftFile.of(
            TrustHeader.of(
                TrustKind.POLICY,
                of,
                version,
                now,
                now.plus(Duration.ofDays(days)),
                trial,
                sorted,
                body),
            body));
  }

  private int report(Output output, List<DraftFile> made) throws MalformedException {
    ObjectNode json = Output.object("drafted");
    ArrayNode names = json.putArray("drafts");
    StringBuilder list = new StringBuilder();
    for (DraftFile draft : made) {
      names.add(Drafts.name(draft));
      list.append(list.isEmpty() ? "" : " ").append(Drafts.name(draft));
    }
    output.result(
        json,
        () ->
            output.line(
                output
                    .messages()
                    .text("draft.made", out.toString(), list.toString(), signersLine())));
    return Exit.OK.code();
  }

  private String signersLine() {
    return String.join(" ", signers);
  }
}
