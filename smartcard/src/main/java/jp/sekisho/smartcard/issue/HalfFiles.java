package jp.sekisho.smartcard.issue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/**
 * Gives the halves to two places, one per role: printers ({@code /dev/usb/lp0}), or files on two
 * media that their roles take away. One line each, {@code staff number, card, half}; a later line
 * for the same card replaces an earlier one. New files are readable by their owner only. Ours is
 * not to keep them: nothing reads them back.
 */
public final class HalfFiles implements HalfReceiver, AutoCloseable {
  private final Place first;
  private final Place second;

  private HalfFiles(Place first, Place second) {
    this.first = first;
    this.second = second;
  }

  /**
   * Where one role's halves go.
   *
   * @param made by us: taken away again when no half came into it
   */
  private record Place(Path file, FileChannel channel, boolean made) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      boolean empty;
      try (channel) {
        empty = made && channel.size() == 0;
      }
      if (empty) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Opens both places for appending.
   *
   * @throws IOException also {@code HALVES_TOGETHER} when both are one place
   */
  public static HalfFiles open(Path first, Path second) throws IOException {
    Place one = append(first);
    try {
      Place other = append(second);
      if (Files.isSameFile(first, second)) {
        other.close();
        throw new IOException("HALVES_TOGETHER " + first + ": each role has a place of its own");
      }
      return new HalfFiles(one, other);
    } catch (IOException | RuntimeException e) {
      one.close();
      throw e;
    }
  }

  private static Place append(Path file) throws IOException {
    try {
      return new Place(file, open(file, StandardOpenOption.CREATE_NEW), true);
    } catch (FileAlreadyExistsException e) {
      return new Place(file, open(file, StandardOpenOption.CREATE), false);
    }
  }

  private static FileChannel open(Path file, StandardOpenOption creation) throws IOException {
    Set<StandardOpenOption> options = Set.of(creation, StandardOpenOption.APPEND);
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? FileChannel.open(
            file,
            options,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
        : FileChannel.open(file, options);
  }

  @Override
  public void give(String number, String card, PukHalf one, PukHalf other) throws IOException {
    write(first.channel, number, card, one);
    write(second.channel, number, card, other);
  }

  private static void write(FileChannel place, String number, String card, PukHalf half)
      throws IOException {
    char[] written = half.written();
    byte[] head = (number + "," + card + ",").getBytes(StandardCharsets.US_ASCII);
    byte[] line = Arrays.copyOf(head, head.length + written.length + 2);
    for (int i = 0; i < written.length; i++) {
      line[head.length + i] = (byte) written[i];
    }
    // Printers want both.
    line[line.length - 2] = '\r';
    line[line.length - 1] = '\n';
    ByteBuffer rest = ByteBuffer.wrap(line);
    try {
      while (rest.hasRemaining()) {
        place.write(rest);
      }
      force(place);
    } finally {
      Arrays.fill(written, '\0');
      Arrays.fill(line, (byte) 0);
    }
  }

  private static void force(FileChannel place) throws IOException {
    try {
      place.force(true);
    } catch (IOException e) {
      // Printers and pipes have nothing to force; a file whose disk is gone fails at the next
      // write.
      if (place.size() > 0) {
        throw e;
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (first) {
      second.close();
    }
  }
}
