package jp.sekisho.audit.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.CosignedCopy;
import jp.sekisho.audit.copy.LogCopy;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.sample.Lot;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sekisho-audit sample}: draws entries by lot out of a copy that is verified in the same
 * pass, the same ones as the service drew with that seed and size.
 */
@Command(name = "sample", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class SampleCommand implements Callable<Integer> {
  @Mixin private final Voice voice;
  @Mixin private KeyOptions keys;

  @Parameters(paramLabel = "BUNDLE|DIR|URL", descriptionKey = "audit.option.bundle")
  private String copy;

  @Option(
      names = "--seed",
      required = true,
      paramLabel = "HEX",
      descriptionKey = "audit.option.sample-seed")
  private String seed;

  @Option(
      names = "--count",
      required = true,
      paramLabel = "N",
      descriptionKey = "audit.option.sample-count")
  private int count;

  @Option(names = "--size", paramLabel = "N", descriptionKey = "audit.option.sample-size")
  private @Nullable Long size;

  SampleCommand(Messages messages) {
    this.voice = new Voice(messages);
  }

  @Override
  public Integer call() {
    return voice.run(this::sample);
  }

  private int sample() throws IOException, FormatException {
    CopyVerifier verifier = new CopyVerifier(keys.read(), keys.unwitnessedAllowed());
    try (LogCopy opened = CosignedCopy.snapshot(CopyArgument.open(copy), new byte[0])) {
      Checkpoint claimed = Checkpoint.parse(SignedNote.parse(opened.checkpoint()).text());
      long from = size == null ? claimed.size() : size;
      if (from < 0
          || from > claimed.size()
          || count < 1
          || count > Lot.MAX_COUNT
          || !Lot.isSeed(seed)) {
        return voice.complain("SAMPLE_UNUSABLE", from + " / " + claimed.size(), Exit.USAGE);
      }
      List<Long> indexes = new Lot(claimed.origin(), from, seed).draw(count);
      Set<Long> wanted = new HashSet<>(indexes);
      List<String> lines = new ArrayList<>();
      Verification outcome =
          verifier.verify(
              opened,
              Optional.empty(),
              (index, entry) -> {
                if (wanted.contains(index)) {
                  lines.add(index + "\t" + new String(entry, StandardCharsets.UTF_8));
                }
              });
      if (!(outcome instanceof Verified verified)) {
        return voice.refuse((Invalid) outcome);
      }
      String drawn =
          indexes.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
      return voice.done(
          JsonReport.verified(verified).text("seed", seed).number("from", from).raw("drawn", drawn),
          lines);
    }
  }
}
