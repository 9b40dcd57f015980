package jp.sekisho.agent.platform.linux;

import com.sun.jna.NativeLong;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.config.AtomicFile;
import jp.sekisho.agent.enforce.WritableMedium;

/**
 * A volume mounted writable in a {@link PrivateNamespace}, from {@link #make} until it is closed;
 * its block devices refuse writes again afterwards. One thread at a time.
 */
final class WritableMount extends PrivateMount implements WritableMedium {
  private static final System.Logger LOG = System.getLogger(WritableMount.class.getName());

  private final MountCalls mounts;
  private final List<Path> nodes;

  private WritableMount(
      MountCalls mounts,
      List<Path> nodes,
      Path target,
      BooleanSupplier wanted,
      PrivateNamespace namespace) {
    super(target, wanted, namespace);
    this.mounts = mounts;
    this.nodes = nodes;
  }

  /**
   * Mounts, and believes it when the kernel's own table says so.
   *
   * @param nodes the whole disk first, then the volume
   * @param number {@code major:minor} of the volume
   * @param wanted asked before each step that changes something
   */
  static WritableMount make(
      MountCalls mounts,
      List<Path> nodes,
      String number,
      FileSystemKind kind,
      Path target,
      BooleanSupplier wanted)
      throws IOException {
    WritableMount made = new WritableMount(mounts, nodes, target, wanted, PrivateNamespace.enter());
    boolean done = false;
    try {
      made.goOn();
      for (Path node : nodes) {
        mounts.allowWrites(node);
      }
      made.mount(nodes.get(nodes.size() - 1), number, kind.type(), kind.writingOptions(), true);
      done = true;
      return made;
    } finally {
      if (!done) {
        made.close();
      }
    }
  }

  @Override
  public NewFile create(String name) throws IOException {
    goOn();
    // Not by the JDK: its names are in the locale of the process, which a service has none of.
    byte[] path = bytes(target().toString(), name);
    int descriptor =
        namespace()
            .call(() -> {
              int flags =
                  LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_NOFOLLOW | LibC.O_CLOEXEC;
              int opened = LibC.INSTANCE.open(path, flags, 0600);
              if (opened < 0) {
                throw MountCalls.failure("open of a new file");
              }
              return opened;
            });
    boolean done = false;
    try {
      Path again = Path.of("/proc/self/fd/" + descriptor);
      File file =
          new File(path, descriptor, again, FileChannel.open(again, StandardOpenOption.WRITE));
      done = true;
      return file;
    } finally {
      if (!done) {
        LibC.INSTANCE.close(descriptor);
      }
    }
  }

  @Override
  public long free() throws IOException {
    // java.io: a FileStore is looked for among the mounts of the whole process.
    return namespace().call(() -> target().toFile().getUsableSpace());
  }

  private static byte[] bytes(String directory, String name) throws IOException {
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
      throw new IOException("no name of a file");
    }
    return (directory + "/" + name + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /** One file, by its descriptor: that is good outside of the namespace, its name is not. */
  private final class File implements NewFile {
    private final byte[] path;
    private final int descriptor;
    private final Path again;
    private final FileChannel channel;

    File(byte[] path, int descriptor, Path again, FileChannel channel) {
      this.path = path;
      this.descriptor = descriptor;
      this.again = again;
      this.channel = channel;
    }

    @Override
    public OutputStream out() {
      OutputStream out = Channels.newOutputStream(channel);
      return new OutputStream() {
        @Override
        public void write(int one) throws IOException {
          write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          goOn();
          out.write(bytes, from, length);
        }
      };
    }

    @Override
    public InputStream readBack() throws IOException {
      goOn();
      channel.force(true);
      namespace()
          .call(() -> {
            AtomicFile.syncDirectory(target());
            return true;
          });
      NativeLong all = new NativeLong(0);
      if (LibC.INSTANCE.posix_fadvise(descriptor, all, all, LibC.POSIX_FADV_DONTNEED) != 0) {
        throw new IOException("what is cached is not forgotten");
      }
      goOn();
      return Files.newInputStream(again, StandardOpenOption.READ);
    }

    @Override
    public boolean remove() {
      try {
        return namespace()
            .call(() -> {
              boolean gone = LibC.INSTANCE.unlink(path) == 0;
              AtomicFile.syncDirectory(target());
              return gone;
            });
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "a fragment stays", e);
        return false;
      }
    }

    @Override
    public void close() throws IOException {
      try {
        channel.close();
      } finally {
        LibC.INSTANCE.close(descriptor);
      }
    }
  }

  /** Unmounts, which writes what is left, and makes the block devices refuse writes again. */
  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      for (Path node : nodes) {
        if (Files.exists(node)) {
          mounts.forceReadOnly(node);
        }
      }
    }
  }
}
