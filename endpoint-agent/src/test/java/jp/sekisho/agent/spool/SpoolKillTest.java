package jp.sekisho.agent.spool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import jp.sekisho.agent.platform.linux.ChildJvm;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.AgentEvent;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolKillTest {
  private static final String BOOT = Base64Url.encode(new byte[16]);
  @TempDir Path temp;

  /** Appends until it is killed; says each number when it is durable. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws Exception {
      try (Spool spool =
          Spool.open(
              Path.of(args[0]), "T-0042", BOOT, InstantSource.system(), SpoolLimits.DEFAULT)) {
        while (spool.lastSeq() < 100_000) {
          System.out.println(spool.append(new AgentEvent.Stopped()).seq());
        }
      }
    }
  }

  @Test
  @DisplayName("a killed agent loses no record it had said was kept, and uses no number twice")
  void killed() throws Exception {
    Path directory = temp.resolve("spool");
    Spool.create(directory, "T-0042");
    long said = 0;
    for (int round = 0; round < 3; round++) {
      Process writer = ChildJvm.start(Writer.class, List.of(directory.toString()));
      try (BufferedReader lines = writer.inputReader()) {
        for (int i = 0; i < 40 + 13 * round; i++) {
          long seq = Long.parseLong(lines.readLine());
          assertTrue(seq > said, "number " + seq + " again");
          said = seq;
        }
        assertTrue(writer.toHandle().destroyForcibly());
        // What was said before the kill arrived may still be in the pipe.
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          said = Long.parseLong(line);
        }
      }
      writer.waitFor();
      try (Spool spool =
          Spool.open(directory, "T-0042", BOOT, InstantSource.system(), SpoolLimits.DEFAULT)) {
        assertTrue(spool.lastSeq() >= said, spool.lastSeq() + " kept, " + said + " said");
        said = spool.lastSeq();
      }
    }
  }
}
