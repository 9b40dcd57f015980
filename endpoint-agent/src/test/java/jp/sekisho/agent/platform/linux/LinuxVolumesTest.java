package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a table of mounts of its own; one medium's unmount waits. */
class LinuxVolumesTest {
  @TempDir Path temp;

  private final List<Mount> table = new CopyOnWriteArrayList<>();
  private final CountDownLatch stalling = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private final MountCalls mounts =
      new MountCalls() {
        @Override
        List<Mount> all() {
          return List.copyOf(table);
        }

        @Override
        void detach(String target) throws IOException {
          if (target.contains("/2-2/")) {
            stalling.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
          table.removeIf(mount -> mount.target().equals(target));
        }
      };

  @AfterEach
  void end() {
    goOn.countDown();
    threads.shutdownNow();
  }

  private void mounted(Path place, String port, String number) throws IOException {
    Path target = Files.createDirectories(place.resolve(port).resolve("medium"));
    table.add(new Mount(number, target.toString(), "/dev/sda", Set.of("ro"), Set.of("ro")));
  }

  @Test
  @DisplayName("a medium is unmounted in time while the unmount of another one stalls")
  void unmountStalls() throws Exception {
    Path place = temp.resolve("media");
    LinuxVolumes volumes =
        new LinuxVolumes(
            new BlockDevices(temp, temp.resolve("no-swaps"), temp.resolve("dev"), mounts),
            mounts,
            temp.resolve("dev"),
            place);
    mounted(place, "2-1", "8:0");
    mounted(place, "2-2", "8:16");
    Future<Boolean> slow = threads.submit(() -> volumes.close("2-2"));
    assertTrue(stalling.await(20, TimeUnit.SECONDS));
    assertTrue(threads.submit(() -> volumes.close("2-1")).get(10, TimeUnit.SECONDS));
    volumes.appeared("2-3", "sdc");
    assertEquals(1, table.size());
    goOn.countDown();
    assertTrue(slow.get(20, TimeUnit.SECONDS));
    assertEquals(List.of(), table);
  }
}
