package jp.sekisho.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
  private static final long MAX = 9_007_199_254_740_992L;

  @Test
  @DisplayName("RFC 8785 §3.2.3: names are sorted by UTF-16 code units, surrogates before U+FB33")
  void sortOrder() throws MalformedException {
    // The RFC's own example; U+1F600 is D83D DE00 and so sorts before U+FB33.
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("\u20ac", "Euro Sign");
    object.put("\r", "Carriage Return");
    object.put("\ud83d\ude00", "Emoji: Grinning Face");
    object.put("1", "One");
    object.put("\u0080", "Control");
    object.put("\u00f6", "Latin Small Letter O With Diaeresis");
    object.put("\uff21", "Fullwidth A");
    byte[] bytes = CanonicalJson.write(object);
    assertEquals(
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
            + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
            + "\"\ud83d\ude00\":\"Emoji: Grinning Face\",\"\uff21\":\"Fullwidth A\"}",
        new String(bytes, UTF_8));
    assertEquals(object, CanonicalJson.read(bytes));
    refused("{\"\uff21\":1,\"\ud83d\ude00\":2}");
  }

  @Test
  @DisplayName("RFC 8785 §3.2.2.2: the short escapes, \\u00xx in lower case, everything else as is")
  void escapes() throws MalformedException {
    Map<String, Object> object =
        Map.of("a", "\b\t\n\f\r\"\\/\u0000\u000b\u001f\u007f\u00e9\u2028関所\ud83d\ude00");
    byte[] bytes = CanonicalJson.write(object);
    assertEquals(
        "{\"a\":\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0000\\u000b\\u001f\u007f\u00e9\u2028関所\ud83d\ude00\"}",
        new String(bytes, UTF_8));
    assertEquals(object, CanonicalJson.read(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":\"\\/\"}",
        "{\"a\":\"\\u0009\"}",
        "{\"a\":\"\\u000B\"}",
        "{\"a\":\"\\u0041\"}",
        "{\"\\u0061\":1}",
        "{\"a\":\"\\u00e9\"}",
        "{\"a\":\"\\ud83d\\ude00\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}"
      })
  @DisplayName("another spelling of a string is refused")
  void otherEscapes(String json) {
    refused(json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":\"\\ud83d\"}", "{\"a\":\"\\ude00\\ud83d\"}", "{\"\\ude00\":1}"})
  @DisplayName("a lone surrogate is refused")
  void loneSurrogates(String json) {
    refused(json);
    assertThrows(IllegalArgumentException.class, () -> CanonicalJson.write(Map.of("a", "x\ud83d")));
    assertThrows(IllegalArgumentException.class, () -> CanonicalJson.write(Map.of("\ude00", "x")));
  }

  @Test
  @DisplayName("text that is not NFC is refused, as a name too")
  void nfc() {
    refused("{\"a\":\"か\u3099\"}");
    refused("{\"か\u3099\":1}");
    refused("{\"a\":\"\u212b\"}");
    assertThrows(IllegalArgumentException.class, () -> CanonicalJson.write(Map.of("a", "か\u3099")));
  }

  @Test
  @DisplayName("integers within ±2^53, in one spelling")
  void integers() throws MalformedException {
    for (long value : new long[] {0, 1, -1, MAX, -MAX}) {
      String json = "{\"a\":" + value + "}";
      assertArrayEquals(json.getBytes(UTF_8), CanonicalJson.write(Map.of("a", value)));
      assertEquals(Map.of("a", value), CanonicalJson.read(json.getBytes(UTF_8)));
    }
    assertThrows(IllegalArgumentException.class, () -> CanonicalJson.write(Map.of("a", MAX + 1)));
    assertThrows(IllegalArgumentException.class, () -> CanonicalJson.write(Map.of("a", -MAX - 1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740993",
        "-9007199254740993",
        "9223372036854775808",
        "100000000000000000000000",
        "-0",
        "01",
        "+1",
        "1.0",
        "1.5",
        "1e2",
        "1E2",
        "NaN",
        "Infinity",
        "0x10",
        "null",
        "undefined",
        "'a'"
      })
  @DisplayName("no other number, no null, no fraction")
  void otherNumbers(String value) {
    refused("{\"a\":" + value + "}");
    refused("{\"a\":[" + value + "]}");
  }

  @Test
  @DisplayName("values of no JSON type are not written")
  void otherValues() {
    Map<String, Object> withNull = new LinkedHashMap<>();
    withNull.put("a", null);
    for (Map<String, Object> object :
        List.<Map<String, Object>>of(
            withNull, Map.of("a", 1.5), Map.of("a", 'x'), Map.of("a", Map.of(1, 2)))) {
      assertThrows(IllegalArgumentException.class, () -> CanonicalJson.write(object));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"a\":2}",
        "{\"b\":1,\"a\":2}",
        "{\"x\":{\"a\":1,\"a\":1}}",
        "{\"a\":1,}",
        "{\"a\":[1,]}",
        "{a:1}",
        "{\"a\"}",
        "{\"a\":1",
        "{\"a\":[1}",
        "[]",
        "1",
        "\"a\"",
        "",
        "{}{}",
        "{}x",
        "{} ",
        " {}",
        "{}\n",
        "{ }",
        "{\"a\": 1}",
        "{\"a\":1 }",
        "{\"a\":[1, 2]}",
        "{/**/}",
        "\uFEFF{}"
      })
  @DisplayName("one value has one text: no repeated name, other order, white space or remainder")
  void oneText(String json) {
    refused(json);
  }

  @Test
  @DisplayName("UTF-8 only, in its shortest form")
  void utf8() {
    for (Charset charset :
        List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      assertThrows(
          MalformedException.class, () -> CanonicalJson.read("{\"a\":1}".getBytes(charset)));
    }
    for (int[] sequence :
        new int[][] {
          {0xC1, 0xA1}, {0xED, 0xA0, 0x80}, {0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80}, {0x80}, {0xFF}
        }) {
      byte[] json = "{\"a\":\"??????\"}".getBytes(UTF_8);
      byte[] bytes = new byte[json.length - 6 + sequence.length];
      System.arraycopy(json, 0, bytes, 0, 6);
      for (int i = 0; i < sequence.length; i++) {
        bytes[6 + i] = (byte) sequence[i];
      }
      System.arraycopy(json, 12, bytes, 6 + sequence.length, 2);
      assertThrows(MalformedException.class, () -> CanonicalJson.read(bytes));
    }
  }

  @Test
  @DisplayName("eight levels, the innermost value counted")
  void depth() throws MalformedException {
    String deepest = "{\"a\":".repeat(7) + "1" + "}".repeat(7);
    assertArrayEquals(
        deepest.getBytes(UTF_8), CanonicalJson.write(CanonicalJson.read(deepest.getBytes(UTF_8))));
    refused("{\"a\":".repeat(8) + "1" + "}".repeat(8));
    refused("{\"a\":" + "[".repeat(8) + "]".repeat(8) + "}");
    refused("{\"a\":" + "[".repeat(5_000));
  }

  @Test
  @DisplayName("16 KiB, unless the format names another limit")
  void size() throws MalformedException {
    Map<String, Object> largest = Map.of("a", "x".repeat(16 * 1024 - 8));
    byte[] bytes = CanonicalJson.write(largest);
    assertEquals(16 * 1024, bytes.length);
    assertEquals(largest, CanonicalJson.read(bytes));
    Map<String, Object> larger = Map.of("a", "x".repeat(16 * 1024 - 7));
    assertThrows(IllegalArgumentException.class, () -> CanonicalJson.write(larger));
    byte[] allowed = CanonicalJson.write(larger, 1 << 20);
    assertThrows(MalformedException.class, () -> CanonicalJson.read(allowed));
    assertEquals(larger, CanonicalJson.read(allowed, 1 << 20));
  }

  @Test
  @DisplayName("what was read cannot be changed, so it stays what its bytes say")
  void immutable() throws MalformedException {
    Map<String, Object> read = CanonicalJson.read("{\"a\":{\"b\":[1]}}".getBytes(UTF_8));
    assertThrows(UnsupportedOperationException.class, () -> read.put("c", 1L));
    Map<?, ?> inner = assertInstanceOf(Map.class, read.get("a"));
    assertThrows(UnsupportedOperationException.class, inner::clear);
    List<?> list = assertInstanceOf(List.class, inner.get("b"));
    assertThrows(UnsupportedOperationException.class, list::clear);
  }

  @Test
  @DisplayName("what was written reads as the same value; one changed bit never does")
  void roundTripAndFlips() throws MalformedException {
    Random random = new Random(3);
    for (int i = 0; i < 1_000; i++) {
      Map<String, Object> object = object(random, 4);
      byte[] bytes = CanonicalJson.write(object);
      assertEquals(object, CanonicalJson.read(bytes));
      if (i < 60 && bytes.length < 300) {
        ByteFlips.check(bytes, object, CanonicalJson::read);
      }
    }
  }

  private static Map<String, Object> object(Random random, int depth) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      object.put(text(random), value(random, depth - 1));
    }
    return object;
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 5 : 3)) {
      case 0 -> text(random);
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong(-MAX, MAX + 1);
      case 3 -> object(random, depth);
      default -> {
        List<Object> list = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
    };
  }

  private static String text(Random random) {
    String[] parts = {"a", "Z", "\"", "\\", "\n", "\u0001", "é", "個人", "\ud83d\ude00", "\uffe5"};
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(6); n > 0; n--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  private static void refused(String json) {
    assertThrows(MalformedException.class, () -> CanonicalJson.read(json.getBytes(UTF_8)), json);
  }
}
