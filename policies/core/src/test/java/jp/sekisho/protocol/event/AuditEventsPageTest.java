package jp.sekisho.protocol.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code docs/audit-events.md} says of every event type what the code does. */
class AuditEventsPageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "audit-events.md");
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z.-]+)` \\| ([^|]+) \\|([^|]*)\\|$", Pattern.MULTILINE);
  private static final Pattern EXAMPLE =
      Pattern.compile("^### ([a-z.-]+)\n+```json\n(.*)\n```$", Pattern.MULTILINE);

  @Test
  @DisplayName("every class of the sealed hierarchy has an example")
  void hierarchy() {
    Set<Class<?>> leaves = new LinkedHashSet<>();
    collect(AuditEvent.class, leaves);
    assertEquals(Set.copyOf(leaves), Set.copyOf(EventExamples.classes().values()));
  }

  private static void collect(Class<?> type, Set<Class<?>> leaves) {
    if (type.isRecord()) {
      leaves.add(type);
      return;
    }
    Class<?>[] permitted = type.getPermittedSubclasses();
    for (Class<?> next : permitted) {
      collect(next, leaves);
    }
  }

  @Test
  @DisplayName("the table has one row per type, each saying when, and no other row")
  void rows() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(PAGE));
    while (row.find()) {
      assertFalse(row.group(2).isBlank(), row.group(1));
      assertEquals(null, rows.put(row.group(1), row.group(3)), row.group(1));
    }
    assertEquals(EventExamples.entries().keySet(), rows.keySet());
  }

  @Test
  @DisplayName("each row names exactly the fields of its type")
  void fields() throws IOException {
    Map<String, Entry> entries = EventExamples.entries();
    Matcher row = ROW.matcher(Files.readString(PAGE));
    while (row.find()) {
      Entry entry = Objects.requireNonNull(entries.get(row.group(1)), row.group(1));
      Set<String> named = new TreeSet<>(Arrays.asList(row.group(3).split("[`, ]+", -1)));
      named.remove("");
      assertEquals(new TreeSet<>(entry.data().keySet()), named, row.group(1));
    }
  }

  @Test
  @DisplayName("each example is the code's own output, byte for byte, and reads as an entry")
  void examples() throws IOException, MalformedException {
    Map<String, String> expected = new TreeMap<>();
    EventExamples.entries()
        .forEach((type, entry) -> expected.put(type, new String(entry.bytes(), UTF_8)));
    Map<String, String> shown = new TreeMap<>();
    Matcher example = EXAMPLE.matcher(Files.readString(PAGE));
    while (example.find()) {
      shown.put(example.group(1), example.group(2));
    }
    assertEquals(page(expected), page(shown));
    for (String json : shown.values()) {
      byte[] bytes = json.getBytes(UTF_8);
      assertArrayEquals(bytes, Entry.parse(bytes).bytes());
    }
  }

  /** The examples as the page has them, so that a failure shows what to paste. */
  private static String page(Map<String, String> examples) {
    StringBuilder page = new StringBuilder();
    examples.forEach((type, json) ->
        page.append("### ").append(type).append("\n```json\n").append(json).append("\n```\n"));
    return page.toString();
  }
}
