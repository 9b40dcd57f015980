package jp.sekisho.policy.source;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustKey;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.CardText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One officer's signature on the drafts that name them: first what changes, in words, then the PIN.
 * The last signature verifies the whole set and writes it; until then nothing signed changes.
 */
@Command(name = "cosign")
final class CosignCommand implements Callable<Integer> {
  /** With what to sign. */
  static final class With {
    @Option(names = "--key", paramLabel = "FILE", descriptionKey = "cosign.key")
    private @Nullable Path key;

    @ArgGroup(exclusive = false)
    private @Nullable Card card;
  }

  /** The staff card, and where it lies: no other reader is touched. */
  static final class Card {
    @SuppressWarnings("UnusedVariable") // read by picocli
    @Option(names = "--card", required = true, descriptionKey = "cosign.card")
    private boolean card;

    @SuppressWarnings("NullAway.Init") // required
    @Option(
        names = "--reader",
        required = true,
        paramLabel = "NAME",
        descriptionKey = "cosign.reader")
    private String reader;
  }

  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "DIR", descriptionKey = "cosign.directory")
  private Path out;

  @Option(names = "--root", paramLabel = "DIR", descriptionKey = "cosign.root-directory")
  private @Nullable Path rootDirectory;

  @ArgGroup(multiplicity = "1")
  private With with = new With();

  private final Clock clock;
  private final CardPlace place;

  CosignCommand(Clock clock, CardPlace place) {
    this.clock = clock;
    this.place = place;
  }

  @Override
  public Integer call() throws GeneralSecurityException {
    Output output = common.output();
    try {
      SignedFile root =
          rootDirectory == null ? null : TrustFiles.read(rootDirectory, TrustKind.ROOT);
      Map<String, Drafts.Named> drafts = new Drafts(out).read();
      if (drafts.isEmpty()) {
        return output.refused("DRAFT_NONE", "cosign.DRAFT_NONE", out.toString());
      }
      Drafts.Named first = drafts.get("root");
      if (root == null && (first == null || first.file().header().version() != 1)) {
        return output.refused("ROOT_NONE", "cosign.ROOT_NONE", out.toString());
      }
      boolean trial = root != null && root.header().trial();
      if (trial) {
        common.banner();
      }
      List<TrustKey> known = known(root, drafts);
      Path key = with.key;
      if (key == null) {
        return byCard(output, root, drafts, known);
      }
      if (!trial) {
        return output.refused("KEY_PRODUCTION", "cosign.KEY_PRODUCTION", key.toString());
      }
      FileSigner signer = TrialKey.read(key, known);
      return signer == null
          ? output.refused("KEY", "sign.KEY", key.toString())
          : sign(output, root, drafts, known, signer);
    } catch (MalformedException e) {
      return output.refused("POLICY_MALFORMED", "sign.MALFORMED", String.valueOf(e.getMessage()));
    } catch (OfficerCard.RefusedException e) {
      return cardRefused(output, e.code(), e.triesLeft());
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
  }

  private int byCard(
      Output output,
      @Nullable SignedFile root,
      Map<String, Drafts.Named> drafts,
      List<TrustKey> known)
      throws GeneralSecurityException, MalformedException, InputFile.UnreadableException {
    try (CardPlace.Placed card = place.connect(with.card == null ? null : with.card.reader);
        OfficerCard officer =
            OfficerCard.read(
                card.channel(),
                tries ->
                    place.pin(
                        output
                            .messages()
                            .text("cosign.pin", card.name(), Integer.toString(tries))))) {
      return sign(output, root, drafts, known, officer);
    } catch (CardException e) {
      return cardRefused(output, e.failure().name(), OptionalInt.empty());
    }
  }

  /** What happened, why, what to do and whom to call, in the words of the card's own program. */
  private static int cardRefused(Output output, String code, OptionalInt triesLeft) {
    if (code.equals("PROMPT_UNAVAILABLE") || code.equals(CardFailure.PIN_LAST_TRY.name())) {
      return output.refused(code, "cosign." + code, "");
    }
    CardFailure failure = CardFailure.valueOf(code);
    String words = CardText.of(failure, output.messages().locale(), triesLeft).toString();
    return output.refused(code, "cosign.CARD", words.replace('\n', ' '));
  }

  /** Everybody who may have a line: officers and delegates, old and new. */
  private static List<TrustKey> known(@Nullable SignedFile root, Map<String, Drafts.Named> drafts)
      throws MalformedException {
    List<Root> roots = new ArrayList<>();
    if (root != null) {
      roots.add(Root.parse(root.bodyBytes()));
    }
    Drafts.Named rotation = drafts.get("root");
    if (rotation != null) {
      roots.add(Root.parse(rotation.file().body()));
    }
    List<TrustKey> known = new ArrayList<>();
    for (Root one : roots) {
      one.officers().forEach(officer -> known.add(officer.key()));
      one.delegations().forEach(delegation -> known.add(delegation.officer().key()));
    }
    return known;
  }

  private int sign(
      Output output,
      @Nullable SignedFile root,
      Map<String, Drafts.Named> drafts,
      List<TrustKey> known,
      FileSigner signer)
      throws GeneralSecurityException, MalformedException, InputFile.UnreadableException {
    String id = signer.key().id();
    List<Drafts.Named> mine =
        drafts.values().stream()
            .filter(one -> one.file().header().signers().contains(id))
            .filter(one -> one.lines().stream().noneMatch(line -> line.startsWith(id + " ")))
            .toList();
    if (mine.isEmpty()) {
      return output.refused("NOT_SIGNER", "cosign.NOT_SIGNER", id);
    }
    for (Drafts.Named one : drafts.values()) {
      for (String line : one.lines()) {
        if (known.stream().noneMatch(key -> one.file().isSigned(line, key))) {
          return output.refused("LINE", "cosign.LINE", one.name());
        }
      }
    }
    // Read once: what is shown is what the set is checked against.
    SignedBefore before = SignedBefore.read(out, root);
    DraftChanges changes = DraftChanges.of(root, before, drafts);
    // Always before the PIN: beside JSON on the other stream.
    changes.print(output.json() ? common.err() : output.out(), output.messages());
    // All signatures before anything is written: a PIN that fails in between leaves no half.
    Map<String, Drafts.Named> signed = new TreeMap<>(drafts);
    for (Drafts.Named one : mine) {
      List<String> lines = new ArrayList<>(one.lines());
      String line = one.file().line(signer);
      if (!one.file().isSigned(line, signer.key())) {
        throw new GeneralSecurityException("what the signer gave is no signature");
      }
      lines.add(line);
      signed.put(one.name(), new Drafts.Named(one.name(), one.file(), lines));
    }
    List<String> open = new ArrayList<>();
    for (Drafts.Named one : signed.values()) {
      int missing = one.file().header().signers().size() - one.lines().size();
      if (missing > 0) {
        open.add(one.name() + " " + missing);
      }
    }
    Finished finished =
        open.isEmpty() ? finish(before, root, signed) : new Finished(List.of(), null);
    if (finished.refusal() != null) {
      return output.refused("REFUSED", "sign.REFUSED", finished.refusal());
    }
    if (!open.isEmpty()) {
      for (Drafts.Named one : signed.values()) {
        new Drafts(out).write(one);
      }
    }
    return report(output, changes, mine, open, finished.names());
  }

  /** What came of a complete set; {@code refusal} null when it was written. */
  private record Finished(List<String> names, @Nullable String refusal) {}

  private Finished finish(
      SignedBefore before, @Nullable SignedFile root, Map<String, Drafts.Named> signed)
      throws MalformedException, InputFile.UnreadableException {
    CompleteSet set = CompleteSet.of(before, root, signed);
    String refusal = set.refusal(clock.instant());
    if (refusal == null) {
      set.write(out);
      new Drafts(out).clear();
    }
    return new Finished(List.copyOf(signed.keySet()), refusal);
  }

  private int report(
      Output output,
      DraftChanges changes,
      List<Drafts.Named> mine,
      List<String> open,
      List<String> finished) {
    ObjectNode json = Output.object(open.isEmpty() ? "complete" : "cosigned");
    ArrayNode names = json.putArray("signed");
    mine.forEach(one -> names.add(one.name()));
    ArrayNode missing = json.putArray("missing");
    open.forEach(missing::add);
    changes.put(json);
    output.result(
        json,
        () ->
            output.line(
                open.isEmpty()
                    ? output
                        .messages()
                        .text("cosign.complete", String.join(" ", finished), out.toString())
                    : output.messages().text("cosign.open", String.join(", ", open))));
    return Exit.OK.code();
  }
}
