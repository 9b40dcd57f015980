package jp.sekisho.policy.source;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.policy.PolicyLayer;
import jp.sekisho.policy.Settings;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.reader.ReaderRole;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.setting.Shape;
import jp.sekisho.policy.source.Problem.Code;
import jp.sekisho.protocol.MalformedException;
import tools.jackson.databind.JsonNode;

/**
 * Turns one layer's document into its rules.
 *
 * <p>The schema has spoken about shape; here are the bounds and what it cannot say, each with its
 * place. One instance per document, not thread-safe.
 */
final class LayerCompiler {
  /** What was compiled, or everything that is wrong. */
  sealed interface Outcome {
    /** A layer. */
    record Compiled(LayerSource layer) implements Outcome {}

    /** None; at least one problem. */
    record Refused(List<Problem> problems) implements Outcome {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  private final Path file;
  private final YamlSource.Outcome.Read source;
  private final LayerHead head;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, String> ruleIds = new HashMap<>();
  private final SettingValues.Builder values = new SettingValues.Builder();

  private LayerCompiler(Path file, YamlSource.Outcome.Read source) {
    this.file = file;
    this.source = source;
    this.head = LayerHead.of(source.root());
  }

  static Outcome compile(Path file, String yaml) {
    YamlSource.Outcome read = YamlSource.read(yaml);
    if (read instanceof YamlSource.Outcome.Refused refused) {
      return new Outcome.Refused(List.of(refused.problem()));
    }
    YamlSource.Outcome.Read source = (YamlSource.Outcome.Read) read;
    List<Problem> problems = PolicySchema.POLICY.check(source);
    return problems.isEmpty()
        ? new LayerCompiler(file, source).compile()
        : new Outcome.Refused(problems);
  }

  private Outcome compile() {
    JsonNode root = source.root();
    for (String name : head.wrongNames()) {
      add(Code.LAYER_NAMES, "/layer", name);
    }
    ids(root, "");
    if (problems.isEmpty()) {
      Settings.all().forEach(this::setting);
    }
    List<Rule<ReaderAssignment>> roles = problems.isEmpty() ? roles() : List.of();
    if (problems.isEmpty()) {
      suspension();
    }
    return problems.isEmpty()
        ? new Outcome.Compiled(
            new LayerSource(
                file, head, new PolicyLayer(head.layer(), values.build(), roles), source))
        : new Outcome.Refused(problems);
  }

  /** Checks id and reason of every rule below {@code node}. */
  private void ids(JsonNode node, String path) {
    if (node.has("id") && node.has("reason")) {
      String id = node.path("id").asString();
      String other = ruleIds.putIfAbsent(id, path);
      if (other != null) {
        String line = String.valueOf(source.at(other + "/id").line());
        add(Code.RULE_REPEATED, path + "/id", id, line);
      }
      try {
        reason(node);
      } catch (IllegalArgumentException e) {
        add(Code.REASON_UNREADABLE, path + "/reason");
      }
      return;
    }
    node.properties()
        .forEach(
            member -> ids(member.getValue(), path + "/" + YamlSource.pointerPart(member.getKey())));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      ids(node.path(i), path + "/" + i);
    }
  }

  private static Reason reason(JsonNode rule) {
    JsonNode reason = rule.path("reason");
    return new Reason(reason.path("ja").asString(), reason.path("en").asString());
  }

  private <T> void setting(Setting<T> setting) {
    String section = setting.section().isEmpty() ? "" : "/" + setting.section();
    JsonNode rule = source.root().at(section + "/" + setting.name());
    if (rule.isMissingNode()) {
      if (setting.isRequired() && head.layer() == Layer.COMMON) {
        add(Code.KEY_MISSING, section, setting.path());
      }
      return;
    }
    String path = LayerSource.pointer(setting);
    try {
      T value = setting.shape().read(json(rule.path("value"), setting.shape().written()));
      values.put(
          setting, new Rule<>(rule.path("id").asString(), reason(rule), value, head.layer()));
    } catch (MalformedException | ArithmeticException e) {
      refused(setting, path, String.valueOf(e.getMessage()));
    }
  }

  private <T> void refused(Setting<T> setting, String path, String why) {
    Shape<T> shape = setting.shape();
    List<T> bounds = shape.bounds();
    if (bounds.isEmpty()) {
      add(Code.POLICY_REFUSED, path, why);
      return;
    }
    Code code =
        shape.written() == Shape.Written.DURATION
            ? Code.DURATION_OUT_OF_BOUNDS
            : Code.NUMBER_OUT_OF_BOUNDS;
    add(code, path, ValueWords.of(bounds.get(0)), ValueWords.of(bounds.get(1)));
  }

  private void suspension() {
    SettingValues made = values.build();
    Duration absolute = made.value(LoginSettings.SESSION_ABSOLUTE);
    if (made.rule(LoginSettings.SESSION_ABSOLUTE).isPresent()
        && made.value(LoginSettings.LOCK_TO_END).compareTo(absolute) > 0) {
      add(
          Code.DURATION_OUT_OF_BOUNDS,
          LayerSource.pointer(LoginSettings.LOCK_TO_END),
          "1m",
          ValueWords.of(absolute));
    }
  }

  private List<Rule<ReaderAssignment>> roles() {
    JsonNode roles = source.root().path("readers").path("roles");
    if (roles.isMissingNode() && head.layer() == Layer.COMMON) {
      add(Code.KEY_MISSING, "/readers", "roles");
    }
    List<Rule<ReaderAssignment>> list = new ArrayList<>();
    for (int i = 0; i < roles.size(); i++) {
      JsonNode rule = roles.path(i);
      String name = rule.path("value").path("name").asString();
      boolean last = i == roles.size() - 1 && head.layer() == Layer.COMMON;
      if (name.equals("*") != last) {
        add(Code.READER_WITHOUT_ROLE, "/readers/roles/" + i + "/value/name");
        continue;
      }
      try {
        list.add(
            new Rule<>(
                rule.path("id").asString(),
                reason(rule),
                new ReaderAssignment(name, role(rule.path("value").path("role").asString())),
                head.layer()));
      } catch (IllegalArgumentException e) {
        add(Code.FORM_WRONG, "/readers/roles/" + i + "/value/name");
      }
    }
    return list;
  }

  private static ReaderRole role(String text) {
    return switch (text) {
      case "staff" -> ReaderRole.STAFF;
      case "shared" -> ReaderRole.SHARED;
      default -> ReaderRole.RESIDENT;
    };
  }

  private static Object json(JsonNode node, Shape.Written written) {
    return switch (written) {
      case DURATION -> duration(node.asString()).toSeconds();
      case SIZE -> size(node.asString());
      case PLAIN -> plain(node);
    };
  }

  private static Object plain(JsonNode node) {
    if (node.isObject()) {
      Map<String, Object> object = new HashMap<>();
      node.properties().forEach(member -> object.put(member.getKey(), plain(member.getValue())));
      return object;
    }
    if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      node.forEach(item -> list.add(plain(item)));
      return list;
    }
    if (node.isNumber()) {
      return node.asLong();
    }
    return node.isBoolean() ? (Object) node.asBoolean() : node.asString();
  }

  /** A duration such as {@code 7d}, {@code 12h}, {@code 15m} or {@code 90s}, form checked. */
  static Duration duration(String text) {
    long number = Long.parseLong(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 'd' -> Duration.ofDays(number);
      case 'h' -> Duration.ofHours(number);
      case 'm' -> Duration.ofMinutes(number);
      default -> Duration.ofSeconds(number);
    };
  }

  /** A size such as {@code 64KiB}, form checked; in bytes. */
  static long size(String text) {
    int digits = 0;
    while (Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    long unit =
        switch (text.substring(digits)) {
          case "KiB" -> 1L << 10;
          case "MiB" -> 1L << 20;
          case "GiB" -> 1L << 30;
          default -> 1L;
        };
    return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), unit);
  }

  private void add(Code code, String path, String... arguments) {
    problems.add(Problem.of(code, source.at(path), path, arguments));
  }
}
