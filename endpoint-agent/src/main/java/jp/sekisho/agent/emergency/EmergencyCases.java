package jp.sekisho.agent.emergency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.agent.config.AtomicFile;
import jp.sekisho.agent.config.JsonFields;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;

/**
 * {@code emergencies.json}: the newest cases of 緊急時の例外措置 at this terminal, durable before anything
 * is opened. Thread-safe.
 *
 * <p>Canonical JSON, ≤ 256 KiB: {@code {"emergencies":[…],"v":1}}, oldest first, each with {@code
 * state} (asked, open, over), {@code text} (base64url of what was signed) and once open {@code
 * deadlineSinceBootMillis}, as {@link EmergencyCase} says. A damaged file, or one with another or
 * no {@code v}, is begun anew: nothing of it could open anything.
 */
final class EmergencyCases {
  private static final int VERSION = 1;
  private static final int LARGEST_FILE = 256 * 1024;

  /** Older ones are in the log. */
  static final int MOST = 64;

  private final Path file;
  private final Map<String, EmergencyCase> byRequest;

  private EmergencyCases(Path file, Map<String, EmergencyCase> byRequest) {
    this.file = file;
    this.byRequest = byRequest;
  }

  /**
   * Reads the file; none is the same as an empty one.
   *
   * @throws IOException when it cannot be read or is damaged
   */
  static EmergencyCases open(Path file) throws IOException {
    Map<String, EmergencyCase> found = new LinkedHashMap<>();
    if (Files.exists(file)) {
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes(LARGEST_FILE + 1);
      }
      try {
        for (EmergencyCase each : parse(bytes)) {
          found.put(each.text().request(), each);
        }
      } catch (MalformedException e) {
        throw new IOException(file.getFileName() + ": " + e.getMessage(), e);
      }
    }
    return new EmergencyCases(file, found);
  }

  static EmergencyCases empty(Path file) {
    return new EmergencyCases(file, new LinkedHashMap<>());
  }

  @SuppressWarnings("unchecked")
  private static List<EmergencyCase> parse(byte[] bytes) throws MalformedException {
    Map<String, Object> file = CanonicalJson.read(bytes, LARGEST_FILE);
    new JsonFields(file).version(VERSION);
    if (!(file.get("emergencies") instanceof List<?> list)) {
      throw new MalformedException("emergencies is not a list");
    }
    List<EmergencyCase> all = new ArrayList<>();
    for (Object each : list) {
      if (!(each instanceof Map<?, ?> map)) {
        throw new MalformedException("an emergency is not an object");
      }
      all.add(EmergencyCase.parse((Map<String, Object>) map));
    }
    return all;
  }

  /** Oldest first. */
  synchronized List<EmergencyCase> all() {
    return List.copyOf(byRequest.values());
  }

  /** Makes one durable; when that fails, it does not stand here either. */
  synchronized void put(EmergencyCase newest) throws IOException {
    Map<String, EmergencyCase> next = new LinkedHashMap<>(byRequest);
    next.put(newest.text().request(), newest);
    var oldest = next.keySet().iterator();
    while (next.size() > MOST) {
      oldest.next();
      oldest.remove();
    }
    List<Object> list = new ArrayList<>();
    next.values().forEach(each -> list.add(each.fields()));
    AtomicFile.write(
        file, CanonicalJson.write(Map.of("v", VERSION, "emergencies", list), LARGEST_FILE));
    byRequest.clear();
    byRequest.putAll(next);
  }
}
