package jp.sekisho.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import jp.sekisho.e2e.vm.MachineLacks;
import jp.sekisho.e2e.vm.PidFile;

/**
 * The shipped jars, run as their users run them: short commands to their end, long ones in the
 * background with a log file and, while they run, a {@link PidFile}. What still runs when this JVM
 * is ended by a signal is ended with it. Thread-safe.
 */
final class Programs implements AutoCloseable {
  /** What a finished command said. */
  record Finished(int exitCode, String out, String err) {
    /** The output of a command that had to succeed. */
    String expectOk() {
      if (exitCode == MachineLacks.EXIT) {
        throw new MachineLacks(out + err);
      }
      if (exitCode != 0) {
        throw new AssertionError("exit " + exitCode + "\n" + out + "\n" + err);
      }
      return out;
    }
  }

  private final Path directory;
  private final Map<String, String> environment;
  private final Thread atExit = new Thread(this::endAll, "programs-end");
  // Both guarded by this.
  private final Map<Process, Path> running = new LinkedHashMap<>();
  private boolean ended;

  /**
   * @param directory where logs go
   * @param environment added to every process
   */
  Programs(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = Map.copyOf(environment);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Starts a process that will be ended with the others; after their end nothing is started. */
  private synchronized Process started(ProcessBuilder builder, Path pidFile) throws IOException {
    if (ended) {
      throw new IllegalStateException("the programs are being ended: " + builder.command());
    }
    builder.environment().putAll(environment);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Process process = builder.start();
    running.put(process, pidFile);
    PidFile.write(pidFile, process);
    return process;
  }

  private synchronized void forget(Process process) {
    Path pidFile = running.remove(process);
    if (pidFile != null) {
      PidFile.remove(pidFile);
    }
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
      Process process =
          started(
              new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()),
              out.resolveSibling(out.getFileName() + ".pid"));
      try {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("did not end within a minute: " + command);
        }
      } finally {
        forget(process);
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
      return started(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile())),
          directory.resolve(name + ".pid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The log file of a long-running command. */
  Path log(String name) {
    return directory.resolve(name + ".log");
  }

  /**
   * Waits until a long-running command is {@code ready}; fails with the end of its log as soon as
   * it is over.
   */
  void awaitReady(String name, Process process, Duration limit, BooleanSupplier ready) {
    await(
        name,
        limit,
        () -> {
          if (!process.isAlive()) {
            throw over(name, process);
          }
          return ready.getAsBoolean();
        });
  }

  private AssertionError over(String name, Process process) {
    String all;
    try {
      all = Files.readString(log(name), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      all = String.valueOf(e);
    }
    String said =
        name
            + " ended with "
            + process.exitValue()
            + ": "
            + all.substring(Math.max(0, all.length() - 2000));
    return process.exitValue() == MachineLacks.EXIT
        ? new MachineLacks(said)
        : new AssertionError(said);
  }

  /** Waits until {@code condition} holds; fails with the name of what was awaited. */
  static void await(String what, Duration limit, BooleanSupplier condition) {
    await(what, limit, Duration.ofMillis(50), condition);
  }

  /**
   * As {@link #await(String, Duration, BooleanSupplier)}, for a condition that costs.
   *
   * @param pause between one look and the next
   */
  static void await(String what, Duration limit, Duration pause, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited " + limit.toSeconds() + " s for " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(pause.toMillis());
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

  /** Ends all in the order opposite to their start. */
  @Override
  public void close() {
    for (Process process : others()) {
      stop(process);
      forget(process);
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is already going down, and its hook does the same.
    }
  }

  private synchronized List<Process> others() {
    ended = true;
    return new ArrayList<>(running.keySet()).reversed();
  }

  /** As {@link #close}, all at the same time: a JVM that is told to end must not take minutes. */
  private void endAll() {
    List<Process> all = others();
    List<ProcessHandle> families = all.stream().flatMap(p -> family(p).stream()).toList();
    families.forEach(ProcessHandle::destroy);
    try {
      for (Process process : all) {
        process.waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    families.forEach(ProcessHandle::destroyForcibly);
    all.forEach(this::forget);
  }
}
