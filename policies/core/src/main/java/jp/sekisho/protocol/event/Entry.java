package jp.sekisho.protocol.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the audit log: the envelope around an event, whose canonical bytes are a leaf of the
 * tree.
 *
 * <p>Names: {@code v entry salt time type outcome}, and where known {@code organ person post
 * terminal session reason data device rows}. {@code outcome} is {@code success} only if the event
 * has no reason; anything else is {@code failure}. Names this version does not know survive reading
 * and writing.
 *
 * <p>The salt (16 random bytes) keeps a guessable entry from being recognised by its hash.
 */
public final class Entry {
  private static final Pattern TYPE = Pattern.compile("[a-z]+\\.[a-z-]+");
  private static final String ROWS = "rows";

  /** The next name after {@link #ROWS} in every entry of this version. */
  private static final String SALT = "salt";

  /** A table and a keyed hash: nothing that JSON writes otherwise than it stands. */
  private static final Pattern ROW = Pattern.compile("[a-z_]{1,40}/[A-Za-z0-9_-]{1,64}");

  private static final byte[] ROWS_BEGIN = "\"rows\":[\"".getBytes(StandardCharsets.US_ASCII);

  /** Only of the envelope: names are sorted, and {@code salt} is the next one there. */
  private static final String ROWS_END = "\"],\"salt\":\"";

  private final Map<String, Object> fields;
  private final byte[] bytes;

  /**
   * @param bytes the canonical bytes of {@code fields}
   */
  private Entry(Map<String, Object> fields, byte[] bytes) {
    this.fields = fields;
    this.bytes = bytes;
  }

  /**
   * Whom and what an entry is about; each part null where it does not apply.
   *
   * @param organ id of the 機関
   * @param person staff number
   * @param post id of the acting post
   * @param terminal terminal id
   * @param session base64url of the first 12 bytes of the session's hash
   */
  public record Subject(
      @Nullable String organ,
      @Nullable String person,
      @Nullable String post,
      @Nullable String terminal,
      @Nullable String session) {
    /** About nobody in particular. */
    public static final Subject NONE = new Subject(null, null, null, null, null);

    /** Refuses what is no such name, above all a staff number that could be a 個人番号. */
    public Subject {
      if (organ != null && !Names.isOrgan(organ)) {
        throw new IllegalArgumentException("organ is not an organ id");
      }
      if (person != null && !Names.isPerson(person)) {
        throw new IllegalArgumentException("person is not a staff number");
      }
      if (terminal != null && !Names.isTerminal(terminal)) {
        throw new IllegalArgumentException("terminal is not a terminal id");
      }
    }

    /** About a terminal of an organ. */
    public static Subject terminal(@Nullable String organ, String terminal) {
      return new Subject(organ, null, null, terminal, null);
    }

    /** About a person of an organ. */
    public static Subject person(String organ, String person) {
      return new Subject(organ, person, null, null, null);
    }
  }

  /** The entry of {@code event}; {@code entryId} and {@code salt} are 16 random bytes each. */
  public static Entry of(
      byte[] entryId, byte[] salt, Instant time, Subject subject, AuditEvent event) {
    Refusal reason = event.reason();
    return of(
        entryId,
        salt,
        time,
        subject,
        event.type(),
        reason == null ? null : reason.name(),
        event.data(),
        null);
  }

  /** The entry of a terminal's record, as the service received it at {@code time}. */
  public static Entry of(
      byte[] entryId, byte[] salt, Instant time, Subject subject, DeviceRecord record) {
    Map<String, Object> device =
        Map.of(
            "boot", record.boot(),
            "seq", record.seq(),
            "time", record.time().toString(),
            "hash", record.hash());
    return of(entryId, salt, time, subject, record.type(), record.reason(), record.data(), device);
  }

  private static Entry of(
      byte[] entryId,
      byte[] salt,
      Instant time,
      Subject subject,
      String type,
      @Nullable String reason,
      Map<String, Object> data,
      @Nullable Map<String, Object> device) {
    if (entryId.length != 16 || salt.length != 16) {
      throw new IllegalArgumentException("entry id and salt are 16 bytes");
    }
    Map<String, Object> fields = new TreeMap<>();
    fields.put("v", 1L);
    fields.put("entry", Base64Url.encode(entryId));
    fields.put("salt", Base64Url.encode(salt));
    fields.put("time", time.truncatedTo(ChronoUnit.MILLIS).toString());
    fields.put("type", type);
    fields.put("outcome", reason == null ? "success" : "failure");
    put(fields, "organ", subject.organ());
    put(fields, "person", subject.person());
    put(fields, "post", subject.post());
    put(fields, "terminal", subject.terminal());
    put(fields, "session", subject.session());
    put(fields, "reason", reason);
    if (!data.isEmpty()) {
      fields.put("data", data);
    }
    if (device != null) {
      fields.put("device", device);
    }
    byte[] bytes = CanonicalJson.write(fields);
    return new Entry(CanonicalJson.frozen(fields), bytes);
  }

  /**
   * The same entry, which is also the newest word about a row of the service's database.
   *
   * @param row as the service names it; says nothing to anybody else
   * @throws IllegalArgumentException when the entry would be too long
   */
  public Entry about(String row) {
    List<String> rows = new ArrayList<>(rows());
    rows.add(row);
    TreeMap<String, Object> more = new TreeMap<>(fields);
    more.put(ROWS, Collections.unmodifiableList(rows));
    byte[] written = SALT.equals(more.higherKey(ROWS)) ? spliced(row) : CanonicalJson.write(more);
    return new Entry(Collections.unmodifiableMap(new LinkedHashMap<>(more)), written);
  }

  /**
   * The bytes with a further row, as {@link CanonicalJson#write} would write them: the rest stands
   * written already, and each login is about two or three rows.
   */
  private byte[] spliced(String row) {
    if (!ROW.matcher(row).matches()) {
      throw new IllegalArgumentException("not the name of a row");
    }
    // Nothing else in the entry has these bytes: the salt is random.
    String salt = "\"salt\":\"" + fields.get(SALT) + "\"";
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(salt);
    String more = "\"" + row + "\"],";
    String inserted;
    if (fields.containsKey(ROWS)) {
      at -= 2; // before "],"
      inserted = "," + more.substring(0, more.length() - 2);
    } else {
      inserted = "\"rows\":[" + more;
    }
    if (bytes.length + inserted.length() > CanonicalJson.MAX_BYTES) {
      throw new IllegalArgumentException("over " + CanonicalJson.MAX_BYTES + " bytes");
    }
    byte[] written = new byte[bytes.length + inserted.length()];
    System.arraycopy(bytes, 0, written, 0, at);
    byte[] middle = inserted.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(middle, 0, written, at, middle.length);
    System.arraycopy(bytes, at, written, at + middle.length, bytes.length - at);
    return written;
  }

  /** Of which rows of the service's database this was the newest word; mostly of none. */
  public List<String> rows() {
    return fields.get(ROWS) instanceof List<?> rows
        ? rows.stream().map(String.class::cast).toList()
        : List.of();
  }

  /**
   * {@link #rows()} of an entry's canonical bytes, hundreds of times cheaper than parsing them:
   * whoever opens a log reads every entry.
   */
  public static List<String> rows(byte[] canonical) {
    int begin = indexOfRows(canonical);
    if (begin < 0) {
      return List.of();
    }
    String rest =
        new String(canonical, begin, canonical.length - begin, StandardCharsets.ISO_8859_1);
    int end = rest.indexOf(ROWS_END);
    return end < 0 ? List.of() : List.of(rest.substring(0, end).split("\",\"", -1));
  }

  /**
   * Where the first row's name begins: after the entry's own member. What a terminal sends may have
   * a member of that name further in, and a string cannot hold the bytes before it unescaped.
   */
  private static int indexOfRows(byte[] canonical) {
    for (int at = 0; at + ROWS_BEGIN.length <= canonical.length; at++) {
      if (canonical[at] == '"'
          && canonical[at + 1] == 'r'
          && Arrays.equals(canonical, at, at + ROWS_BEGIN.length, ROWS_BEGIN, 0, ROWS_BEGIN.length)
          && isOwnMember(canonical, at)) {
        return at + ROWS_BEGIN.length;
      }
    }
    return -1;
  }

  /** Whether the quotation mark at {@code end} begins a name or a text of the outermost object. */
  private static boolean isOwnMember(byte[] canonical, int end) {
    int depth = 0;
    boolean text = false;
    for (int at = 0; at < end; at++) {
      switch (canonical[at]) {
        case '"' -> text = !text;
        case '\\' -> at++; // stands in texts only
        case '{', '[' -> depth += text ? 0 : 1;
        case '}', ']' -> depth -= text ? 0 : 1;
        default -> {}
      }
    }
    return depth == 1 && !text;
  }

  private static void put(Map<String, Object> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  /** The entry whose canonical bytes are exactly {@code bytes}. */
  public static Entry parse(byte[] bytes) throws MalformedException {
    Map<String, Object> map = CanonicalJson.read(bytes);
    DeviceRecord.Fields fields = new DeviceRecord.Fields(map);
    if (fields.integer("v") != 1) {
      throw new MalformedException("unknown version");
    }
    Base64Url.decode(fields.text("entry"), 16);
    Base64Url.decode(fields.text("salt"), 16);
    fields.time("time");
    fields.object("data");
    fields.object("device");
    if (map.containsKey(ROWS) && !isTexts(map.get(ROWS))) {
      throw new MalformedException(ROWS);
    }
    String reason = fields.optionalText("reason");
    try {
      new Subject(
          fields.optionalText("organ"),
          fields.optionalText("person"),
          fields.optionalText("post"),
          fields.optionalText("terminal"),
          fields.optionalText("session"));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage() == null ? "subject" : e.getMessage());
    }
    String outcome = fields.text("outcome");
    if (!TYPE.matcher(fields.text("type")).matches()
        || !(outcome.equals("success") || outcome.equals("failure"))) {
      throw new MalformedException("type or outcome");
    }
    if (reason != null && outcome.equals("success")) {
      throw new MalformedException("a success with a reason");
    }
    return new Entry(map, bytes.clone());
  }

  private static boolean isTexts(@Nullable Object value) {
    return value instanceof List<?> list && list.stream().allMatch(String.class::isInstance);
  }

  /** Canonical bytes, the leaf of the tree. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** base64url of the 16-byte id. */
  public String entryId() {
    return (String) fields.getOrDefault("entry", "");
  }

  /** When the service wrote it, UTC, milliseconds. */
  public Instant time() {
    return Instant.parse((String) fields.getOrDefault("time", ""));
  }

  /** {@code feature.outcome}. */
  public String type() {
    return (String) fields.getOrDefault("type", "");
  }

  /** Whether it succeeded. */
  public boolean success() {
    return "success".equals(fields.get("outcome"));
  }

  /** Stable code of the refusal; null for a success. */
  public @Nullable String reason() {
    return (String) fields.get("reason");
  }

  /** Whom and what it is about. */
  public Subject subject() {
    return new Subject(
        (String) fields.get("organ"),
        (String) fields.get("person"),
        (String) fields.get("post"),
        (String) fields.get("terminal"),
        (String) fields.get("session"));
  }

  /** Fields of the type. */
  @SuppressWarnings("unchecked")
  public Map<String, Object> data() {
    return (Map<String, Object>) fields.getOrDefault("data", Map.of());
  }

  /** {@code boot seq time hash} of the terminal's record; empty for the service's own events. */
  @SuppressWarnings("unchecked")
  public Map<String, Object> device() {
    return (Map<String, Object>) fields.getOrDefault("device", Map.of());
  }
}
