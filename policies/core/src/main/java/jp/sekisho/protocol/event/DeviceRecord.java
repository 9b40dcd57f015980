package jp.sekisho.protocol.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * One event of a terminal in that terminal's own chain: canonical JSON with the names {@code v
 * terminal boot seq prev time type}, and {@code reason} and {@code data} where there are any.
 *
 * <p>{@code seq} starts at 1 and rises by one for the life of the device key; {@code prev} is the
 * hash of the record before, 32 zero bytes for the first. The service stores the bytes' hash; a
 * record with a known number and another hash is a fork. A name this version does not know is
 * malformed: dropping it would change the hash.
 *
 * @param terminal terminal id
 * @param boot base64url of 16 bytes
 * @param seq 1 to 2⁵³
 * @param prev base64url of 32 bytes
 * @param time the terminal's wall clock, milliseconds
 * @param type {@code agent.<outcome>}, or of the features {@code clipboard}, {@code export} or
 *     {@code usb}, {@code emergency} or {@code offline} as listed, or {@code policy.accepted} or
 *     {@code policy.refused}; no other, so that no terminal can write what only the service knows
 * @param reason stable code of a refusal; null for a success. Text, not {@link Refusal}: a newer
 *     agent may know more
 * @param data fields of the type
 */
public record DeviceRecord(
    String terminal,
    String boot,
    long seq,
    String prev,
    Instant time,
    String type,
    @Nullable String reason,
    Map<String, Object> data) {

  /** {@link #prev} of the first record. */
  public static final String GENESIS = Base64Url.encode(new byte[32]);

  private static final Pattern TYPE =
      Pattern.compile(
          "(agent|clipboard|export|import|usb)\\.[a-z-]{1,40}|policy\\.(accepted|refused)"
              + "|emergency\\.(asked|signed|opened|closed|refused)"
              + "|offline\\.(succeeded|refused|ended)");
  private static final Pattern REASON = Pattern.compile("[A-Z][A-Z_]{1,40}");
  private static final long MAX_SEQ = 1L << 53;

  /** Checks every field by its rule, so that whatever exists can also be read. */
  public DeviceRecord {
    if (!Names.isTerminal(terminal)) {
      throw new IllegalArgumentException("terminal is not a terminal id");
    }
    requireBase64Url("boot", boot, 16);
    requireBase64Url("prev", prev, 32);
    if (seq < 1 || seq > MAX_SEQ) {
      throw new IllegalArgumentException("seq is not 1 to 2^53");
    }
    if (!TYPE.matcher(type).matches()) {
      throw new IllegalArgumentException("type is none of a terminal");
    }
    if (reason != null && !REASON.matcher(reason).matches()) {
      throw new IllegalArgumentException("reason is not a code");
    }
    data = CanonicalJson.copy(data);
    time = time.truncatedTo(ChronoUnit.MILLIS);
  }

  private static void requireBase64Url(String name, String value, int length) {
    try {
      Base64Url.decode(value, length);
    } catch (MalformedException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  /** The record of {@code event} that follows the record hashed to {@code prev}. */
  public static DeviceRecord of(
      String terminal, String boot, long seq, String prev, Instant time, AgentEvent event) {
    Refusal reason = event.reason();
    return new DeviceRecord(
        terminal,
        boot,
        seq,
        prev,
        time,
        event.type(),
        reason == null ? null : reason.name(),
        event.data());
  }

  /** Canonical bytes. */
  public byte[] bytes() {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("v", 1L);
    fields.put("terminal", terminal);
    fields.put("boot", boot);
    fields.put("seq", seq);
    fields.put("prev", prev);
    fields.put("time", time.toString());
    fields.put("type", type);
    if (reason != null) {
      fields.put("reason", reason);
    }
    if (!data.isEmpty()) {
      fields.put("data", data);
    }
    return CanonicalJson.write(fields);
  }

  /** What the next record's {@link #prev} must be: base64url of the SHA-256 of {@link #bytes}. */
  public String hash() {
    return Sha256.text(bytes());
  }

  /** The record whose canonical bytes are exactly {@code bytes}. */
  public static DeviceRecord parse(byte[] bytes) throws MalformedException {
    Fields fields = new Fields(CanonicalJson.read(bytes));
    if (fields.integer("v") != 1) {
      throw new MalformedException("unknown version");
    }
    DeviceRecord record;
    try {
      record =
          new DeviceRecord(
              fields.text("terminal"),
              fields.text("boot"),
              fields.integer("seq"),
              fields.text("prev"),
              fields.time("time"),
              fields.text("type"),
              fields.optionalText("reason"),
              fields.object("data"));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage() == null ? "field" : e.getMessage());
    }
    if (!Arrays.equals(record.bytes(), bytes)) {
      throw new MalformedException("record is not in its one form");
    }
    return record;
  }

  /** Typed reading of a canonical object's members. */
  record Fields(Map<String, Object> map) {
    String text(String name) throws MalformedException {
      String value = optionalText(name);
      if (value == null) {
        throw new MalformedException(name + " is missing");
      }
      return value;
    }

    @Nullable String optionalText(String name) throws MalformedException {
      Object value = map.get(name);
      if (value == null || value instanceof String) {
        return (String) value;
      }
      throw new MalformedException(name + " is not text");
    }

    long integer(String name) throws MalformedException {
      if (map.get(name) instanceof Long value) {
        return value;
      }
      throw new MalformedException(name + " is not an integer");
    }

    Instant time(String name) throws MalformedException {
      try {
        Instant time = Instant.parse(text(name));
        if (time.toString().equals(text(name))) {
          return time;
        }
      } catch (DateTimeException e) {
        // Said below, without the value.
      }
      throw new MalformedException(name + " is not a time");
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> object(String name) throws MalformedException {
      Object value = map.get(name);
      if (value == null) {
        return Map.of();
      }
      if (value instanceof Map<?, ?>) {
        return (Map<String, Object>) value;
      }
      throw new MalformedException(name + " is not an object");
    }
  }
}
