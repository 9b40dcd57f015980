package jp.sekisho.agent.grant;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import jp.sekisho.agent.config.AtomicFile;
import jp.sekisho.agent.config.JsonFields;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;

/**
 * {@code activations.json}: every activation this terminal asked for or got, durable before it has
 * any effect. Thread-safe; {@link #of} and {@link #all} never wait for the disk.
 *
 * <p>Canonical JSON, ≤ 1 MiB: {@code {"activations":[…],"v":2}}, each with {@code grant}, {@code
 * nonce}, {@code end}, {@code open}, and once answered {@code boot}, {@code deadline}, {@code
 * deadlineSinceBootMillis}, {@code serverTime}, and once extended {@code minutes}, as {@link
 * Activation} says; ordered by grant. A damaged file, or one with another or no {@code v}, is begun
 * anew: the service then refuses what was active.
 *
 * <p>A used grant stays here until the end of its own text, long after its minutes: whoever puts an
 * older row back at the service would have it offered again, and nobody else would know of its use.
 *
 * <p>A copy of the file that is put back opens nothing by itself: in the same boot the deadline has
 * gone on, and in another boot the service is asked first.
 */
final class Activations {
  private static final int VERSION = 2;
  private static final int LARGEST_FILE = 1 << 20;

  /** More than a terminal could use until they end; then no further one begins. */
  static final int MOST = 1024;

  private final Path file;

  /** What is durable. Unmodifiable; replaced under the lock, read without it. */
  private volatile Map<String, Activation> byGrant;

  private Activations(Path file, Map<String, Activation> byGrant) {
    this.file = file;
    this.byGrant = Collections.unmodifiableMap(byGrant);
  }

  /**
   * Reads the file; none is the same as an empty one.
   *
   * @throws IOException when it cannot be read or is damaged
   */
  static Activations open(Path file) throws IOException {
    Map<String, Activation> found = new TreeMap<>();
    if (Files.exists(file)) {
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes(LARGEST_FILE + 1);
      }
      try {
        if (bytes.length > LARGEST_FILE) {
          throw new MalformedException("over " + LARGEST_FILE + " bytes");
        }
        for (Activation each : parse(bytes)) {
          found.put(each.grant(), each);
        }
      } catch (MalformedException e) {
        throw new IOException(file.getFileName() + ": " + e.getMessage(), e);
      }
    }
    return new Activations(file, found);
  }

  /** Begins anew where the file is damaged: what was active is then refused by the service. */
  static Activations empty(Path file) {
    return new Activations(file, new TreeMap<>());
  }

  @SuppressWarnings("unchecked")
  private static List<Activation> parse(byte[] bytes) throws MalformedException {
    List<Activation> all = new ArrayList<>();
    Map<String, Object> file = CanonicalJson.read(bytes, LARGEST_FILE);
    new JsonFields(file).version(VERSION);
    if (!(file.get("activations") instanceof List<?> list)) {
      throw new MalformedException("activations is not a list");
    }
    for (Object each : list) {
      if (!(each instanceof Map<?, ?> map)) {
        throw new MalformedException("an activation is not an object");
      }
      all.add(Activation.parse((Map<String, Object>) map));
    }
    return all;
  }

  Optional<Activation> of(String grant) {
    return Optional.ofNullable(byGrant.get(grant));
  }

  List<Activation> all() {
    return List.copyOf(byGrant.values());
  }

  /** Makes one durable; when that fails, it does not stand here either. */
  synchronized void put(Activation activation) throws IOException {
    Map<String, Activation> next = new TreeMap<>(byGrant);
    next.put(activation.grant(), activation);
    if (next.size() > MOST) {
      throw new IOException("over " + MOST + " activations");
    }
    store(next);
  }

  /**
   * Makes of one what {@code change} makes of it, with nothing in between.
   *
   * @param change what becomes of it; empty to leave it
   * @return what stands here now; empty when there is none of that grant
   */
  synchronized Optional<Activation> change(
      String grant, Function<Activation, Optional<Activation>> change) throws IOException {
    Activation known = byGrant.get(grant);
    if (known == null) {
      return Optional.empty();
    }
    Optional<Activation> next = change.apply(known);
    if (next.isPresent()) {
      put(next.get());
    }
    return Optional.of(next.orElse(known));
  }

  /**
   * Forgets those whose text has ended by {@code now} that are closed and not among {@code listed}.
   */
  synchronized void forgetOver(Instant now, Set<String> listed) throws IOException {
    Map<String, Activation> next = new TreeMap<>(byGrant);
    next.values()
        .removeIf(
            each -> !each.end().isAfter(now) && !each.open() && !listed.contains(each.grant()));
    if (next.size() != byGrant.size()) {
      store(next);
    }
  }

  private void store(Map<String, Activation> next) throws IOException {
    List<Object> list = new ArrayList<>();
    next.values().forEach(each -> list.add(each.fields()));
    AtomicFile.write(
        file, CanonicalJson.write(Map.of("v", VERSION, "activations", list), LARGEST_FILE));
    byGrant = Collections.unmodifiableMap(next);
  }
}
