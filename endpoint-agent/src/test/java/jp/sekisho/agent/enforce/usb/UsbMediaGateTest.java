package jp.sekisho.agent.enforce.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.enforce.DecisionLog;
import jp.sekisho.agent.enforce.MediumReader;
import jp.sekisho.agent.enforce.MediumWriter;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.WriteOutcome;
import jp.sekisho.agent.enforce.media.UsbMediaGate;
import jp.sekisho.agent.enforce.media.Volumes;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.FolderMedium;
import jp.sekisho.agent.testing.MemoryMedium;
import jp.sekisho.policy.usb.HidUsages;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two media on a copy of sysfs's form, one of which stalls wherever the kernel waits for it. */
class UsbMediaGateTest {
  private static final String FIRST = "1-1";
  private static final String SLOW = "1-2";

  @TempDir Path sys;

  private final CountDownLatch stalling = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final ExecutorService people = Executors.newCachedThreadPool();
  private FakeBus bus;
  private StallingPorts ports;
  private final SlowVolumes volumes = new SlowVolumes();
  private UsbGate gate;
  private UsbMediaGate media;

  private static final DecisionLog LOG =
      new DecisionLog() {
        @Override
        public boolean record(AgentEvent event) {
          return true;
        }

        @Override
        public boolean takesReleases() {
          return true;
        }
      };

  @BeforeEach
  void machine() throws IOException {
    bus = new FakeBus(sys);
    bus.put(FIRST, FakeBus.STICK, false);
    bus.put(SLOW, FakeBus.STICK, false);
    ports = new StallingPorts(bus.ports());
    gate = new UsbGate(ports, bus, System::nanoTime);
    media = new UsbMediaGate(gate, volumes, Executors.newCachedThreadPool());
    gate.tell(media);
    // What is there is told on threads of its own: no test shall meet its notice.
    Set<String> told = ConcurrentHashMap.newKeySet();
    media.onPlugged(m -> told.add(m.device()));
    gate.start(LOG);
    Await.until("told of what is there", () -> told.equals(Set.of(FIRST, SLOW)));
  }

  @AfterEach
  void end() {
    goOn.countDown();
    people.shutdownNow();
    media.close();
    gate.close();
  }

  private PluggedMedium medium(String port) {
    return media.plugged().stream().filter(m -> m.device().equals(port)).findFirst().orElseThrow();
  }

  private void stall() {
    stalling.countDown();
    try {
      goOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits in {@code open} and {@code close} of the slow port. */
  private final class SlowVolumes implements Volumes {
    final Set<String> open = ConcurrentHashMap.newKeySet();
    volatile boolean slow;

    @Override
    public OpenOutcome open(String port, int user, BooleanSupplier wanted) {
      if (slow && port.equals(SLOW)) {
        stall();
      }
      open.add(port);
      return new OpenOutcome.Opened(Path.of("/run/sekisho/media", port, "medium"));
    }

    @Override
    public WriteOutcome write(String port, BooleanSupplier wanted, MediumWriter writer) {
      try {
        writer.write(new MemoryMedium(wanted));
        return new WriteOutcome.Done();
      } catch (IOException e) {
        return new WriteOutcome.Failed(Refusal.EXPORT_MEDIUM, true);
      }
    }

    @Override
    public WriteOutcome read(String port, BooleanSupplier wanted, MediumReader reader) {
      try {
        reader.read(new FolderMedium(wanted));
        return new WriteOutcome.Done();
      } catch (IOException e) {
        return new WriteOutcome.Failed(Refusal.IMPORT_MEDIUM, true);
      }
    }

    @Override
    public boolean close(String port) {
      if (slow && port.equals(SLOW)) {
        stall();
      }
      open.remove(port);
      return true;
    }

    @Override
    public boolean isOpen(String port) {
      return open.contains(port);
    }

    @Override
    public boolean isSingle(String port) {
      return true;
    }

    @Override
    public void appeared(String port, String name) {}

    @Override
    public void wake() {}
  }

  /** Waits when the slow port is authorised, as for a device that answers nothing. */
  private final class StallingPorts implements UsbPorts {
    private final UsbPorts all;
    volatile boolean slow;

    StallingPorts(UsbPorts all) {
      this.all = all;
    }

    @Override
    public void authorize(String port) throws IOException {
      if (slow && port.equals(SLOW)) {
        stall();
      }
      all.authorize(port);
    }

    @Override
    public void gate() throws IOException {
      all.gate();
    }

    @Override
    public List<String> openControllers() throws IOException {
      return all.openControllers();
    }

    @Override
    public List<String> occupied() throws IOException {
      return all.occupied();
    }

    @Override
    public Optional<Reading> read(String port) {
      return all.read(port);
    }

    @Override
    public void block(String port) throws IOException {
      all.block(port);
    }

    @Override
    public boolean hasInterfaces(String port) {
      return all.hasInterfaces(port);
    }

    @Override
    public HidUsages usages(String port) {
      return all.usages(port);
    }

    @Override
    public List<Bound> bound(String port) {
      return all.bound(port);
    }

    @Override
    public boolean hasVolume(String port) {
      return all.hasVolume(port);
    }

    @Override
    public List<String> systemDisks() {
      return all.systemDisks();
    }

    @Override
    public boolean unmountAll(String port) {
      return all.unmountAll(port);
    }
  }

  private void openFirst() {
    assertInstanceOf(OpenOutcome.Opened.class, media.openReadOnly(medium(FIRST), 1001));
    assertEquals(Set.of(FIRST), volumes.open);
  }

  private void closesInTime(PluggedMedium medium) throws Exception {
    Future<Boolean> closing = people.submit(() -> media.close(medium));
    assertTrue(closing.get(10, TimeUnit.SECONDS));
    assertEquals(Set.of(), volumes.open);
    assertEquals("0", bus.get(FIRST, "authorized"));
  }

  @Test
  @DisplayName("a medium is closed in time while another one stalls in its mounting")
  void mountingStalls() throws Exception {
    PluggedMedium medium = medium(FIRST);
    openFirst();
    PluggedMedium other = medium(SLOW);
    volumes.slow = true;
    Future<OpenOutcome> opening = people.submit(() -> media.openReadOnly(other, 1001));
    assertTrue(stalling.await(20, TimeUnit.SECONDS));
    closesInTime(medium);
    goOn.countDown();
    assertInstanceOf(OpenOutcome.Opened.class, opening.get(20, TimeUnit.SECONDS));
  }

  @Test
  @DisplayName("a medium is closed in time while the kernel waits for another one to be authorised")
  void authorisingStalls() throws Exception {
    PluggedMedium medium = medium(FIRST);
    openFirst();
    PluggedMedium other = medium(SLOW);
    ports.slow = true;
    Future<OpenOutcome> opening = people.submit(() -> media.openReadOnly(other, 1001));
    assertTrue(stalling.await(20, TimeUnit.SECONDS));
    closesInTime(medium);
    goOn.countDown();
    assertInstanceOf(OpenOutcome.Opened.class, opening.get(20, TimeUnit.SECONDS));
  }

  @Test
  @DisplayName("a writing stops at its next step when the medium is closed, and the device is shut")
  void writingIsBrokenOff() throws Exception {
    PluggedMedium medium = medium(FIRST);
    Future<WriteOutcome> writing =
        people.submit(() ->
            media.write(
                medium,
                files -> {
                  stalling.countDown();
                  while (true) {
                    files.free();
                    Thread.onSpinWait();
                  }
                }));
    assertTrue(stalling.await(20, TimeUnit.SECONDS));
    assertEquals("1", bus.get(FIRST, "authorized"));
    closesInTime(medium);
    assertEquals(
        new WriteOutcome.Failed(Refusal.EXPORT_MEDIUM, true), writing.get(20, TimeUnit.SECONDS));
    assertEquals(
        new WriteOutcome.Failed(Refusal.MEDIUM_CHANGED, false),
        media.write(new PluggedMedium(FIRST, "forged"), files -> {}));
  }

  private boolean isShut(String port) {
    try {
      return bus.get(port, "authorized").equals("0");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("a writing that waits for its device loses it")
  void writingStalls() throws Exception {
    PluggedMedium medium = medium(FIRST);
    Future<WriteOutcome> writing = people.submit(() -> media.write(medium, files -> stall()));
    assertTrue(stalling.await(20, TimeUnit.SECONDS));
    Future<Boolean> closing = people.submit(() -> media.close(medium));
    Await.until("the device is taken away", () -> isShut(FIRST));
    goOn.countDown();
    assertTrue(closing.get(20, TimeUnit.SECONDS));
    assertInstanceOf(WriteOutcome.Done.class, writing.get(20, TimeUnit.SECONDS));
  }

  @Test
  @DisplayName("what is told of one port does not wait for another one; of one port it is in order")
  void notices() throws Exception {
    openFirst();
    PluggedMedium other = medium(SLOW);
    List<String> first = new CopyOnWriteArrayList<>();
    List<String> slow = new CopyOnWriteArrayList<>();
    media.onPlugged(m -> (m.device().equals(FIRST) ? first : slow).add("plugged"));
    media.onUnplugged(m -> (m.device().equals(FIRST) ? first : slow).add("unplugged"));
    assertInstanceOf(OpenOutcome.Opened.class, media.openReadOnly(other, 1001));
    volumes.slow = true;
    bus.pull(SLOW);
    assertTrue(stalling.await(20, TimeUnit.SECONDS));
    bus.pull(FIRST);
    Await.until("told of the other", () -> first.equals(List.of("unplugged")));
    bus.plug(SLOW, FakeBus.STICK);
    assertEquals(List.of(), slow);
    goOn.countDown();
    Await.until("in order", () -> slow.equals(List.of("unplugged", "plugged")));
  }
}
