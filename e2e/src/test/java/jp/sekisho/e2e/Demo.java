package jp.sekisho.e2e;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code ./dev demo [--check] DIRECTORY}: tells the {@link Story}; without {@code --check} it then
 * leaves everything running and does what {@code ./dev plug stick} asks. Exit codes as of every
 * program: 0 all shown, 1 something failed, 3 the machine lacks something.
 */
final class Demo {
  private static final int PEOPLE = 8080;

  private Demo() {}

  public static void main(String[] arguments) {
    boolean check = List.of(arguments).contains("--check");
    Path directory = Path.of(arguments[arguments.length - 1]);
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Telling telling = new Telling(out);
    telling.tell(() ->
        new Story(directory, telling, Story.NONE)
            .tell(
                PEOPLE,
                scene -> {
                  if (!check) {
                    stay(directory, telling, out, scene);
                  }
                }));
    if (telling.failed() > 0) {
      out.println("The story ended early; logs are in " + directory.resolve("log"));
    }
    out.println(telling.summary());
    System.exit(telling.exitCode());
  }

  private static void stay(Path directory, Telling telling, PrintStream out, Story.Scene scene)
      throws Exception {
    out.println(telling.summary());
    out.printf(
        """

        Open    %s    in a browser on this machine: terminal T-0042, the approver's card is in its reader; the PIN 123456
                is typed by itself (from %s). /grants holds the exception; /log what the approver did: an auditor's page
                shows what everybody did.
        Try     ./dev plug stick, ./dev unplug stick     in a second terminal, at terminal T-0043, whose agent runs again
        Ctrl-C ends everything.
        """,
        scene.town().people(), directory.resolve("fingers"));
    new StickCommands(directory, scene).serve(out);
  }
}
