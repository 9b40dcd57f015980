package jp.sekisho.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The shipped jars, run as their users run them: short commands to their end, long ones in the
 * background with a log file.
 */
final class Programs implements AutoCloseable {
  /** What a finished command said. */
  record Finished(int exitCode, String out, String err) {
    /** The output of a command that had to succeed. */
    String expectOk() {
      if (exitCode != 0) {
        throw new AssertionError("exit " + exitCode + "\n" + out + "\n" + err);
      }
      return out;
    }
  }

  private final Path directory;
  private final Map<String, String> environment;
  private final List<Process> running = new ArrayList<>();

  /**
   * @param directory where logs go
   * @param environment added to every process
   */
  Programs(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = Map.copyOf(environment);
  }

  /**
   * The command line that runs a shipped jar such as {@code
   * auth-server/service/target/sekisho-server.jar}.
   */
  static List<String> jar(String jar, String... arguments) {
    Path path = root().resolve(jar);
    if (!Files.isRegularFile(path)) {
      throw new IllegalStateException(jar + " is missing: run ./dev build first");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-jar"));
    command.add(path.toAbsolutePath().normalize().toString());
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** The checkout. */
  static Path root() {
    return Path.of(System.getProperty("sekisho.root", "..")).toAbsolutePath().normalize();
  }

  /** Runs a command to its end, at most a minute. */
  Finished run(List<String> command) {
    try {
      Path out = Files.createTempFile(directory, "out", ".log");
      Path err = Files.createTempFile(directory, "err", ".log");
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      Process process =
          builder
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end within a minute: " + command);
      }
      return new Finished(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Starts a long-running command; its output goes to {@code name.log}. */
  Process start(String name, List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process =
          builder
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()))
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      running.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The log file of a long-running command. */
  Path log(String name) {
    return directory.resolve(name + ".log");
  }

  /** Waits until {@code condition} holds; fails with the name of what was awaited. */
  static void await(String what, Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited " + limit.toSeconds() + " s for " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  /** A process and all that it started. */
  static List<ProcessHandle> family(Process process) {
    return Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
  }

  /** Ends a process in order and waits for it. */
  static void stop(Process process) {
    List<ProcessHandle> all = family(process);
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      // A script that ended without its server leaves it behind.
      all.forEach(ProcessHandle::destroyForcibly);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    for (int i = running.size() - 1; i >= 0; i--) {
      stop(running.get(i));
    }
  }
}
