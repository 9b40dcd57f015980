package jp.sekisho.audit.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.published.FolderWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sekisho-audit build}: publishes given entries as a log, so that other implementations of
 * the formats can be compared byte for byte. Not for a real log: its key stands on the command
 * line.
 */
@Command(name = "build", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class BuildCommand implements Callable<Integer> {
  private static final int SEED_BYTES = 32;

  @Mixin private final Voice voice;

  @Option(
      names = "--origin",
      required = true,
      paramLabel = "ORIGIN",
      descriptionKey = "audit.option.origin")
  private String origin;

  @Option(
      names = "--seed",
      required = true,
      paramLabel = "HEX",
      descriptionKey = "audit.option.seed")
  private String seed;

  @Option(
      names = "--entries",
      required = true,
      paramLabel = "FILE",
      descriptionKey = "audit.option.entries")
  private Path entries;

  @Parameters(paramLabel = "OUT", descriptionKey = "audit.option.folder")
  private Path folder;

  BuildCommand(Messages messages) {
    this.voice = new Voice(messages);
  }

  @Override
  public Integer call() {
    return voice.run(this::build);
  }

  private int build() throws IOException, FormatException {
    byte[] secret;
    try {
      secret = HexFormat.of().parseHex(seed);
    } catch (IllegalArgumentException e) {
      secret = new byte[0];
    }
    if (secret.length != SEED_BYTES) {
      return voice.complain("SEED_MALFORMED", Integer.toString(SEED_BYTES), Exit.USAGE);
    }
    try (LogSigner signer = LogSigner.of(origin, secret);
        InputStream in = new BufferedInputStream(Files.newInputStream(entries))) {
      Checkpoint checkpoint = FolderWriter.write(folder, new Lines(in), signer);
      Json line =
          new Json()
              .number("size", checkpoint.size())
              .text("root", StrictBase64.encode(checkpoint.root().bytes()))
              .text("vkey", signer.verifierKey().toString());
      voice.out().println(line.end());
      return Exit.VERIFIED;
    } catch (FileAlreadyExistsException e) {
      return voice.complain("OUT_EXISTS", String.valueOf(e.getMessage()), Exit.USAGE);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
