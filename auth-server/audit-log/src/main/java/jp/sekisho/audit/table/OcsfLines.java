package jp.sekisho.audit.table;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import jp.sekisho.audit.copy.EntrySink;
import jp.sekisho.audit.entry.TopLevel;
import jp.sekisho.audit.entry.TopLevel.Kind;
import jp.sekisho.audit.entry.TopLevel.Value;
import org.jspecify.annotations.Nullable;

/**
 * Entries as events of the Open Cybersecurity Schema Framework 1.3.0, one JSON object a line, for
 * the systems that watch over many programs (SIEM); which type is which class says {@code
 * docs/ocsf.md}. What OCSF has no name for stands under {@code unmapped}. An entry of another type,
 * one that lacks what its class demands, and what is no entry at all, is a Base Event. Proves
 * nothing: the index ({@code metadata.sequence}) leads back to the log. Not thread-safe.
 */
public final class OcsfLines implements EntrySink {
  /** Version of the schema. */
  public static final String VERSION = "1.3.0";

  private static final int INFORMATIONAL = 1;
  private static final int LOW = 2;
  private static final int HIGH = 4;
  private static final int MOST_DEPTH = 8;
  private static final String PRODUCT = "{\"name\":\"Sekisho\",\"vendor_name\":\"Sekisho\"}";

  /** Members that stand elsewhere, or only tell entries apart. */
  private static final Set<String> MAPPED =
      Set.of("v", "entry", "salt", "time", "type", "outcome", "reason");

  private final OutputStream out;
  private final String origin;
  private final StringBuilder line = new StringBuilder();

  /**
   * Writes nothing yet.
   *
   * @param origin of the log
   */
  public OcsfLines(OutputStream out, String origin) {
    this.out = out;
    this.origin = origin;
  }

  @Override
  public void take(long index, byte[] entry) throws IOException {
    String text = new String(entry, StandardCharsets.UTF_8);
    line.setLength(0);
    Optional<Map<String, Value>> members = TopLevel.read(text);
    Instant time = members.map(OcsfLines::time).orElse(null);
    if (members.isPresent() && time != null) {
      event(index, members.get(), time);
    } else {
      notAnEntry(index, text);
    }
    line.append("}\n");
    out.write(line.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable Instant time(Map<String, Value> members) {
    try {
      String time = text(members, "time");
      if (time == null || text(members, "type") == null) {
        return null;
      }
      return Instant.ofEpochMilli(Instant.parse(time).toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private void notAnEntry(long index, String text) {
    head(OcsfClass.UNKNOWN, "unknown", 0, INFORMATIONAL);
    metadata(index, null, null, null);
    name("raw_data");
    string(text);
  }

  private void event(long index, Map<String, Value> members, Instant time) {
    String type = String.valueOf(text(members, "type"));
    Map<String, Value> data = object(members.get("data"));
    OcsfClass is = OcsfClass.of(type);
    String person = text(members, "person");
    String entity = is.entityMember() == null ? null : first(is.entityMember(), data, members);
    boolean complete =
        switch (is.uid()) {
          case ACCOUNT_CHANGE, AUTHENTICATION -> person != null;
          case ENTITY -> entity != null;
          case BASE, EVENT_LOG, APPLICATION -> true;
        };
    if (!complete) {
      is = is.asBase();
    }
    String activity = type;
    String purpose = text(data, "purpose");
    if (is.uid() == OcsfClass.Uid.AUTHENTICATION && purpose != null && !purpose.equals("login")) {
      is = new OcsfClass(is.uid(), OcsfClass.OTHER, null, null, is.alarm()); // unlock, step-up …
      activity = purpose;
    }
    boolean failed = !"success".equals(text(members, "outcome"));
    head(is, activity, time.toEpochMilli(), is.alarm() ? HIGH : failed ? LOW : INFORMATIONAL);
    name("status_id").append(failed ? 2 : 1);
    name("status");
    string(failed ? "Failure" : "Success");
    optional("status_code", text(members, "reason"));
    name("message");
    string(type);
    metadata(index, type, text(members, "entry"), text(members, "time"));
    Set<String> left = new TreeSet<>(members.keySet());
    left.removeAll(MAPPED);
    left.removeAll(about(is, members, data, entity));
    unmapped(members, left);
  }

  private void head(OcsfClass is, String other, long time, int severity) {
    String known = is.uid().activity(is.activity());
    String activity = known == null ? other : known;
    line.append("{\"activity_id\":").append(is.activity());
    name("activity_name");
    string(activity);
    name("category_uid").append(is.uid().category);
    name("category_name");
    string(is.uid().categoryName);
    name("class_uid").append(is.uid().number);
    name("class_name");
    string(is.uid().caption);
    name("type_uid").append(is.uid().number * 100L + is.activity());
    name("type_name");
    string(is.uid().caption + ": " + (known == null ? "Other" : known));
    name("time").append(time);
    name("severity_id").append(severity);
  }

  private void metadata(
      long index, @Nullable String type, @Nullable String entry, @Nullable String time) {
    name("metadata").append("{\"version\":\"").append(VERSION).append("\",\"product\":");
    line.append(PRODUCT).append(",\"log_name\":");
    string(origin);
    name("sequence").append(index);
    optional("uid", entry);
    optional("event_code", type);
    optional("original_time", time);
    line.append('}');
  }

  /** Writes the objects of the class; the members of the entry that they say. */
  private Set<String> about(
      OcsfClass is, Map<String, Value> members, Map<String, Value> data, @Nullable String entity) {
    String person = text(members, "person");
    String session = text(members, "session");
    switch (is.uid()) {
      case BASE -> {
        return Set.of();
      }
      case APPLICATION -> {
        name("app").append("{\"name\":\"Sekisho\",\"vendor_name\":\"Sekisho\"");
        optional("version", text(data, "version"));
        line.append('}');
        return Set.of();
      }
      case AUTHENTICATION -> {
        uid("user", person);
        name("service").append("{\"name\":\"Sekisho\"}");
        if (is.activity() == 1 && "success".equals(text(members, "outcome"))) {
          name("is_mfa").append(true);
        }
        uid("session", session);
        uid("src_endpoint", text(members, "terminal"));
        return Set.of("person", "session", "terminal");
      }
      case ACCOUNT_CHANGE -> {
        uid("user", person);
        uid("src_endpoint", text(members, "terminal"));
        return Set.of("person", "terminal");
      }
      case ENTITY -> {
        name("entity").append("{\"type\":");
        string(String.valueOf(is.entityType()));
        optional("uid", entity);
        line.append('}');
      }
      case EVENT_LOG -> {
        String scope = first("scope", data, Map.of());
        name("log_name");
        string(scope == null ? origin : scope);
      }
    }
    if (person != null || session != null) {
      name("actor").append('{');
      String comma = "";
      if (person != null) {
        line.append("\"user\":{\"uid\":");
        string(person);
        line.append('}');
        comma = ",";
      }
      if (session != null) {
        line.append(comma).append("\"session\":{\"uid\":");
        string(session);
        line.append('}');
      }
      line.append('}');
    }
    uid("src_endpoint", text(members, "terminal"));
    return Set.of("person", "session", "terminal");
  }

  private void unmapped(Map<String, Value> members, Set<String> names) {
    if (names.isEmpty()) {
      return;
    }
    Map<String, Value> left = new TreeMap<>(members);
    left.keySet().retainAll(names);
    name("unmapped");
    object(left, 0);
  }

  private void object(Map<String, Value> members, int depth) {
    line.append('{');
    String comma = "";
    for (Map.Entry<String, Value> member : new TreeMap<>(members).entrySet()) {
      line.append(comma);
      string(member.getKey());
      line.append(':');
      value(member.getValue(), depth + 1);
      comma = ",";
    }
    line.append('}');
  }

  /** A value as it is; what is not surely JSON, such as a list of anybody's bytes, as a text. */
  private void value(Value value, int depth) {
    String text = value.text();
    boolean number = value.kind() == Kind.INTEGER && text.matches("-?(0|[1-9][0-9]{0,17})");
    boolean word = value.kind() == Kind.OTHER && (text.equals("true") || text.equals("false"));
    if (number || word) {
      line.append(text);
      return;
    }
    Map<String, Value> nested = depth < MOST_DEPTH ? object(value) : Map.of();
    if (!nested.isEmpty()) {
      object(nested, depth);
    } else {
      string(text);
    }
  }

  /** The members of a value that is an object; none of any other. */
  private static Map<String, Value> object(@Nullable Value value) {
    return value == null || value.kind() != Kind.OTHER
        ? Map.of()
        : TopLevel.read(value.text()).orElse(Map.of());
  }

  private static @Nullable String text(Map<String, Value> members, String name) {
    Value value = members.get(name);
    return value == null || value.kind() != Kind.STRING ? null : value.text();
  }

  private static @Nullable String first(
      String name, Map<String, Value> data, Map<String, Value> members) {
    String found = text(data, name);
    return found == null ? text(members, name) : found;
  }

  private void uid(String name, @Nullable String uid) {
    if (uid != null) {
      name(name).append("{\"uid\":");
      string(uid);
      line.append('}');
    }
  }

  private void optional(String name, @Nullable String text) {
    if (text != null) {
      name(name);
      string(text);
    }
  }

  private StringBuilder name(String name) {
    return line.append(",\"").append(name).append("\":");
  }

  private void string(String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else if (c < ' ') {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    line.append('"');
  }
}
