package jp.sekisho.agent.platform.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Mounting and unmounting by the kernel. Nothing here can mount writable: the flags are not the
 * caller's, and {@link PrivateNamespace} alone has others.
 */
class MountCalls {
  private static final int ALWAYS =
      LibC.MS_RDONLY | LibC.MS_NOSUID | LibC.MS_NODEV | LibC.MS_NOEXEC;

  private static final int ACL_USER_OBJ = 0x01;
  private static final int ACL_USER = 0x02;
  private static final int ACL_GROUP_OBJ = 0x04;
  private static final int ACL_MASK = 0x10;
  private static final int ACL_OTHER = 0x20;

  private final Path table;

  /** Of this process's namespace, the host's own. */
  MountCalls() {
    this(Path.of("/proc/self/mountinfo"));
  }

  MountCalls(Path table) {
    this.table = table;
  }

  /**
   * Every mount.
   *
   * <p>Names are bytes, whatever a user or a label put into them: each byte is one character here,
   * and only a line end ends a line.
   */
  List<Mount> all() throws IOException {
    String lines = new String(Files.readAllBytes(table), StandardCharsets.ISO_8859_1);
    return Arrays.stream(lines.split("\n", -1))
        .map(Mount::parse)
        .flatMap(Optional::stream)
        .toList();
  }

  /** Mounts {@code ro,nosuid,nodev,noexec}. */
  void mountReadOnly(Path node, Path target, String type, String data) throws IOException {
    if (LibC.INSTANCE.mount(node.toString(), target.toString(), type, new NativeLong(ALWAYS), data)
        != 0) {
      throw failure("mount " + type);
    }
  }

  /** Detaches the newest mount at {@code target}; open files keep it alive, names do not. */
  void detach(String target) throws IOException {
    if (LibC.INSTANCE.umount2(path(target), LibC.MNT_DETACH | LibC.UMOUNT_NOFOLLOW) != 0) {
      throw failure("umount2");
    }
  }

  /** The bytes of a target as {@link #all} names it, ended as C has it. */
  static byte[] path(String target) {
    return (target + "\0").getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * Lets, besides root, exactly {@code user} read and pass a directory, by its access list
   * (acl(5)). The user does not own it: an owner could open it for others or fill the place it is
   * in.
   *
   * @throws IOException also when the file system has no access lists: then nobody else may pass
   */
  void encloseFor(Path directory, int user) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    // linux/posix_acl_xattr.h: version 2, then tag, permissions and id of each entry, in this
    // order.
    ByteBuffer list = ByteBuffer.allocate(4 + 5 * 8).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
    entry(list, ACL_USER_OBJ, 7, -1);
    entry(list, ACL_USER, 5, user);
    entry(list, ACL_GROUP_OBJ, 0, -1);
    entry(list, ACL_MASK, 5, -1);
    entry(list, ACL_OTHER, 0, -1);
    try (Memory value = new Memory(list.capacity())) {
      value.write(0, list.array(), 0, list.capacity());
      if (LibC.INSTANCE.setxattr(
              directory.toString(),
              "system.posix_acl_access",
              value,
              new NativeLong(list.capacity()),
              0)
          != 0) {
        throw failure("setxattr");
      }
    }
  }

  private static void entry(ByteBuffer list, int tag, int permissions, int id) {
    list.putShort((short) tag).putShort((short) permissions).putInt(id);
  }

  /** Makes the kernel refuse every write to a block device. */
  void forceReadOnly(Path node) throws IOException {
    readOnly(node, true);
  }

  /** Lets whoever may open its node, which is root's, write to a block device. */
  void allowWrites(Path node) throws IOException {
    readOnly(node, false);
  }

  private static void readOnly(Path node, boolean refuse) throws IOException {
    int descriptor = LibC.INSTANCE.open(node.toString(), LibC.O_RDONLY | LibC.O_CLOEXEC);
    if (descriptor < 0) {
      throw failure("open");
    }
    try (Memory on = new Memory(Integer.BYTES)) {
      on.setInt(0, refuse ? 1 : 0);
      if (LibC.INSTANCE.ioctl(descriptor, new NativeLong(LibC.BLKROSET), on) != 0) {
        throw failure("ioctl BLKROSET");
      }
    } finally {
      LibC.INSTANCE.close(descriptor);
    }
  }

  static IOException failure(String call) {
    return new IOException(call + " failed with errno " + Native.getLastError());
  }
}
