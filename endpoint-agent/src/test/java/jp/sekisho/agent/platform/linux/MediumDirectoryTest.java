package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import jp.sekisho.agent.enforce.ReadableMedium.Directory;
import jp.sekisho.agent.enforce.ReadableMedium.Entry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories by their descriptors, on this machine's own file system. */
class MediumDirectoryTest {
  @TempDir Path temp;

  private final AtomicBoolean wanted = new AtomicBoolean(true);

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  private MediumDirectory root() throws IOException {
    return MediumDirectory.open(temp, wanted::get);
  }

  @Test
  @DisplayName("files and folders are read; links, pipes and other file systems are never opened")
  void entries() throws Exception {
    Files.writeString(temp.resolve("b.txt"), "content");
    Files.createDirectories(temp.resolve("a"));
    Files.writeString(temp.resolve("a/c.txt"), "deeper");
    Files.createSymbolicLink(temp.resolve("link"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(temp.resolve("up"), Path.of(".."));
    assertEquals(
        0, new ProcessBuilder("mkfifo", temp.resolve("pipe").toString()).start().waitFor());
    try (Directory root = root()) {
      assertEquals(
          List.of("a", "b.txt", "link", "pipe", "up"),
          root.names(5).stream().map(each -> new String(each, StandardCharsets.UTF_8)).toList());
      try (Entry file = root.open(name("b.txt"))) {
        Entry.Plain plain = assertInstanceOf(Entry.Plain.class, file);
        assertEquals(7, plain.bytes());
        assertArrayEquals(name("content"), plain.content().readAllBytes());
      }
      try (Entry folder = root.open(name("a"))) {
        Directory below = assertInstanceOf(Entry.Folder.class, folder).directory();
        assertEquals(1, below.names(1).size());
        assertInstanceOf(Entry.Plain.class, below.open(name("c.txt"))).close();
      }
      for (String special : List.of("link", "pipe", "up")) {
        assertInstanceOf(Entry.Special.class, root.open(name(special)), special);
      }
      assertThrows(IOException.class, () -> root.open(name("none")));
      assertThrows(IOException.class, () -> root.open(name("a/c.txt")));
      assertThrows(IOException.class, () -> root.names(4));
    }
    try (Directory all = MediumDirectory.open(Path.of("/"), wanted::get)) {
      assertInstanceOf(Entry.Special.class, all.open(name("proc")));
    }
    assertThrows(IOException.class, () -> MediumDirectory.open(temp.resolve("up"), wanted::get));
  }

  @Test
  @DisplayName("after it is broken off nothing more is read")
  void brokenOff() throws IOException {
    Files.writeString(temp.resolve("b.txt"), "content");
    try (Directory root = root();
        Entry file = root.open(name("b.txt"))) {
      wanted.set(false);
      Entry.Plain plain = assertInstanceOf(Entry.Plain.class, file);
      assertThrows(IOException.class, () -> plain.content().read(new byte[1], 0, 1));
      assertThrows(IOException.class, () -> root.names(9));
      assertThrows(IOException.class, () -> root.open(name("b.txt")));
    }
  }
}
