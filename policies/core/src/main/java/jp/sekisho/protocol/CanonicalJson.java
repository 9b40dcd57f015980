package jp.sekisho.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * RFC 8785 JSON restricted to objects, arrays, NFC strings, booleans and integers within ±2⁵³: one
 * value has one byte sequence.
 *
 * <p>Values are {@code Map<String, ?>}, {@code List<?>}, {@code String}, {@code Boolean}, {@code
 * Long} (and {@code Integer}); no null, no fractions. Names are sorted by UTF-16 code units, as RFC
 * 8785 §3.2.3 demands and as {@link String#compareTo} does. Reading encodes again and refuses any
 * difference, so white space, other escapes, other orders and repeated names are all malformed. At
 * most {@value #MAX_DEPTH} levels, the innermost value counted, and {@value #MAX_BYTES} bytes
 * unless the caller names another limit.
 */
public final class CanonicalJson {
  /** Largest entry, in bytes. */
  public static final int MAX_BYTES = 16 * 1024;

  private static final int MAX_DEPTH = 8;
  private static final long MAX_INTEGER = 1L << 53;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(20)
                  .maxNameLength(256)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          // Buffers that outlive a thread: at the service each request has one of its own.
          .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
          .build();

  private CanonicalJson() {}

  /**
   * The canonical bytes of {@code object}.
   *
   * @throws IllegalArgumentException for a value outside the restriction, or a result over {@value
   *     #MAX_BYTES} bytes
   */
  public static byte[] write(Map<String, ?> object) {
    return write(object, MAX_BYTES);
  }

  /** As {@link #write(Map)}, for a format whose own limit is {@code maxBytes}. */
  public static byte[] write(Map<String, ?> object, int maxBytes) {
    StringBuilder out = new StringBuilder(256);
    append(out, object, 0);
    byte[] bytes = out.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > maxBytes) {
      throw new IllegalArgumentException("over " + maxBytes + " bytes");
    }
    return bytes;
  }

  /**
   * The object whose canonical bytes are exactly {@code bytes}: immutable throughout, in canonical
   * order.
   */
  public static Map<String, Object> read(byte[] bytes) throws MalformedException {
    return read(bytes, MAX_BYTES);
  }

  /** As {@link #read(byte[])}, for a format whose own limit is {@code maxBytes}. */
  public static Map<String, Object> read(byte[] bytes, int maxBytes) throws MalformedException {
    if (bytes.length > maxBytes) {
      throw new MalformedException("over " + maxBytes + " bytes");
    }
    Map<String, Object> object;
    try (JsonParser parser = FACTORY.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedException("not an object");
      }
      object = object(parser);
      if (parser.nextToken() != null) {
        throw new MalformedException("bytes after the object");
      }
    } catch (IOException e) {
      throw new MalformedException("not JSON");
    }
    byte[] again;
    try {
      again = write(object, maxBytes);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("a value outside canonical JSON");
    }
    if (!Arrays.equals(again, bytes)) {
      throw new MalformedException("not canonical");
    }
    return object;
  }

  /**
   * An immutable copy of {@code object} as {@link #read} would give it back, so that a value that
   * was written and one that was read are equal.
   *
   * @throws IllegalArgumentException for a value outside the restriction
   */
  public static Map<String, Object> copy(Map<String, ?> object) {
    byte[] unused = write(object);
    return frozen(object);
  }

  /** As {@link #copy}, of an object that {@link #write} has taken. */
  public static Map<String, Object> frozen(Map<?, ?> object) {
    TreeMap<String, Object> sorted = new TreeMap<>();
    object.forEach((name, value) -> sorted.put((String) name, frozenValue(value)));
    return Collections.unmodifiableMap(new LinkedHashMap<>(sorted));
  }

  private static Object frozenValue(Object value) {
    if (value instanceof Map<?, ?> map) {
      return frozen(map);
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(item -> copy.add(frozenValue(item)));
      return Collections.unmodifiableList(copy);
    }
    return value instanceof Integer number ? Long.valueOf(number) : value;
  }

  private static Map<String, Object> object(JsonParser parser)
      throws IOException, MalformedException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    return Collections.unmodifiableMap(object);
  }

  private static Object value(JsonParser parser) throws IOException, MalformedException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new MalformedException("ends early");
    }
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield Collections.unmodifiableList(list);
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> parser.getLongValue();
      default -> throw new MalformedException("null, fraction or unfinished value");
    };
  }

  private static void append(StringBuilder out, Object value, int depth) {
    if (depth >= MAX_DEPTH) {
      throw new IllegalArgumentException("deeper than " + MAX_DEPTH);
    }
    if (value instanceof Map<?, ?> map) {
      appendObject(out, map, depth);
    } else if (value instanceof List<?> list) {
      out.append('[');
      String comma = "";
      for (Object item : list) {
        out.append(comma);
        append(out, item, depth + 1);
        comma = ",";
      }
      out.append(']');
    } else if (value instanceof String text) {
      appendString(out, text);
    } else if (value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof Long || value instanceof Integer) {
      long number = ((Number) value).longValue();
      if (number > MAX_INTEGER || number < -MAX_INTEGER) {
        throw new IllegalArgumentException("integer beyond 2^53");
      }
      out.append(number);
    } else {
      throw new IllegalArgumentException("a value outside canonical JSON");
    }
  }

  private static void appendObject(StringBuilder out, Map<?, ?> map, int depth) {
    TreeMap<String, Object> sorted = new TreeMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String name) || entry.getValue() == null) {
        throw new IllegalArgumentException("a name that is no text, or a null");
      }
      sorted.put(name, entry.getValue());
    }
    out.append('{');
    String comma = "";
    for (Map.Entry<String, Object> entry : sorted.entrySet()) {
      out.append(comma);
      appendString(out, entry.getKey());
      out.append(':');
      append(out, entry.getValue(), depth + 1);
      comma = ",";
    }
    out.append('}');
  }

  /** Below U+0300 nothing combines, and that is what most texts are made of. */
  private static boolean isNfc(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x300) {
        return Normalizer.isNormalized(text, Normalizer.Form.NFC);
      }
    }
    return true;
  }

  private static void appendString(StringBuilder out, String text) {
    if (!isNfc(text)) {
      throw new IllegalArgumentException("text is not NFC");
    }
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          throw new IllegalArgumentException("lone surrogate");
        }
        out.append(c).append(text.charAt(++i));
        continue;
      }
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        case '\f' -> out.append("\\f");
        case '\r' -> out.append("\\r");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
