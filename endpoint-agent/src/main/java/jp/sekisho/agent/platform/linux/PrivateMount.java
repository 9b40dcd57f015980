package jp.sekisho.agent.platform.linux;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A volume that is mounted in a {@link PrivateNamespace} of its own until it is closed. One thread
 * at a time.
 */
abstract class PrivateMount implements Closeable {
  private final Path target;
  private final BooleanSupplier wanted;
  private final PrivateNamespace namespace;

  /**
   * Nothing is mounted yet.
   *
   * @param wanted false once whatever is done with it is broken off
   */
  PrivateMount(Path target, BooleanSupplier wanted, PrivateNamespace namespace) {
    this.target = target;
    this.wanted = wanted;
    this.namespace = namespace;
  }

  final Path target() {
    return target;
  }

  final PrivateNamespace namespace() {
    return namespace;
  }

  /** Throws once it is broken off. */
  final void goOn() throws IOException {
    if (!wanted.getAsBoolean()) {
      throw new IOException("broken off");
    }
  }

  /**
   * Mounts, and believes it when the kernel's own table says so.
   *
   * @param number {@code major:minor} of the volume
   * @param options to try, in order
   */
  final void mount(Path volume, String number, String type, List<String> options, boolean writable)
      throws IOException {
    String access = writable ? "rw" : "ro";
    namespace.call(() -> {
      IOException refused = new IOException("no way to mount " + type);
      for (String data : options) {
        try {
          namespace.mount(volume, target, type, data, writable);
          refused = null;
          break;
        } catch (IOException e) {
          refused = e;
        }
      }
      if (refused != null) {
        throw refused;
      }
      Mount last = last();
      if (last == null
          || !last.device().equals(number)
          || !last.options().containsAll(Set.of(access, "nosuid", "nodev", "noexec"))
          || !last.superOptions().contains(access)) {
        throw new IOException("mounted, but not as asked");
      }
      return true;
    });
  }

  private @Nullable Mount last() throws IOException {
    Mount last = null;
    for (Mount mount : namespace.table().all()) {
      if (mount.target().equals(target.toString())) {
        last = mount;
      }
    }
    return last;
  }

  /** Unmounts, which writes what is left. */
  @Override
  public void close() throws IOException {
    IOException fault = null;
    try {
      fault = namespace.call(this::unmount);
    } finally {
      // Whatever is still mounted goes with it.
      namespace.close();
    }
    if (fault != null) {
      throw fault;
    }
  }

  private @Nullable IOException unmount() throws IOException {
    IOException fault = null;
    while (last() != null) {
      byte[] path = MountCalls.path(target.toString());
      if (LibC.INSTANCE.umount2(path, LibC.UMOUNT_NOFOLLOW) != 0) {
        fault = MountCalls.failure("umount2");
        namespace.table().detach(target.toString());
      }
    }
    return fault;
  }
}
