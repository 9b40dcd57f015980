package jp.sekisho.agent.platform.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of the tests' own class path, for what one must not do to the JVM that runs the tests. */
public final class ChildJvm {
  private ChildJvm() {}

  /** The command line of {@code main} with {@code arguments}. */
  public static List<String> command(Class<?> main, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(arguments);
    return command;
  }

  /** Starts it, its errors going where this JVM's go. */
  public static Process start(Class<?> main, List<String> arguments) throws IOException {
    return new ProcessBuilder(command(main, arguments))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
