package jp.sekisho.audit.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.EntrySink;
import jp.sekisho.audit.copy.LogCopy;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.table.CsvTable;
import jp.sekisho.audit.table.OcsfLines;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sekisho-audit export}: entries for a spreadsheet or another program, verified in the same
 * pass. The file appears only if the whole copy verified: nobody works with a table of forged
 * entries by mistake. Memory does not grow with the log.
 */
@Command(name = "export", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class ExportCommand implements Callable<Integer> {
  private static final int BUFFER = 256 * 1024;

  /** What the file is to be. */
  enum Format {
    JSONL,
    CSV,
    OCSF
  }

  @Mixin private final Voice voice;
  @Mixin private KeyOptions keys;

  @Parameters(paramLabel = "BUNDLE|DIR|URL", descriptionKey = "audit.option.bundle")
  private String copy;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      descriptionKey = "audit.option.out")
  private Path out;

  @Option(names = "--format", paramLabel = "jsonl|csv|ocsf", descriptionKey = "audit.option.format")
  private Format format = Format.CSV;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      descriptionKey = "audit.option.columns")
  private List<String> columns = CsvTable.COLUMNS;

  ExportCommand(Messages messages) {
    this.voice = new Voice(messages);
  }

  @Override
  public Integer call() {
    return voice.run(this::export);
  }

  private int export() throws IOException, FormatException {
    TrustedKeys trusted = keys.read();
    CopyVerifier verifier = new CopyVerifier(trusted, keys.unwitnessedAllowed());
    Path unfinished = out.resolveSibling(out.getFileName() + ".unverified");
    try (LogCopy opened = CopyArgument.open(copy)) {
      Verification outcome;
      try (OutputStream file =
          new BufferedOutputStream(Files.newOutputStream(unfinished), BUFFER)) {
        outcome = verifier.verify(opened, Optional.empty(), sink(file, trusted.log().name()));
      }
      if (!(outcome instanceof Verified verified)) {
        return voice.refuse((Invalid) outcome);
      }
      Files.move(
          unfinished, out, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return voice.done(
          JsonReport.verified(verified).text("file", out.toString()),
          List.of(voice.get("audit.export.done", Long.toString(verified.size()), out)));
    } catch (LinesSink.NotALineException e) {
      return voice.complain("NOT_A_LINE", String.valueOf(e.getMessage()), Exit.INVALID);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private EntrySink sink(OutputStream file, String origin) throws IOException {
    return switch (format) {
      case JSONL -> new LinesSink(file);
      case CSV -> new CsvTable(file, columns, CsvTable.Further.NONE);
      case OCSF -> new OcsfLines(file, origin);
    };
  }
}
