package jp.sekisho.smartcard.pcsc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** How long the watcher takes from the card service's signal to the listener. */
public final class SignalLatency {
  private SignalLatency() {}

  /** Removals, scripted, with as many insertions between. */
  public static List<Duration> measure(int removals) throws InterruptedException {
    ScriptedService service = ScriptedService.linux().reader("A", 0x10);
    BlockingQueue<CardEvent> events = new LinkedBlockingQueue<>();
    CardWatcher watcher =
        CardWatcher.start(
            () -> PcscContext.establish(service.winscard()),
            new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=staff"))),
            events::add);
    List<Duration> latencies = new ArrayList<>();
    try {
      for (int i = 0; i < removals; i++) {
        service.card("A", true);
        await(events);
        long start = System.nanoTime();
        service.card("A", false);
        await(events);
        latencies.add(Duration.ofNanos(System.nanoTime() - start));
      }
    } finally {
      watcher.close();
    }
    return latencies;
  }

  private static void await(BlockingQueue<CardEvent> events) throws InterruptedException {
    if (events.poll(10, TimeUnit.SECONDS) == null) {
      throw new AssertionError("no event");
    }
  }
}
