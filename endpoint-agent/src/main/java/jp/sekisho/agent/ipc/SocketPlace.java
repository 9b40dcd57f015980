package jp.sekisho.agent.ipc;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A listening Unix socket at its path.
 *
 * <p>Two services cannot race for the path: whoever holds the lock on {@code <socket>.lock} owns
 * it, so a socket file found under the lock is a dead one and is removed. Only the service's user
 * can write in the directory, so nobody else can put a socket, a link or a lock there.
 */
final class SocketPlace implements Closeable {
  private static final int WRITABLE_BY_OTHERS = 0022;

  private final Path path;
  private final FileChannel lockFile;
  private final ServerSocketChannel server;

  private SocketPlace(Path path, FileChannel lockFile, ServerSocketChannel server) {
    this.path = path;
    this.lockFile = lockFile;
    this.server = server;
  }

  /**
   * Listens at {@code path}; the directory is made when it does not exist (its parent must).
   *
   * @param own the user that must own the directory
   * @throws IOException when the directory is not safe, another service holds the path, or
   *     something that is no socket stands there
   */
  static SocketPlace open(Path path, int own) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException("a socket needs a directory");
    }
    secureDirectory(directory, own);
    FileChannel lockFile =
        FileChannel.open(
            directory.resolve(path.getFileName() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    @Nullable ServerSocketChannel server = null;
    boolean done = false;
    try {
      if (!isLocked(lockFile)) {
        throw new IOException("another agent service listens at " + path);
      }
      removeDead(path);
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(path), 16);
      // Every user may connect; who it is, the kernel says.
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
      done = true;
      return new SocketPlace(path, lockFile, server);
    } finally {
      if (!done) {
        lockFile.close();
        if (server != null) {
          server.close();
        }
      }
    }
  }

  ServerSocketChannel server() {
    return server;
  }

  /** Stops listening, removes the file, then lets others have the path. */
  @Override
  public void close() throws IOException {
    try (lockFile) {
      server.close();
      Files.deleteIfExists(path);
    }
  }

  private static void secureDirectory(Path directory, int own) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      // The attribute of creation is cut by the umask.
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (FileAlreadyExistsException e) {
      // Judged below, like a new one.
    }
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(directory + " is not a directory");
    }
    int owner = (Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    int mode = (Integer) Files.getAttribute(directory, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if (owner != own) {
      throw new IOException(directory + " is not owned by the service's user");
    }
    if ((mode & WRITABLE_BY_OTHERS) != 0) {
      throw new IOException(directory + " is writable by others");
    }
  }

  private static boolean isLocked(FileChannel lockFile) throws IOException {
    try {
      @Nullable FileLock lock = lockFile.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void removeDead(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & 0170000) != 0140000) {
      throw new IOException(path + " is not a socket");
    }
    Files.delete(path);
  }
}
