package jp.sekisho.audit.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.bundle.BundleCopy;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.entry.TopLevel;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.audit.names.SealedNames;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.table.CsvTable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sekisho-audit names}: a verified bundle as a table that also has the name and the post of
 * each entry's person on the day of the entry, from the bundle's sealed table. The file is its
 * owner's alone where the system knows such a thing.
 */
@Command(name = "names", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class NamesCommand implements Callable<Integer> {
  private static final int BUFFER = 256 * 1024;
  private static final int MAX_CODE_BYTES = 256;
  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  @Mixin private final Voice voice;
  @Mixin private KeyOptions keys;

  @Parameters(paramLabel = "BUNDLE", descriptionKey = "audit.option.bundle-file")
  private String bundle;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      descriptionKey = "audit.option.out")
  private Path out;

  @Option(names = "--code-file", paramLabel = "FILE", descriptionKey = "audit.option.code-file")
  private @Nullable Path codeFile;

  NamesCommand(Messages messages) {
    this.voice = new Voice(messages);
  }

  @Override
  public Integer call() {
    return voice.run(this::write);
  }

  private int write() throws IOException, FormatException {
    CopyVerifier verifier = new CopyVerifier(keys.read(), keys.unwitnessedAllowed());
    Path unfinished = out.resolveSibling(out.getFileName() + ".unverified");
    try (BundleCopy copy = BundleCopy.open(CopyArgument.path(bundle))) {
      Optional<byte[]> sealed = copy.names();
      if (sealed.isEmpty()) {
        return voice.complain("NO_NAMES", bundle, Exit.INVALID);
      }
      Optional<NameTable> table = Optional.empty();
      Optional<String> given = code();
      if (given.isEmpty()) {
        return voice.complain("CODE_NEEDED", "--code-file", Exit.USAGE);
      }
      Optional<SealCode> typed = SealCode.parse(given.get());
      if (typed.isPresent()) {
        try (SealCode code = typed.get()) {
          String text = SignedNote.parse(copy.checkpoint()).text();
          table = SealedNames.open(sealed.get(), code, text);
        }
      }
      if (table.isEmpty()) {
        return voice.complain("CODE_WRONG", bundle, Exit.INVALID);
      }
      Verification outcome;
      try (OutputStream file = new BufferedOutputStream(create(unfinished), BUFFER)) {
        CsvTable rows = new CsvTable(file, CsvTable.COLUMNS, new Named(table.get()));
        outcome = verifier.verify(copy, Optional.empty(), rows);
      }
      if (!(outcome instanceof Verified verified)) {
        return voice.refuse((Invalid) outcome);
      }
      Files.move(
          unfinished, out, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return voice.done(
          JsonReport.verified(verified)
              .number("people", table.get().people())
              .text("file", out.toString()),
          List.of(
              voice.get(
                  "audit.names.done",
                  Long.toString(verified.size()),
                  Integer.toString(table.get().people()),
                  out)));
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** Returns what was typed or stands in the file's first line; empty where nobody can type. */
  private Optional<String> code() throws IOException {
    if (codeFile != null) {
      byte[] file = SmallFile.read(codeFile, MAX_CODE_BYTES);
      return Optional.of(new String(file, StandardCharsets.UTF_8).lines().findFirst().orElse(""));
    }
    @SuppressWarnings("SystemConsoleNull") // before Java 22 it is null where there is no terminal
    Console console = System.console();
    if (console == null) {
      return Optional.empty();
    }
    char[] typed = console.readPassword("%s", voice.get("audit.names.code"));
    return Optional.of(typed == null ? "" : new String(typed));
  }

  private static OutputStream create(Path file) throws IOException {
    Files.deleteIfExists(file);
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      FileAttribute<?> own =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      Files.newByteChannel(
              file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), own)
          .close();
    }
    return Files.newOutputStream(file);
  }

  /** Name and post beside each entry. */
  private record Named(NameTable table) implements CsvTable.Further {
    @Override
    public List<String> names() {
      return List.of("name", "post held");
    }

    @Override
    public List<String> cells(long index, byte[] entry) {
      Map<String, TopLevel.Value> members =
          TopLevel.read(new String(entry, StandardCharsets.UTF_8)).orElse(Map.of());
      TopLevel.Value person = members.get("person");
      TopLevel.Value time = members.get("time");
      TopLevel.Value post = members.get("post");
      if (person == null || time == null) {
        return List.of("", "");
      }
      try {
        LocalDate day = LocalDate.ofInstant(Instant.parse(time.text()), JAPAN);
        return List.of(
            table.name(person.text(), day),
            table.post(person.text(), post == null ? null : post.text(), day));
      } catch (DateTimeException e) {
        return List.of("", "");
      }
    }
  }
}
