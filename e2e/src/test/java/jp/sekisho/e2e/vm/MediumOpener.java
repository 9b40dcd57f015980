package jp.sekisho.e2e.vm;

import java.nio.file.Files;
import java.nio.file.Path;
import jp.sekisho.agent.enforce.DecisionLog;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.platform.linux.LinuxGates;
import jp.sekisho.protocol.event.AgentEvent;

/**
 * Runs inside the guest in place of the agent: the agent's own gates, and commands of a file
 * instead of grants. One line {@code open PORT UID} or {@code close PORT} at a time is taken from
 * {@code /run/media.command}; what came of it stands in {@code /run/media.answer}.
 */
public final class MediumOpener {
  private MediumOpener() {}

  /** The program. */
  public static void main(String[] args) throws Exception {
    LinuxGates.closeControllers(LinuxGates.SYS);
    DecisionLog log =
        new DecisionLog() {
          @Override
          public boolean record(AgentEvent event) {
            System.out.println(event.type() + " " + event.data());
            return true;
          }

          @Override
          public boolean takesReleases() {
            return true;
          }
        };
    try (LinuxGates gates = new LinuxGates()) {
      gates.start(log);
      gates.media().onUnplugged(medium -> System.out.println("unplugged " + medium.device()));
      Path command = Path.of("/run/media.command");
      while (true) {
        if (Files.exists(command)) {
          String[] words = Files.readString(command).strip().split(" ");
          String answer = words[0].equals("end") ? "end" : act(gates.media(), words);
          Files.delete(command);
          Path written = Files.writeString(Path.of("/run/media.new"), answer);
          Files.move(written, Path.of("/run/media.answer"));
          if (words[0].equals("end")) {
            return;
          }
        }
        Thread.sleep(50);
      }
    }
  }

  private static String act(MediaGate media, String[] words) {
    PluggedMedium known =
        media.plugged().stream()
            .filter(one -> one.device().equals(words[1]))
            .findFirst()
            .orElse(new PluggedMedium(words[1], "none"));
    return switch (words[0]) {
      case "open" -> media.openReadOnly(known, Integer.parseInt(words[2])).toString();
      case "forged" -> media.openReadOnly(new PluggedMedium(words[1], "forged"), 1000).toString();
      case "close" -> Boolean.toString(media.close(known));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }
}
