package jp.sekisho.agent.platform.linux;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The file systems that are read here, each told by its own mark on the medium. */
enum FileSystemKind {
  /** FAT12, FAT16, FAT32. Short names were written in the code page of Japanese Windows. */
  VFAT("vfat", "uid=%d,fmask=0377,dmask=0277,utf8,codepage=932", "uid=%d,fmask=0377,dmask=0277"),
  /** exFAT. */
  EXFAT("exfat", "uid=%d,fmask=0377,dmask=0277", ""),
  /**
   * ext2, ext3, ext4: owners as on the medium, below a directory only the user passes; the journal
   * is not replayed, which would write.
   */
  EXT4("ext4", "noload", ""),
  /** ISO 9660 with its extensions. */
  ISO9660("iso9660", "uid=%d,mode=0400,dmode=0500,iocharset=utf8", "uid=%d,mode=0400,dmode=0500"),
  /** UDF alone, as DVD and BD have it; beside ISO 9660 that one counts. */
  UDF("udf", "uid=%d,mode=0400,dmode=0500,iocharset=utf8", "uid=%d,mode=0400,dmode=0500");

  private static final int SECTOR = 2048;

  /** Where CDs and DVDs say what they are, sector by sector (ECMA-167, ISO 9660). */
  private static final int MARKS = 0x8000;

  private static final int MOST_MARKS = 16;

  /** Bytes from the start of a volume that {@link #of} needs. */
  static final int HEAD_BYTES = MARKS + MOST_MARKS * SECTOR;

  private static final String WRITING = "uid=0,gid=0,fmask=0177,dmask=0077";

  private final String type;
  private final String options;
  private final String plainOptions;

  FileSystemKind(String type, String options, String plainOptions) {
    this.type = type;
    this.options = options;
    this.plainOptions = plainOptions;
  }

  /** The kernel's name. */
  String type() {
    return type;
  }

  /** Options to try, in order, until the kernel takes one: it may lack a character table. */
  List<String> options(int user) {
    return Stream.of(options, plainOptions)
        .filter(one -> !one.isEmpty())
        .map(one -> one.replace("%d", Integer.toUnsignedString(user)))
        .toList();
  }

  /**
   * As {@link #options}, for writing by root alone; none for what is only read here: ext4 would
   * replay its journal and keep owners, and a CD is not written.
   */
  List<String> writingOptions() {
    return switch (this) {
      case VFAT -> List.of(WRITING + ",utf8,codepage=932", WRITING + ",utf8", WRITING);
      case EXFAT -> List.of(WRITING);
      case EXT4, ISO9660, UDF -> List.of();
    };
  }

  /** What the first bytes of a volume are the beginning of; empty when it is none of these. */
  static Optional<FileSystemKind> of(byte[] head) {
    if (has(head, 3, "EXFAT   ")) {
      return Optional.of(EXFAT);
    }
    if (head.length >= 512 && (head[510] & 0xFF) == 0x55 && (head[511] & 0xFF) == 0xAA) {
      return has(head, 54, "FAT12") || has(head, 54, "FAT16") || has(head, 82, "FAT32")
          ? Optional.of(VFAT)
          : Optional.empty();
    }
    if (head.length > 0x439 && (head[0x438] & 0xFF) == 0x53 && (head[0x439] & 0xFF) == 0xEF) {
      return Optional.of(EXT4);
    }
    if (has(head, MARKS + 1, "CD001")) {
      return Optional.of(ISO9660);
    }
    for (int at = MARKS + 1; has(head, MARKS + 1, "BEA01") && at < head.length; at += SECTOR) {
      if (has(head, at, "NSR02") || has(head, at, "NSR03")) {
        return Optional.of(UDF);
      }
    }
    return Optional.empty();
  }

  private static boolean has(byte[] head, int at, String mark) {
    byte[] wanted = mark.getBytes(StandardCharsets.US_ASCII);
    return head.length >= at + wanted.length
        && java.util.Arrays.equals(head, at, at + wanted.length, wanted, 0, wanted.length);
  }
}
