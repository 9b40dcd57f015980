package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.policy.audit.AuditPreset;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AuditEvent;
import org.junit.jupiter.api.Test;

/** The words of the pages are complete, and none is left over. */
final class WordsTest {
  @Test
  void bothLanguagesHaveTheSameKeysAndNoEmptyText() {
    assertEquals(Words.JA.keys(), Words.EN.keys());
    for (String key : Words.JA.keys()) {
      assertFalse(Words.JA.text(key).isBlank(), key);
      assertFalse(Words.EN.text(key).isBlank(), key);
    }
  }

  @Test
  void everyRefusalHasWords() {
    Set<String> codes = Arrays.stream(Refusal.values()).map(Enum::name).collect(Collectors.toSet());
    assertEquals(codes, suffixes("web.reason."));
  }

  @Test
  void everyEventTypeHasWords() throws ReflectiveOperationException {
    Set<String> types = new TreeSet<>();
    for (Class<?> event : records(AuditEvent.class)) {
      types.add(type(event));
    }
    assertEquals(types, suffixes("web.event."));
  }

  @Test
  void everyFeatureAndEveryPresetHasWords() {
    Set<String> features = new TreeSet<>();
    suffixes("web.event.").forEach(type -> features.add(type.substring(0, type.indexOf('.'))));
    assertEquals(features, suffixes("web.feature."));
    Set<String> presets = new TreeSet<>();
    for (AuditPreset preset : AuditPreset.values()) {
      presets.add(preset.text());
    }
    assertEquals(presets, suffixes("web.preset."));
    assertEquals(presets, suffixes("web.preset-note."));
  }

  @Test
  void everyKeyIsUsed() throws IOException {
    StringBuilder used = new StringBuilder();
    for (Path root : List.of(Path.of("src/main/jte"), Path.of("src/main/java"))) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          used.append(Files.readString(file));
        }
      }
    }
    for (String key : Words.JA.keys()) {
      boolean byPrefix =
          key.startsWith("web.event.")
              || key.startsWith("web.reason.")
              || key.startsWith("web.grant.state.")
              || key.startsWith("web.measure.state.")
              || key.startsWith("web.breach.kind.")
              || key.startsWith("web.breach.state.")
              || key.startsWith("web.breach.late.")
              || key.startsWith("web.breach.item.")
              || key.startsWith("web.media.place.")
              || key.startsWith("web.reconciliation.doubt.")
              || key.startsWith("web.reconciliation.lack.")
              || key.startsWith("web.measure.due.")
              || key.startsWith("web.measure.out.")
              || key.startsWith("web.feature.")
              || key.startsWith("web.preset.")
              || key.startsWith("web.preset-note.")
              || key.startsWith("web.outcome.")
              || key.startsWith("web.kept.doubt.");
      assertTrue(byPrefix || used.indexOf('"' + key + '"') >= 0, key);
    }
  }

  @Test
  void newerAgentsTypesAndCodesAreShownAsTheyAre() {
    assertEquals("agent.teleported", Words.JA.event("agent.teleported"));
    assertEquals("NEW_CODE", Words.EN.reason("NEW_CODE"));
  }

  /** The records of a sealed hierarchy of any depth. */
  private static Set<Class<?>> records(Class<?> type) {
    return type.isRecord()
        ? Set.of(type)
        : Arrays.stream(type.getPermittedSubclasses())
            .flatMap(next -> records(next).stream())
            .collect(Collectors.toSet());
  }

  private static Set<String> suffixes(String prefix) {
    return Words.JA.keys().stream()
        .filter(key -> key.startsWith(prefix))
        .map(key -> key.substring(prefix.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The type of an event class: its instance with null or zero in every component. */
  private static String type(Class<?> event) throws ReflectiveOperationException {
    return ((AuditEvent) instance(event)).type();
  }

  private static Object instance(Class<?> event) throws ReflectiveOperationException {
    RecordComponent[] components = event.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      values[i] = types[i].isRecord() ? instance(types[i]) : any(types[i]);
    }
    var constructor = event.getDeclaredConstructor(types);
    constructor.setAccessible(true);
    return constructor.newInstance(values);
  }

  private static Object any(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    if (type == long.class || type == Long.class) {
      return 0L;
    }
    if (type == int.class) {
      return 0;
    }
    if (type == List.class) {
      return List.of();
    }
    if (type == Map.class) {
      return Map.of();
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    return type == String.class ? "" : Integer.valueOf(0);
  }
}
