package jp.sekisho.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/** Typed reading of the settings' file; a setting nobody reads is a typing error and refused. */
final class ConfigFields {
  private final Map<String, Object> fields;
  private final Set<String> unread;

  ConfigFields(Map<String, Object> fields) {
    this.fields = fields;
    this.unread = new TreeSet<>(fields.keySet());
  }

  void version(long expected) throws MalformedException {
    if (!Long.valueOf(expected).equals(take("v"))) {
      throw new MalformedException("unknown version of the settings");
    }
  }

  String text(String name) throws MalformedException {
    String value = optionalText(name);
    if (value == null) {
      throw new MalformedException("missing setting: " + name);
    }
    return value;
  }

  @Nullable String optionalText(String name) throws MalformedException {
    Object value = take(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw invalid(name);
  }

  boolean truth(String name, boolean byDefault) throws MalformedException {
    return switch (take(name)) {
      case null -> byDefault;
      case Boolean value -> value;
      default -> throw invalid(name);
    };
  }

  int port(String name, int byDefault) throws MalformedException {
    return switch (take(name)) {
      case null -> byDefault;
      case Long value when value >= 0 && value <= 65535 -> Math.toIntExact(value);
      default -> throw invalid(name);
    };
  }

  List<String> texts(String name) throws MalformedException {
    if (!(take(name) instanceof List<?> values)) {
      throw invalid(name);
    }
    List<String> texts = new ArrayList<>();
    for (Object value : values) {
      if (!(value instanceof String text)) {
        throw invalid(name);
      }
      texts.add(text);
    }
    return texts;
  }

  AddressMatch addressMatch(String name) throws MalformedException {
    return switch (optionalText(name)) {
      case null -> AddressMatch.REQUIRE;
      case "require" -> AddressMatch.REQUIRE;
      case "flag" -> AddressMatch.FLAG;
      default -> throw invalid(name);
    };
  }

  void requireNothingElse() throws MalformedException {
    if (!unread.isEmpty()) {
      throw new MalformedException("unknown setting: " + String.join(", ", unread));
    }
  }

  private @Nullable Object take(String name) {
    unread.remove(name);
    return fields.get(name);
  }

  private static MalformedException invalid(String name) {
    return new MalformedException("invalid setting: " + name);
  }
}
