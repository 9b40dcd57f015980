package jp.sekisho.agent.enforce.clipboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import jp.sekisho.agent.cli.AgentCommand;
import jp.sekisho.agent.enforce.clipboard.ClipboardRulings.InForce;
import jp.sekisho.agent.ipc.ClipboardCalls;
import jp.sekisho.agent.ipc.EmergencyCalls;
import jp.sekisho.agent.ipc.ExportCalls;
import jp.sekisho.agent.ipc.ImportCalls;
import jp.sekisho.agent.ipc.OfflineCalls;
import jp.sekisho.agent.ipc.SeatServer;
import jp.sekisho.agent.ipc.SeatTimes;
import jp.sekisho.agent.platform.linux.ChildJvm;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.VirtualScreen;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.policy.clipboard.NumberRule;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.ClipboardEvent;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session process of its own at a real display, the service's rulings and watch over it. */
@Tag("browser")
class ClipboardIT {
  private static final String TEXT = "個人番号 123456789018";

  @TempDir Path directory;

  private final List<AgentEvent> records = new CopyOnWriteArrayList<>();
  private final List<Hold> standings = new CopyOnWriteArrayList<>();
  private final AtomicInteger locks = new AtomicInteger();
  private final AtomicLong counted = new AtomicLong();
  private volatile boolean granted;
  private volatile Policy policy = policy(ClipboardMode.GUARD);

  private static Policy policy(ClipboardMode mode) {
    return ClipboardRulingsTest.policy(mode, NumberRule.BLOCK, List.of("xclip"));
  }

  private final CopyGrants grants =
      uid ->
          granted
              ? Optional.of(
                  new CopyGrants.InUse() {
                    @Override
                    public String grant() {
                      return "G";
                    }

                    @Override
                    public CopyGrants.Counted count(long bytes) {
                      counted.addAndGet(bytes);
                      return CopyGrants.Counted.COUNTED;
                    }
                  })
              : Optional.empty();

  private final ClipboardRulings rulings =
      new ClipboardRulings(
          () -> Optional.of(new InForce(policy, false)),
          grants,
          records::add,
          System::nanoTime,
          () -> "");
  private final ClipboardWatch watch =
      new ClipboardWatch(
          new ClipboardWatch.Parts(
              rulings::treatment,
              uid -> true,
              locks::incrementAndGet,
              records::add,
              System::nanoTime));

  private final ClipboardCalls calls =
      new ClipboardCalls() {
        @Override
        public Treatment treatment(int uid) {
          return rulings.treatment(uid);
        }

        @Override
        public void standing(int uid, Hold hold) {
          watch.reported(uid, hold);
          standings.add(hold);
        }

        @Override
        public void lost(int uid, Duration silence) {
          watch.lost(uid, silence);
        }

        @Override
        public Answer decide(int uid, Crossing crossing) {
          return rulings.decide(uid, crossing);
        }

        @Override
        public Used use(int uid, String grant, UseTalk talk) {
          return new Used(Refusal.GRANT_UNKNOWN, null, 0, 0);
        }
      };

  private Process session(VirtualScreen screen) throws IOException {
    standings.clear();
    ProcessBuilder builder =
        new ProcessBuilder(
                ChildJvm.command(
                    AgentCommand.class,
                    List.of(
                        "session",
                        "--socket",
                        directory.resolve("agent.sock").toString(),
                        "--pinentry",
                        "/usr/bin/false")))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("DISPLAY", screen.display());
    builder.environment().remove("WAYLAND_DISPLAY");
    builder.environment().remove("XDG_SESSION_TYPE");
    builder.environment().remove("XAUTHORITY");
    builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
    Process process = builder.start();
    Await.until("the clipboard is held", () -> standings.contains(Hold.YES));
    return process;
  }

  private static Process start(VirtualScreen screen, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("DISPLAY", screen.display());
    return builder.start();
  }

  private static void copy(VirtualScreen screen) throws Exception {
    Process process =
        start(
            screen,
            "/usr/bin/xclip",
            "-quiet",
            "-i",
            "-selection",
            "clipboard",
            "-t",
            "UTF8_STRING");
    try (OutputStream to = process.getOutputStream()) {
      to.write(TEXT.getBytes(StandardCharsets.UTF_8));
    }
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), "taken over");
  }

  private static boolean copied(VirtualScreen screen, Supplier<String> paste) {
    try {
      copy(screen);
      return paste.get().equals(TEXT);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String paste(VirtualScreen screen, String... command) {
    try {
      Process process = start(screen, command);
      process.getOutputStream().close();
      byte[] got = process.getInputStream().readAllBytes();
      process.waitFor();
      return new String(got, StandardCharsets.UTF_8);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String unlisted(VirtualScreen screen) {
    return paste(screen, "/usr/bin/xsel", "-b", "-o");
  }

  private static String listed(VirtualScreen screen) {
    return paste(screen, "/usr/bin/xclip", "-o", "-selection", "clipboard", "-t", "UTF8_STRING");
  }

  private <E> E last(Class<E> type) {
    return records.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .reduce((one, next) -> next)
        .orElseThrow();
  }

  @Test
  @DisplayName(
      "R15: held at the boundary, let over and counted under a grant, empty and locked when its process is killed")
  void wholeWay() throws Exception {
    VirtualScreen.need("/usr/bin/xclip", "xclip");
    VirtualScreen.need("/usr/bin/xsel", "xsel");
    PeerCredentials peers = new PeerCredentials();
    try (VirtualScreen screen = VirtualScreen.open();
        SeatServer server =
            SeatServer.open(
                directory.resolve("agent.sock"),
                peers,
                SeatServer.Door.OPEN,
                new Seats(),
                SeatTimes.PROTOCOL,
                new SeatServer.Calls(
                    EmergencyCalls.NONE,
                    OfflineCalls.NONE,
                    ExportCalls.NONE,
                    ImportCalls.NONE,
                    calls,
                    () -> ""))) {
      Process session = session(screen);
      Process again = session;
      try {
        // Again where a busy machine kept xclip from answering in time.
        Await.until("pasted into a listed program", () -> copied(screen, () -> listed(screen)));
        assertEquals("", unlisted(screen));
        ClipboardEvent.Refused refused = last(ClipboardEvent.Refused.class);
        assertEquals(Refusal.CLIPBOARD_NUMBER, refused.reason());
        assertEquals("xclip", refused.copy().from());
        assertEquals("xsel", refused.copy().to());
        assertEquals("high", refused.copy().score());

        policy = policy(ClipboardMode.BLOCK);
        granted = true;
        server.treatAll();
        // What was copied before is gone with the mode or still held; a new copy is told apart.
        Await.until("let over under the grant", () -> copied(screen, () -> unlisted(screen)));
        ClipboardEvent.Crossed crossed = last(ClipboardEvent.Crossed.class);
        assertEquals("G", crossed.grant());
        assertEquals(TEXT.getBytes(StandardCharsets.UTF_8).length, crossed.copy().bytes());
        assertTrue(counted.get() >= crossed.copy().bytes());

        granted = false;
        server.treatAll();
        Await.until("emptied", () -> listed(screen).isEmpty());

        session.destroyForcibly().waitFor();
        Await.until(
            "the lock",
            () -> {
              watch.tick();
              return locks.get() == 1;
            });
        assertEquals(
            new ClipboardEvent.Gap("block", true, null, Refusal.CLIPBOARD_GAP),
            last(ClipboardEvent.Gap.class));
        again = session(screen);
        ClipboardEvent.Gap over = last(ClipboardEvent.Gap.class);
        assertTrue(Objects.requireNonNull(over.seconds()) >= 3, over.toString());
      } finally {
        session.destroyForcibly().waitFor();
        again.destroyForcibly().waitFor();
      }
    }
  }
}
