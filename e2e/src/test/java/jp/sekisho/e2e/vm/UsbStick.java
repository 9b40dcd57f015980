package jp.sekisho.e2e.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A memory stick: a FAT image on the host with a serial number. QEMU gives every one the ids
 * 46f4:0001 and the names "QEMU" and "QEMU USB HARDDRIVE"; the serial number is what tells two of
 * them apart.
 *
 * @param image the stick's content, a whole-disk FAT file system without partitions
 * @param serial iSerial of its device descriptor
 * @param attached which driver of the kernel it asks for
 */
public record UsbStick(Path image, String serial, Attached attached) implements Pluggable {
  /** Transport of SCSI commands. */
  public enum Attached {
    /** Bulk-only: the kernel waits a second before it looks for disks. */
    BULK,
    /** USB attached SCSI: without that second. */
    UAS
  }

  /** Makes a stick of 16 MiB with these files in its root directory; names are 8.3. */
  public static UsbStick make(Path image, String serial, Map<String, byte[]> files)
      throws IOException {
    Path mkfs = Tool.find("mkfs.vfat", "dosfstools");
    Path mcopy = Tool.find("mcopy", "mtools");
    Files.deleteIfExists(image);
    Tool.run(List.of(mkfs.toString(), "-C", "-n", "STICK", image.toString(), "16384"));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path content = Files.createTempFile(image.toAbsolutePath().getParent(), "stick", "");
      Files.write(content, file.getValue());
      Tool.run(
          List.of(
              mcopy.toString(), "-i", image.toString(), content.toString(), "::" + file.getKey()));
      Files.delete(content);
    }
    return new UsbStick(image, serial, Attached.BULK);
  }

  /** A file of its root directory, as another computer reads it. */
  public byte[] read(String name) throws IOException {
    Path to = Files.createTempFile(image.toAbsolutePath().getParent(), "read", "");
    Tool.run(
        List.of(
            Tool.find("mcopy", "mtools").toString(),
            "-n",
            "-o",
            "-i",
            image.toString(),
            "::" + name,
            to.toString()));
    byte[] content = Files.readAllBytes(to);
    Files.delete(to);
    return content;
  }

  /** Whether these words stand anywhere on the raw medium, in UTF-8. */
  public boolean holds(String words) throws IOException {
    // A character for each byte.
    return new String(Files.readAllBytes(image), StandardCharsets.ISO_8859_1)
        .contains(new String(words.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
  }

  /** The same stick on another transport. */
  public UsbStick by(Attached transport) {
    return new UsbStick(image, serial, transport);
  }
}
