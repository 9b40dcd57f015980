package jp.sekisho.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Takes exports of a {@link Town}'s logs and looks at them with the auditors' own program. */
final class Auditor {
  private static final String AUDIT = "auth-server/audit-log/target/sekisho-audit.jar";

  private final Path directory;
  private final Programs programs;
  private final Console console;
  private final Console reader;
  private final List<Path> exports = new ArrayList<>();

  /** A command of the service's program, which had to succeed; its output. */
  interface Console {
    String run(String... words);
  }

  /**
   * @param console makes the exports that are verified
   * @param reader makes those that a test only reads, over and over while it waits
   */
  Auditor(Path directory, Programs programs, Console console, Console reader) {
    this.directory = directory;
    this.programs = programs;
    this.console = console;
    this.reader = reader;
  }

  /** The entries of a log now, one a line. */
  List<String> entries(String log) {
    Path file = directory.resolve(log + "-now.zip");
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reader.run("log", "export", "--log", log, "--out", file.toString());
    return lines(file);
  }

  private Path export(String log) {
    Path file = directory.resolve(log + "-" + exports.size() + ".zip");
    console.run("log", "export", "--log", log, "--out", file.toString());
    exports.add(file);
    return file;
  }

  private Programs.Finished verify(Path bundle, String log, String... options) {
    String key = console.run("log", "key", "--log", log).strip();
    String[] fixed = {
      "verify", bundle.toString(), "--log-key", key, "--allow-unwitnessed", "--json"
    };
    String[] all =
        Stream.concat(Arrays.stream(fixed), Arrays.stream(options)).toArray(String[]::new);
    return programs.run(Programs.jar(AUDIT, all));
  }

  /** Exports a log, verifies it with the auditor's program and returns its entries, one a line. */
  String exportAndVerify(String log) {
    Path bundle = export(log);
    verify(bundle, log).expectOk();
    return String.join("\n", lines(bundle));
  }

  /** As {@link #exportAndVerify}, and the log must continue the one exported before. */
  String exportAndVerifySince(String log) {
    Path before = directory.resolve("kept-checkpoint");
    try {
      Files.write(before, member(exports.get(exports.size() - 1), "checkpoint"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path bundle = export(log);
    verify(bundle, log, "--since", before.toString()).expectOk();
    return String.join("\n", lines(bundle));
  }

  /**
   * Changes one character of the second entry of an export and returns what the auditor's program
   * says.
   */
  String verifyWithOneByteChanged(String log) throws IOException {
    Path good = export(log);
    Path bad = directory.resolve("altered.zip");
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(good));
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(bad))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] bytes = in.readAllBytes();
        if (entry.getName().equals("entries.jsonl")) {
          String text = new String(bytes, StandardCharsets.UTF_8);
          int second = text.indexOf('\n') + 1;
          int at = text.indexOf("\"outcome\":\"", second) + 11;
          bytes =
              (text.substring(0, at) + "S" + text.substring(at + 1))
                  .getBytes(StandardCharsets.UTF_8);
        }
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(bytes);
      }
    }
    Programs.Finished finished = verify(bad, log);
    if (finished.exitCode() != 1) {
      throw new AssertionError("exit " + finished.exitCode() + finished.out() + finished.err());
    }
    return finished.out();
  }

  private static List<String> lines(Path bundle) {
    return new String(member(bundle, "entries.jsonl"), StandardCharsets.UTF_8).lines().toList();
  }

  private static byte[] member(Path zip, String name) {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (entry.getName().equals(name)) {
          return in.readAllBytes();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError(name + " is not in " + zip);
  }
}
