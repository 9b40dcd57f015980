package jp.sekisho.smartcard.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main class of the tests in a process of its own, as a client of a {@link PcscService}. */
public final class OtherProgram implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private OtherProgram(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** A client of the service. */
  public static OtherProgram start(PcscService service, Class<?> main, String... arguments)
      throws IOException {
    return start(service, List.of(), main, arguments);
  }

  /** Where vpcd's ports are. */
  public static OtherProgram inNamespaceOf(PcscService service, Class<?> main, String... arguments)
      throws IOException {
    return start(
        service, List.of("nsenter", "--net=/proc/" + service.pid() + "/ns/net"), main, arguments);
  }

  /**
   * A client of the service at a terminal that util-linux makes for it: what is on the screen is
   * its output, keys are its input.
   *
   * @param arguments without quotes in them
   */
  public static Process atTerminal(PcscService service, Class<?> main, String... arguments)
      throws IOException {
    List<String> program = new ArrayList<>();
    program.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    program.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx96m", "-cp"));
    program.add("'" + System.getProperty("java.class.path") + "'");
    program.add(main.getName());
    for (String argument : arguments) {
      program.add("'" + argument + "'");
    }
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qefc", String.join(" ", program), "/dev/null")
            .redirectErrorStream(true);
    builder.environment().putAll(service.environment());
    builder.environment().put("TERM", "xterm");
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  private static OtherProgram start(
      PcscService service, List<String> prefix, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx96m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(service.environment());
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new OtherProgram(process);
  }

  /** The next line; empty when the output ended. */
  public String line() throws IOException {
    String line = out.readLine();
    return line == null ? "" : line;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends its input. */
  public void hangUp() throws IOException {
    try (OutputStream in = process.getOutputStream()) {
      in.write('\n');
    }
  }

  /** Every line until it ends; waits for that. */
  public List<String> rest() throws IOException, InterruptedException {
    List<String> lines = out.lines().toList();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("does not end");
    }
    return lines;
  }

  /** Ends it as a crash would; returns when it is gone, and its locks with it. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
