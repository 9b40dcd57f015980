package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What other users can reach of a medium whose own permissions let everybody in. Needs root. */
class EnclosureIT {
  private static final int CLERK = 1001;
  private static final int OTHER = 1002;

  /** On a tmpfs, as /run is. */
  private Path enclosure = Path.of("");

  private Path file = Path.of("");

  @BeforeEach
  void make() throws IOException {
    assertEquals(0, new PeerCredentials().own(), "run this test as root: it becomes other users");
    assertTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "install util-linux");
    enclosure = Files.createTempDirectory(Path.of("/dev/shm"), "sekisho-medium");
    Path medium = Files.createDirectory(enclosure.resolve("medium"));
    file = Files.writeString(medium.resolve("list.txt"), "税\n");
    Files.setPosixFilePermissions(medium, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
  }

  @AfterEach
  void remove() throws IOException {
    Files.delete(file);
    Files.delete(enclosure.resolve("medium"));
    Files.delete(enclosure);
  }

  private static boolean can(int uid, String... command) throws Exception {
    java.util.List<String> words =
        new java.util.ArrayList<>(
            java.util.List.of(
                "/usr/bin/setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups"));
    words.addAll(java.util.List.of(command));
    return new ProcessBuilder(words)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  @Test
  @DisplayName(
      "the seat's user reads, any other user does not, and the next user replaces the first")
  void onlyTheUser() throws Exception {
    String name = file.toString();
    new MountCalls().encloseFor(enclosure, CLERK);
    assertTrue(can(CLERK, "cat", name));
    assertTrue(!can(OTHER, "cat", name));
    assertTrue(!can(CLERK, "touch", enclosure.resolve("more").toString()), "adds nothing");
    assertTrue(!can(CLERK, "chmod", "0755", enclosure.toString()), "opens it for nobody");
    new MountCalls().encloseFor(enclosure, OTHER);
    assertTrue(!can(CLERK, "cat", name));
    assertTrue(can(OTHER, "cat", name));
  }
}
