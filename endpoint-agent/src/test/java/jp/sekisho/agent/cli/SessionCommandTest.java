package jp.sekisho.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import jp.sekisho.agent.ipc.SeatServer;
import jp.sekisho.agent.ipc.SeatTimes;
import jp.sekisho.agent.ipc.Waiting;
import jp.sekisho.agent.platform.linux.ChildJvm;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.seat.FakePinentry;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SessionCommandTest {
  /** The command alone, without the program's other commands. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      System.exit(new CommandLine(new SessionCommand()).execute(args));
    }
  }

  @TempDir Path directory;

  private static int run(StringWriter err, String... args) {
    return new CommandLine(new SessionCommand())
        .setErr(new PrintWriter(err, true))
        .setOut(new PrintWriter(new StringWriter(), true))
        .execute(args);
  }

  @Test
  void wrongUsageEndsWithTwo() {
    assertEquals(2, run(new StringWriter()));
    assertEquals(2, run(new StringWriter(), "--socket", "/s", "--language", "fr"));
    assertEquals(2, run(new StringWriter(), "--socket", "/s", "--lock-command"));
    assertEquals(0, run(new StringWriter(), "--help"));
  }

  @Test
  void missingPinentryEndsWithThree() {
    StringWriter err = new StringWriter();
    Path none = directory.resolve("none");
    assertEquals(3, run(err, "--socket", "/s", "--pinentry", none.toString()));
    assertEquals(
        "sekisho-agent session: --pinentry: " + none + " is not an executable file\n",
        err.toString());
  }

  @Test
  void processServesItsSeatAndASecondOneIsRefused() throws Exception {
    Path locked = directory.resolve("locked here");
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 246810'; echo OK");
    Path socket = directory.resolve("agent.sock");
    List<String> arguments =
        List.of(
            "--socket",
            socket.toString(),
            "--pinentry",
            fake.program().toString(),
            "--language",
            "en",
            "--lock-command",
            "touch",
            locked.toString());
    Seats seats = new Seats();
    PeerCredentials peers = new PeerCredentials();
    Process process = start(arguments);
    SeatServer server =
        SeatServer.open(socket, peers, SeatServer.Door.OPEN, seats, SeatTimes.PROTOCOL);
    try {
      Waiting.until("the seat", () -> seats.ofUid(peers.own()).isPresent());
      Seat seat = seats.ofUid(peers.own()).orElseThrow();
      assertEquals(Locale.ENGLISH, seat.language());
      assertEquals(
          "246810",
          seat.askPin(new PinPrompt("reader", 3, "login", null), Duration.ofSeconds(30))
              .<String>match(
                  typed -> new String(typed.pin().bytes(), StandardCharsets.UTF_8),
                  none -> "none: " + none.reason()));
      seat.lock();
      Waiting.until("the lock", () -> Files.exists(locked));
      assertEquals(3, start(arguments).waitFor());
      assertTrue(seats.ofUid(peers.own()).filter(seat::equals).isPresent(), "the first stays");
    } finally {
      server.close();
      process.destroy();
      process.waitFor();
    }
  }

  private Process start(List<String> arguments) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.command(Program.class, arguments))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
    return builder.start();
  }
}
