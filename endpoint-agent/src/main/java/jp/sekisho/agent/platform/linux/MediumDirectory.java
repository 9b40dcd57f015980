package jp.sekisho.agent.platform.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.enforce.ReadableMedium;

/**
 * A directory by its descriptor: whatever is below is reached from it name by name, never by a link
 * and never into another file system. Names are bytes, which the JDK would take for the locale's.
 */
final class MediumDirectory implements ReadableMedium.Directory {
  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final byte[] ITSELF = {'.', 0};
  private static final int OPEN =
      LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_NOFOLLOW | LibC.O_CLOEXEC;

  private final int descriptor;
  private final long device;
  private final BooleanSupplier wanted;

  private MediumDirectory(int descriptor, long device, BooleanSupplier wanted) {
    this.descriptor = descriptor;
    this.device = device;
    this.wanted = wanted;
  }

  /** The directory called {@code path}, which must not be a link. */
  static MediumDirectory open(Path path, BooleanSupplier wanted) throws IOException {
    byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
    int descriptor = LibC.INSTANCE.open(name, OPEN, 0);
    if (descriptor < 0) {
      throw MountCalls.failure("open of a directory");
    }
    boolean done = false;
    try {
      Seen seen = Seen.of(descriptor);
      done = true;
      return new MediumDirectory(descriptor, seen.device(), wanted);
    } finally {
      if (!done) {
        LibC.INSTANCE.close(descriptor);
      }
    }
  }

  private static Path again(int descriptor) {
    return Path.of("/proc/self/fd/" + descriptor);
  }

  /** What the kernel says of an open descriptor. */
  private record Seen(int type, long device, long size) {
    static Seen of(int descriptor) throws IOException {
      Map<String, Object> all = Files.readAttributes(again(descriptor), "unix:mode,dev,size");
      if (all.get("mode") instanceof Integer mode
          && all.get("dev") instanceof Long device
          && all.get("size") instanceof Long size) {
        return new Seen(mode & TYPE, device, size);
      }
      throw new IOException("an entry of no known kind");
    }
  }

  private void goOn() throws IOException {
    if (!wanted.getAsBoolean()) {
      throw new IOException("broken off");
    }
  }

  @Override
  public List<byte[]> names(int most) throws IOException {
    goOn();
    int own = LibC.INSTANCE.openat(descriptor, ITSELF, OPEN, 0);
    if (own < 0) {
      throw MountCalls.failure("openat of a directory");
    }
    Pointer directory = LibC.INSTANCE.fdopendir(own);
    if (directory == null) {
      IOException failure = MountCalls.failure("fdopendir");
      LibC.INSTANCE.close(own);
      throw failure;
    }
    List<byte[]> names = new ArrayList<>();
    try {
      for (Pointer entry = LibC.INSTANCE.readdir(directory);
          entry != null;
          entry = LibC.INSTANCE.readdir(directory)) {
        byte[] name = name(entry);
        if (Arrays.equals(name, new byte[] {'.'}) || Arrays.equals(name, new byte[] {'.', '.'})) {
          continue;
        }
        if (names.size() == most) {
          throw new IOException("over " + most + " names in a directory");
        }
        names.add(name);
        goOn();
      }
    } catch (LastErrorException e) {
      throw new IOException("a directory cannot be read to its end", e);
    } finally {
      LibC.INSTANCE.closedir(directory);
    }
    names.sort(Arrays::compareUnsigned);
    return names;
  }

  private static byte[] name(Pointer entry) throws IOException {
    int length = 0;
    while (entry.getByte(LibC.DIRENT_NAME + length) != 0) {
      length++;
      if (length > LibC.LONGEST_NAME) {
        throw new IOException("a name without an end");
      }
    }
    return entry.getByteArray(LibC.DIRENT_NAME, length);
  }

  @Override
  public ReadableMedium.Entry open(byte[] name) throws IOException {
    goOn();
    byte[] ended = Arrays.copyOf(name, name.length + 1);
    for (byte one : name) {
      if (one == '/' || one == 0) {
        throw new IOException("no name of an entry");
      }
    }
    int place =
        LibC.INSTANCE.openat(descriptor, ended, LibC.O_PATH | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, 0);
    if (place < 0) {
      throw MountCalls.failure("openat");
    }
    try {
      Seen found = Seen.of(place);
      int type = found.type();
      if (found.device() != device || (type != DIRECTORY && type != REGULAR)) {
        return new ReadableMedium.Entry.Special();
      }
      if (type == REGULAR) {
        FileChannel channel = FileChannel.open(again(place), StandardOpenOption.READ);
        return new ReadableMedium.Entry.Plain(new Content(channel), found.size());
      }
      int opened = LibC.INSTANCE.openat(place, ITSELF, OPEN, 0);
      if (opened < 0) {
        throw MountCalls.failure("openat of a directory");
      }
      return new ReadableMedium.Entry.Folder(new MediumDirectory(opened, device, wanted));
    } finally {
      LibC.INSTANCE.close(place);
    }
  }

  @Override
  public void close() {
    LibC.INSTANCE.close(descriptor);
  }

  /** What is read until the reading is broken off. */
  private final class Content extends InputStream {
    private final InputStream in;

    Content(FileChannel channel) {
      in = Channels.newInputStream(channel);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      goOn();
      return in.read(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
