package jp.sekisho.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * CPU time of the threads of processes, by their names as Linux keeps them (15 characters). What a
 * thread took between the last reading and its end is lost.
 */
final class ThreadClock {
  private final Collection<ProcessHandle> processes;
  private final Map<Path, Long> last = new HashMap<>();

  ThreadClock(Collection<ProcessHandle> processes) {
    this.processes = List.copyOf(processes);
  }

  /** Milliseconds by the names of threads. */
  record Spent(Map<String, Double> millis) {
    double of(Predicate<String> names) {
      return millis.entrySet().stream()
          .filter(one -> names.test(one.getKey()))
          .mapToDouble(Map.Entry::getValue)
          .sum();
    }

    Spent plus(Spent other) {
      Map<String, Double> sum = new TreeMap<>(millis);
      other.millis.forEach((name, more) -> sum.merge(name, more, Double::sum));
      return new Spent(sum);
    }

    /** Whole milliseconds, of those that took one. */
    @Override
    public String toString() {
      Map<String, Long> whole = new TreeMap<>();
      millis.forEach((name, time) -> {
        if (time >= 1) {
          whole.put(name, Math.round(time));
        }
      });
      return whole.toString();
    }
  }

  /** What threads took since the last reading. */
  Spent read() {
    Map<String, Double> spent = new TreeMap<>();
    for (ProcessHandle process : processes) {
      Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
      try (Stream<Path> threads = Files.list(tasks)) {
        threads.forEach(thread -> {
          try {
            String name = Files.readString(thread.resolve("comm")).strip();
            String text = Files.readString(thread.resolve("schedstat"));
            long now = Long.parseLong(text.substring(0, text.indexOf(' ')));
            Long before = last.put(thread, now);
            spent.merge(name, (now - (before == null ? 0 : before)) / 1e6, Double::sum);
          } catch (IOException e) {
            // It has just ended.
          }
        });
      } catch (IOException e) {
        throw new AssertionError("no threads of " + process.pid(), e);
      }
    }
    return new Spent(spent);
  }
}
