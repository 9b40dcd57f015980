package jp.sekisho.agent.platform.linux;

import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A thread alone in a mount namespace (unshare(2), mount_namespaces(7)): what it mounts no other
 * process, and no other thread of this one, finds under any name, and the kernel unmounts it when
 * the thread ends, however it ends.
 *
 * <p>Only short tasks that touch names run on it: a thread that one of them started would live in
 * the same namespace. Descriptors it opens are good on every thread. Calls come one at a time.
 */
final class PrivateNamespace implements AutoCloseable {
  private static final int FLAGS = LibC.MS_NOSUID | LibC.MS_NODEV | LibC.MS_NOEXEC;

  private static final Path OWN = Path.of("/proc/thread-self/ns/mnt");
  private static final Path OTHERS = Path.of("/proc/self/ns/mnt");

  private final BlockingQueue<FutureTask<?>> tasks = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::serve, "own-mounts");
  private final MountCalls table = new MountCalls(Path.of("/proc/thread-self/mountinfo"));

  /** Written and read by the thread itself only. */
  private boolean ended;

  private PrivateNamespace() {}

  /** Begins one. */
  static PrivateNamespace enter() throws IOException {
    PrivateNamespace own = new PrivateNamespace();
    own.thread.setDaemon(true);
    own.thread.start();
    boolean alone = false;
    try {
      own.call(() -> {
        if (LibC.INSTANCE.unshare(LibC.CLONE_NEWNS) != 0) {
          throw MountCalls.failure("unshare");
        }
        NativeLong flags = new NativeLong(LibC.MS_REC | LibC.MS_PRIVATE);
        if (LibC.INSTANCE.mount("none", "/", null, flags, null) != 0) {
          throw MountCalls.failure("mount MS_PRIVATE");
        }
        return true;
      });
      alone = true;
      return own;
    } finally {
      if (!alone) {
        own.close();
      }
    }
  }

  private void serve() {
    try {
      while (!ended) {
        tasks.take().run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs a task in it, however long that takes. */
  <T> T call(Callable<T> task) throws IOException {
    FutureTask<T> future = new FutureTask<>(task);
    tasks.add(future);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof IOException io) {
            throw io;
          }
          throw new IOException("in the namespace", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Mounts {@code nosuid,nodev,noexec}, and {@code ro} unless writable, which is never anywhere but
   * here; to be called on this namespace's thread only.
   */
  void mount(Path node, Path target, String type, String data, boolean writable)
      throws IOException {
    if (Files.readSymbolicLink(OWN).equals(Files.readSymbolicLink(OTHERS))) {
      throw new IOException("not in a namespace of its own");
    }
    NativeLong flags = new NativeLong(writable ? FLAGS : FLAGS | LibC.MS_RDONLY);
    if (LibC.INSTANCE.mount(node.toString(), target.toString(), type, flags, data) != 0) {
      throw MountCalls.failure("mount " + type);
    }
  }

  /** What is mounted here; on this namespace's thread only. */
  MountCalls table() {
    return table;
  }

  /** Ends the thread, and with it what is mounted here; waits until it has ended. */
  @Override
  public void close() {
    tasks.add(new FutureTask<>(() -> ended = true));
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
