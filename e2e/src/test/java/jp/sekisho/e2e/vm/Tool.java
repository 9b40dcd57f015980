package jp.sekisho.e2e.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Programs of the machine that build images. */
final class Tool {
  private Tool() {}

  /** Finds a program, also in {@code sbin}, which an ordinary user's PATH lacks. */
  static Path find(String name, String debianPackage) {
    List<String> directories =
        new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)));
    directories.addAll(List.of("/usr/sbin", "/sbin"));
    for (String directory : directories) {
      Path candidate = Path.of(directory, name);
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw new MachineLacks(name + " is missing: apt-get install " + debianPackage);
  }

  /** Runs a program to its end; fails with what it said. */
  static String run(List<String> command) {
    return run(command, Map.of());
  }

  static String run(List<String> command, Map<String, String> environment) {
    return run(command, environment, line -> {});
  }

  /** As {@link #run(List)}; {@code says} gets each line when it is said. */
  static String run(List<String> command, Map<String, String> environment, Consumer<String> says) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      // Whoever ends us does not wait for an image either.
      Thread atExit =
          new Thread(() ->
              Stream.concat(Stream.of(process.toHandle()), process.descendants())
                  .toList()
                  .forEach(ProcessHandle::destroy));
      Runtime.getRuntime().addShutdownHook(atExit);
      List<String> said = new ArrayList<>();
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          said.add(line);
          says.accept(line);
        }
      }
      int code = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(atExit);
      String all = String.join("\n", said).strip();
      if (code == MachineLacks.EXIT) {
        throw new MachineLacks(all);
      }
      if (code != 0) {
        throw new AssertionError(command + " ended with " + code + ": " + all);
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
