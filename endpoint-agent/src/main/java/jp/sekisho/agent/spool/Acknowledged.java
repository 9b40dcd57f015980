package jp.sekisho.agent.spool;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.agent.config.JsonFields;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.DeviceRecord;

/**
 * {@code ack.json}: how far the service has the chain, under which checkpoint, and since when each
 * whole segment is there.
 *
 * <p>Canonical JSON: {@code {"checkpoint":"…","head":"(base64url, 32
 * bytes)","segments":{"1":1795223123456},"seq":7,"terminal":"T-0042","v":1}}, times in milliseconds
 * since 1970. Another or no {@code v} is {@code SPOOL_CORRUPT}.
 *
 * @param terminal whose chain this is
 * @param seq highest acknowledged number, 0 before the first
 * @param head base64url of that record's hash
 * @param checkpoint the signed checkpoint that covers it; empty before the first
 * @param segments first number of a segment → when it was acknowledged whole
 */
record Acknowledged(
    String terminal, long seq, String head, String checkpoint, Map<Long, Instant> segments) {
  private static final int VERSION = 1;

  Acknowledged {
    segments = Map.copyOf(segments);
  }

  static Acknowledged none(String terminal) {
    return new Acknowledged(terminal, 0, DeviceRecord.GENESIS, "", Map.of());
  }

  byte[] bytes() {
    Map<String, Object> times = new TreeMap<>();
    segments.forEach((first, at) -> times.put(Long.toString(first), at.toEpochMilli()));
    return CanonicalJson.write(
        Map.of(
            "v", VERSION,
            "terminal", terminal,
            "seq", seq,
            "head", head,
            "checkpoint", checkpoint,
            "segments", times));
  }

  static Acknowledged parse(byte[] bytes) throws MalformedException {
    JsonFields fields = new JsonFields(CanonicalJson.read(bytes));
    fields.version(VERSION);
    Map<Long, Instant> segments = new HashMap<>();
    for (Map.Entry<String, Long> entry : fields.integers("segments").entrySet()) {
      try {
        segments.put(Long.valueOf(entry.getKey()), Instant.ofEpochMilli(entry.getValue()));
      } catch (NumberFormatException e) {
        throw new MalformedException("segments");
      }
    }
    return new Acknowledged(
        fields.text("terminal"),
        fields.integer("seq"),
        fields.text("head"),
        fields.text("checkpoint"),
        segments);
  }
}
