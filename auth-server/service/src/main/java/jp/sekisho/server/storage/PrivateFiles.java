package jp.sekisho.server.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files and directories that only the service's own user may open: 0600 and 0700, set at creation
 * so that no moment exists in which others could read. Needs a POSIX file system; fails elsewhere.
 */
public final class PrivateFiles {
  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private PrivateFiles() {}

  /** Creates a directory and missing parents with 0700; one that exists must be private already. */
  public static void createDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      requirePrivate(directory);
      return;
    }
    Files.createDirectories(directory, DIRECTORY);
  }

  /**
   * Creates an empty file with 0600.
   *
   * @throws FileAlreadyExistsException when it exists
   */
  public static void create(Path file) throws IOException {
    Files.createFile(file, FILE);
  }

  /**
   * Writes a file that must not exist yet; durable on return.
   *
   * @throws FileAlreadyExistsException when it exists
   */
  public static void writeNew(Path file, byte[] content) throws IOException {
    write(file, content, StandardOpenOption.CREATE_NEW);
    syncDirectory(file);
  }

  /** Replaces a file as a whole: readers and a power cut see the old or the new, never a part. */
  public static void replace(Path file, byte[] content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(next); // left behind by a crash
    write(next, content, StandardOpenOption.CREATE_NEW);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectory(file);
  }

  /**
   * The content of a private file.
   *
   * @throws IOException when it is missing, readable by others, or longer than {@code maxBytes}
   */
  public static byte[] read(Path file, int maxBytes) throws IOException {
    requirePrivate(file);
    if (Files.size(file) > maxBytes) {
      throw new IOException(file + " is longer than " + maxBytes + " bytes");
    }
    return Files.readAllBytes(file);
  }

  /**
   * Refuses a file or directory that anyone but its owner may open.
   *
   * @throws IOException naming it and the command that mends it
   */
  public static void requirePrivate(Path path) throws IOException {
    Set<PosixFilePermission> open =
        EnumSet.copyOf(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    if (!OWNER.containsAll(open)) {
      throw new IOException(path + " is open to other users; run: chmod go= " + path);
    }
  }

  private static void write(Path file, byte[] content, StandardOpenOption how) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, EnumSet.of(how, StandardOpenOption.WRITE), FILE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** Makes a new name durable; the file itself is. */
  private static void syncDirectory(Path file) throws IOException {
    @Nullable Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
