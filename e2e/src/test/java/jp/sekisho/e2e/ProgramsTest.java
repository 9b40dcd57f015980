package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jp.sekisho.e2e.vm.MachineLacks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
  private static final List<String> LONG = List.of("sh", "-c", "sleep 600; true");

  @TempDir private Path directory;

  /** A JVM that starts a program and waits to be ended. */
  static final class Starter {
    private Starter() {}

    public static void main(String[] arguments) throws InterruptedException {
      Programs programs = new Programs(Path.of(arguments[0]), Map.of());
      programs.start("long", LONG);
      System.out.println("started");
      TimeUnit.MINUTES.sleep(10);
    }
  }

  @Test
  void aSignalForTheJvmEndsWhatItStarted() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Starter.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertEquals("started", jvm.inputReader(StandardCharsets.UTF_8).readLine());
      Path file = directory.resolve("long.pid");
      long pid = Long.parseLong(Files.readString(file).split(" ", -1)[0]);
      ProcessHandle started = ProcessHandle.of(pid).orElseThrow();
      List<ProcessHandle> family = started.descendants().toList();
      jvm.destroy();
      assertTrue(jvm.waitFor(30, TimeUnit.SECONDS), "the JVM ends");
      assertFalse(started.isAlive());
      // Whoever takes in orphans may take a while to bury them.
      Programs.await(
          "the end of what it started",
          Duration.ofSeconds(10),
          () -> family.stream().allMatch(ProgramsTest::isOver));
      assertFalse(Files.exists(file), "nothing is left for the next run to end");
    } finally {
      jvm.destroyForcibly();
    }
  }

  private static boolean isOver(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void theFileOfAProgramNamesItByIdAndStart() throws IOException {
    Path file = directory.resolve("long.pid");
    try (Programs programs = new Programs(directory, Map.of())) {
      long pid = programs.start("long", LONG).pid();
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      assertEquals(pid + " " + behindName[19] + "\n", Files.readString(file));
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void theNextDemoEndsWhatAKilledOneLeftBehindAndNoOtherProgram() throws Exception {
    Path file = directory.resolve("long.pid");
    try (Programs programs = new Programs(directory, Map.of())) {
      Process left = programs.start("long", List.of("sleep", "600"));
      String right = Files.readString(file);
      Files.writeString(file, left.pid() + " 1\n");
      stopProcess(programs, file);
      assertTrue(left.isAlive(), "started at another time, so another program");
      Files.writeString(file, right);
      stopProcess(programs, file);
      assertTrue(left.waitFor(30, TimeUnit.SECONDS));
    }
  }

  /** As {@code ./dev} does it. */
  private static void stopProcess(Programs programs, Path file) {
    String script = "STATE=none; . \"$1/e2e/login.sh\"; stop_process \"$2\"";
    programs
        .run(List.of("bash", "-euc", script, "bash", Programs.root().toString(), file.toString()))
        .expectOk();
  }

  @Test
  void afterTheEndNothingIsStarted() {
    Programs programs = new Programs(directory, Map.of());
    programs.close();
    assertThrows(IllegalStateException.class, () -> programs.start("late", LONG));
    assertThrows(IllegalStateException.class, () -> programs.run(LONG));
  }

  @Test
  void nobodyWaitsForAProgramThatIsOver() {
    try (Programs programs = new Programs(directory, Map.of())) {
      Process over = programs.start("over", List.of("sh", "-c", "echo the port is taken; exit 1"));
      AssertionError error =
          assertThrows(
              AssertionError.class,
              () -> programs.awaitReady("over", over, Duration.ofMinutes(5), () -> false));
      assertEquals("over ended with 1: the port is taken", error.getMessage());
    }
  }

  @Test
  void whatTheMachineLacksStaysThat() {
    try (Programs programs = new Programs(directory, Map.of())) {
      Programs.Finished lacks = programs.run(List.of("sh", "-c", "echo no reader >&2; exit 3"));
      assertThrows(MachineLacks.class, lacks::expectOk);
      Process over = programs.start("over", List.of("sh", "-c", "exit 3"));
      assertThrows(
          MachineLacks.class,
          () -> programs.awaitReady("over", over, Duration.ofMinutes(5), () -> false));
    }
  }
}
