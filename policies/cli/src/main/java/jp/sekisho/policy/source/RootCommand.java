package jp.sekisho.policy.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import jp.sekisho.policy.trust.DraftFile;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.Root.Officer;
import jp.sekisho.policy.trust.ServiceKeys;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the root of a trial: one officer with a key in a file; or, with {@code --rotate}, the draft
 * of a root that k officers sign with {@code cosign}. The service's own keys come in a file that
 * {@code sekisho-server policy keys} writes.
 */
@Command(name = "root")
final class RootCommand implements Callable<Integer> {
  private static final int MAX_SERVICE_KEYS = 64 * 1024;

  @Mixin private CommonOptions common = new CommonOptions();

  /** A trial's root at once, or the draft of one that officers sign. */
  static final class What {
    @Option(names = "--new", paramLabel = "DIR", descriptionKey = "root.new")
    private @Nullable Path made;

    @Option(names = "--rotate", paramLabel = "DIR", descriptionKey = "root.rotate")
    private @Nullable Path rotated;
  }

  @ArgGroup(multiplicity = "1")
  private What what = new What();

  @Mixin private RotateRoot rotation = new RotateRoot();

  @Option(names = "--service", paramLabel = "FILE", descriptionKey = "root.service")
  private @Nullable Path service;

  @Option(names = "--officer", paramLabel = "NUMBER", descriptionKey = "root.officer")
  private String officer = "trial";

  @Option(names = "--layer", paramLabel = "ORGAN", descriptionKey = "root.layer")
  private List<String> layers = List.of();

  private final Clock clock;

  RootCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws GeneralSecurityException {
    Output output = common.output();
    if (what.rotated != null) {
      return rotate(output, what.rotated);
    }
    Path directory = what.made;
    if (directory == null || service == null) {
      return output.refused("SERVICE_NONE", "root.SERVICE_NONE", "--service");
    }
    common.banner();
    if (!Names.isPerson(officer)) {
      return output.refused("OFFICER_NONE", "root.OFFICER_NONE", officer);
    }
    for (String organ : layers) {
      if (!Names.isOrgan(organ)) {
        return output.refused("ORGAN", "root.ORGAN", organ);
      }
    }
    if (TrustFiles.isServiceData(directory)) {
      return output.refused("SERVICE_DATA", "root.SERVICE_DATA", directory.toString());
    }
    try {
      ServiceKeys keys = keys(service);
      if (!isFree(directory)) {
        return output.refused("NOT_EMPTY", "root.NOT_EMPTY", directory.toString());
      }
      return made(output, directory, keys);
    } catch (MalformedException e) {
      return output.refused("SERVICE_KEYS", "root.SERVICE_KEYS", String.valueOf(e.getMessage()));
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
  }

  private static ServiceKeys keys(Path file)
      throws InputFile.UnreadableException, MalformedException {
    return ServiceKeys.parse(InputFile.read(file, InputStream.nullInputStream(), MAX_SERVICE_KEYS));
  }

  /** Lays the draft of the next root, or of a production's first one, into {@code out}. */
  private int rotate(Output output, Path out) {
    try {
      DraftFile draft =
          rotation.draft(
              service == null ? null : keys(service),
              layers,
              clock.instant().truncatedTo(ChronoUnit.SECONDS));
      if (draft.header().trial()) {
        common.banner();
      }
      new Drafts(out).write(new Drafts.Named("root", draft, List.of()));
      ObjectNode json = Output.object("drafted").put("version", draft.header().version());
      draft.header().signers().forEach(json.putArray("signers")::add);
      output.result(
          json,
          () ->
              output.line(
                  output
                      .messages()
                      .text(
                          "root.drafted",
                          Long.toString(draft.header().version()),
                          out.toString())));
      return Exit.OK.code();
    } catch (RotateRoot.RefusedException e) {
      return output.refused(e.code(), "root." + e.code(), e.argument());
    } catch (MalformedException e) {
      return output.refused("SERVICE_KEYS", "root.SERVICE_KEYS", String.valueOf(e.getMessage()));
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
  }

  private static boolean isFree(Path directory) throws InputFile.UnreadableException {
    try {
      Files.createDirectories(directory);
      try (Stream<Path> files = Files.list(directory)) {
        return files.findAny().isEmpty();
      }
    } catch (IOException e) {
      throw TrustFiles.unwritable(directory);
    }
  }

  private int made(Output output, Path directory, ServiceKeys keys)
      throws GeneralSecurityException, InputFile.UnreadableException {
    KeyPair pair = TrialKey.generate();
    FileSigner signer = FileSigner.of(pair);
    Root root =
        new Root(
            1,
            List.of(new Officer(officer, signer.key())),
            keys.online(),
            keys.staffCas(),
            keys.logs(),
            List.of(),
            List.of(),
            layers.stream().distinct().sorted().toList(),
            List.of());
    byte[] body = root.bytes();
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    SignedFile file =
        SignedFile.sign(
            TrustHeader.of(
                TrustKind.ROOT,
                null,
                1,
                now,
                now.plus(TrustKind.ROOT.maxLife()),
                true,
                List.of(signer.key().id()),
                body),
            body,
            List.of(signer));
    try {
      TrialKey.write(directory.resolve(TrialKey.FILE), pair);
    } catch (IOException e) {
      throw TrustFiles.unwritable(directory.resolve(TrialKey.FILE));
    }
    TrustFiles.write(directory, file);
    ObjectNode json =
        Output.object("made")
            .put("trial", true)
            .put("rootHash", file.hash())
            .put("officerKey", signer.key().id())
            .put("expires", file.header().expires().toString());
    output.result(
        json,
        () ->
            output.line(
                output
                    .messages()
                    .text(
                        "root.made",
                        directory.toString(),
                        file.hash(),
                        file.header().expires().toString())));
    return Exit.OK.code();
  }
}
