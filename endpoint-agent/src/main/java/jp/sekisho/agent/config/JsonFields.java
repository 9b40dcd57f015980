package jp.sekisho.agent.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * Typed reading of a canonical JSON object's members; the exception names the member, never its
 * value.
 *
 * @param map as {@link jp.sekisho.protocol.CanonicalJson#read} gives it
 */
public record JsonFields(Map<String, Object> map) {
  /** A text that must be there. */
  public String text(String name) throws MalformedException {
    String value = optionalText(name);
    if (value == null) {
      throw new MalformedException(name + " is missing");
    }
    return value;
  }

  /** A text, or null. */
  public @Nullable String optionalText(String name) throws MalformedException {
    Object value = map.get(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new MalformedException(name + " is not text");
  }

  /** An integer that must be there. */
  public long integer(String name) throws MalformedException {
    if (map.get(name) instanceof Long value) {
      return value;
    }
    throw new MalformedException(name + " is not an integer");
  }

  /**
   * The version of a file's form, {@code v}, which must be {@code known}. A file without one is of
   * no version and refused: what it means would be a guess.
   */
  public void version(int known) throws MalformedException {
    if (integer("v") != known) {
      throw new MalformedException("v is not " + known);
    }
  }

  /** A boolean that must be there. */
  public boolean flag(String name) throws MalformedException {
    if (map.get(name) instanceof Boolean value) {
      return value;
    }
    throw new MalformedException(name + " is not true or false");
  }

  /** A list of texts that must be there. */
  public List<String> texts(String name) throws MalformedException {
    if (!(map.get(name) instanceof List<?> values)) {
      throw new MalformedException(name + " is not a list");
    }
    List<String> texts = new ArrayList<>();
    for (Object value : values) {
      if (!(value instanceof String text)) {
        throw new MalformedException(name + " holds something else than text");
      }
      texts.add(text);
    }
    return List.copyOf(texts);
  }

  /** An object of integers that must be there. */
  public Map<String, Long> integers(String name) throws MalformedException {
    if (!(map.get(name) instanceof Map<?, ?> values)) {
      throw new MalformedException(name + " is not an object");
    }
    Map<String, Long> integers = new java.util.TreeMap<>();
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      if (!(entry.getKey() instanceof String key) || !(entry.getValue() instanceof Long value)) {
        throw new MalformedException(name + " holds something else than integers");
      }
      integers.put(key, value);
    }
    return integers;
  }
}
