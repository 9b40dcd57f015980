package jp.sekisho.agent.platform.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Mounting and unmounting by the kernel. Nothing here can mount writable: the flags are not the
 * caller's.
 */
class MountCalls {
  private static final int ALWAYS =
      LibC.MS_RDONLY | LibC.MS_NOSUID | LibC.MS_NODEV | LibC.MS_NOEXEC;

  /** Every mount of this process's namespace, the host's own. */
  List<Mount> all() throws IOException {
    return Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8)
        .lines()
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
    if (LibC.INSTANCE.umount2(target, LibC.MNT_DETACH | LibC.UMOUNT_NOFOLLOW) != 0) {
      throw failure("umount2");
    }
  }

  /** Makes the kernel refuse every write to a block device. */
  void forceReadOnly(Path node) throws IOException {
    int descriptor = LibC.INSTANCE.open(node.toString(), LibC.O_RDONLY | LibC.O_CLOEXEC);
    if (descriptor < 0) {
      throw failure("open");
    }
    try (Memory on = new Memory(Integer.BYTES)) {
      on.setInt(0, 1);
      if (LibC.INSTANCE.ioctl(descriptor, new NativeLong(LibC.BLKROSET), on) != 0) {
        throw failure("ioctl BLKROSET");
      }
    } finally {
      LibC.INSTANCE.close(descriptor);
    }
  }

  private static IOException failure(String call) {
    return new IOException(call + " failed with errno " + Native.getLastError());
  }
}
