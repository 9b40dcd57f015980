package jp.sekisho.agent.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An X11 display of its own, never the machine's: Xvfb on the first number that is free. */
public record VirtualScreen(Process server, String display) implements AutoCloseable {
  /** Starts one, with further arguments. */
  public static VirtualScreen open(String... more) throws IOException {
    need("/usr/bin/Xvfb", "xvfb");
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                "/usr/bin/Xvfb",
                "-displayfd",
                "1",
                "-screen",
                "0",
                "800x600x24",
                "-nolisten",
                "tcp",
                // Else it begins anew, and turns away who comes then, when its last client goes.
                "-noreset"));
    command.addAll(List.of(more));
    Process server =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader reader = server.inputReader(StandardCharsets.US_ASCII);
    return new VirtualScreen(server, ":" + reader.readLine());
  }

  /** Fails, naming the Debian package, where a program is missing. */
  public static void need(String program, String debianPackage) {
    assertTrue(Files.isExecutable(Path.of(program)), "install " + debianPackage);
  }

  /** Its number. */
  public int number() {
    return Integer.parseInt(display.substring(1));
  }

  /** Ends it, and waits for it: its number is free for the next one only then. */
  @Override
  public void close() {
    server.destroy();
    server.onExit().join();
  }
}
