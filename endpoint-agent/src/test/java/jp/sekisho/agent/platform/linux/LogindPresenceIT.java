package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The real libsystemd, in a mount namespace of its own whose {@code /run} has what logind would
 * write. Needs root.
 */
class LogindPresenceIT {
  /** Says of each user named whether the real library finds it at the screen. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      LogindPresence presence = new LogindPresence();
      for (String uid : args) {
        System.out.print(presence.isAtScreen(Integer.parseInt(uid)) ? "yes " : "no ");
      }
    }
  }

  private static String ask(String seat) throws Exception {
    assertEquals(0, new PeerCredentials().own(), "run this test as root: it mounts a /run");
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs none /run && mkdir -p /run/systemd/seats && printf \"$0\""
                    + " >/run/systemd/seats/seat0 && exec \"$@\"",
                seat));
    command.addAll(ChildJvm.command(Program.class, List.of("1001", "1002", "0")));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), "install util-linux");
    return said;
  }

  @Test
  @DisplayName("the active user of seat0 is at the screen, one in its background is not")
  void activeUser() throws Exception {
    assertEquals(
        "yes no no ",
        ask("IS_SEAT0=1\\nACTIVE=c1\\nACTIVE_UID=1001\\nSESSIONS=c1 c2\\nUIDS=1001 1002\\n"));
  }

  @Test
  @DisplayName("while nobody's session is in the foreground nobody is at the screen")
  void nobody() throws Exception {
    assertEquals("no no no ", ask("IS_SEAT0=1\\nSESSIONS=c2\\nUIDS=1002\\n"));
  }
}
