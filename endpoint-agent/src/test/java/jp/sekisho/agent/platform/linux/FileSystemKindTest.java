package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FileSystemKindTest {
  private static byte[] head(int at, String mark, boolean bootSector) {
    byte[] head = new byte[FileSystemKind.HEAD_BYTES];
    byte[] bytes = mark.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, head, at, bytes.length);
    if (bootSector) {
      head[510] = 0x55;
      head[511] = (byte) 0xAA;
    }
    return head;
  }

  @Test
  @DisplayName("each file system is told by its own mark, others are not read")
  void kinds() {
    assertEquals(Optional.of(FileSystemKind.VFAT), FileSystemKind.of(head(82, "FAT32   ", true)));
    assertEquals(Optional.of(FileSystemKind.VFAT), FileSystemKind.of(head(54, "FAT16   ", true)));
    assertEquals(Optional.of(FileSystemKind.EXFAT), FileSystemKind.of(head(3, "EXFAT   ", true)));
    assertEquals(
        Optional.of(FileSystemKind.EXT4), FileSystemKind.of(head(0x438, "S\u00ef", false)));
    assertEquals(
        Optional.of(FileSystemKind.ISO9660), FileSystemKind.of(head(0x8001, "CD001", false)));
    assertEquals(Optional.empty(), FileSystemKind.of(head(3, "NTFS    ", true)));
    assertEquals(Optional.empty(), FileSystemKind.of(head(0, "LUKS\u00ba\u00be", false)));
    assertEquals(Optional.empty(), FileSystemKind.of(head(82, "FAT32   ", false)));
    assertEquals(Optional.empty(), FileSystemKind.of(new byte[0]));
  }

  @Test
  @DisplayName("files belong to the user alone, and nobody may write")
  void options() {
    for (FileSystemKind kind : FileSystemKind.values()) {
      List<String> options = kind.options(1000);
      for (String option : options) {
        assertTrue(
            kind == FileSystemKind.EXT4 || option.startsWith("uid=1000,"), kind + ": " + option);
      }
    }
    assertEquals(List.of("noload"), FileSystemKind.EXT4.options(1000));
  }
}
