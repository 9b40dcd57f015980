package jp.sekisho.policy.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.login.LoginRules;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.source.Problem.Code;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.CanonicalJson;
import tools.jackson.databind.JsonNode;

/**
 * Turns a policy's YAML into the policy terminals read.
 *
 * <p>The schema has spoken about shape; here are the rules it cannot say, each with its place. The
 * last word has {@link Policy#parse}, which reads the result as a terminal would.
 */
final class PolicyCompiler {
  /** The format line of compiled policies. */
  private static final String COMPILED_FORMAT = "sekisho/policy/v1";

  /** The rules whose value is a duration, by section. */
  private static final Map<String, List<String>> DURATIONS =
      Map.of(
          "login", List.of("session-absolute", "session-idle", "terminal-lock", "lock-to-end"),
          "grants", List.of("longest-use", "longest-span"));

  /** What was compiled, or everything that is wrong. */
  sealed interface Outcome {
    /** A policy. */
    record Compiled(Policy policy) implements Outcome {}

    /** None; at least one problem. */
    record Refused(List<Problem> problems) implements Outcome {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  private final YamlSource.Outcome.Read source;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, String> ruleIds = new HashMap<>();

  private PolicyCompiler(YamlSource.Outcome.Read source) {
    this.source = source;
  }

  static Outcome compile(String yaml) {
    YamlSource.Outcome read = YamlSource.read(yaml);
    if (read instanceof YamlSource.Outcome.Refused refused) {
      return new Outcome.Refused(List.of(refused.problem()));
    }
    YamlSource.Outcome.Read source = (YamlSource.Outcome.Read) read;
    List<Problem> problems = PolicySchema.check(source);
    return problems.isEmpty()
        ? new PolicyCompiler(source).compile()
        : new Outcome.Refused(problems);
  }

  private Outcome compile() {
    JsonNode root = source.root();
    rules(root, "");
    durations(root.path("login"));
    times(root.path("grants"));
    roles(root.path("readers").path("roles"));
    if (!problems.isEmpty()) {
      return new Outcome.Refused(problems);
    }
    Map<String, Object> compiled = object(root);
    compiled.put("format", COMPILED_FORMAT);
    try {
      return new Outcome.Compiled(Policy.parse(CanonicalJson.write(compiled, Policy.MAX_BYTES)));
    } catch (MalformedException | IllegalArgumentException e) {
      String rule = String.valueOf(e.getMessage());
      return new Outcome.Refused(List.of(Problem.of(Code.POLICY_REFUSED, source.at(""), "", rule)));
    }
  }

  /** Checks id and reason of every rule below {@code node}. */
  private void rules(JsonNode node, String path) {
    if (node.has("id") && node.has("reason")) {
      String id = node.path("id").asString();
      String other = ruleIds.putIfAbsent(id, path);
      if (other != null) {
        String line = String.valueOf(source.at(other + "/id").line());
        add(Code.RULE_REPEATED, path + "/id", id, line);
      }
      try {
        new Reason(
            node.path("reason").path("ja").asString(), node.path("reason").path("en").asString());
      } catch (IllegalArgumentException e) {
        add(Code.REASON_UNREADABLE, path + "/reason");
      }
      return;
    }
    node.properties()
        .forEach(member ->
            rules(member.getValue(), path + "/" + YamlSource.pointerPart(member.getKey())));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      rules(node.path(i), path + "/" + i);
    }
  }

  private void durations(JsonNode login) {
    Duration absolute = duration(login, "session-absolute");
    bound(login, "session-absolute", LoginRules.MAX_ABSOLUTE);
    bound(login, "session-idle", LoginRules.MAX_IDLE);
    bound(login, "terminal-lock", LoginRules.MAX_LOCK);
    bound(login, "lock-to-end", absolute);
  }

  private void times(JsonNode grants) {
    Duration use = duration(grants, "longest-use");
    if (use.compareTo(GrantRules.MAX_USE) > 0 || use.toSeconds() % 60 != 0) {
      add(Code.DURATION_OUT_OF_BOUNDS, "/grants/longest-use/value", "1m", "8h");
    }
    if (duration(grants, "longest-span").compareTo(GrantRules.MAX_SPAN) > 0) {
      add(Code.DURATION_OUT_OF_BOUNDS, "/grants/longest-span/value", "1d", "366d");
    }
  }

  private void bound(JsonNode login, String name, Duration max) {
    Duration value = duration(login, name);
    if (value.compareTo(LoginRules.MIN) < 0 || value.compareTo(max) > 0) {
      add(
          Code.DURATION_OUT_OF_BOUNDS,
          "/login/" + name + "/value",
          minutes(LoginRules.MIN),
          minutes(max));
    }
  }

  private static String minutes(Duration duration) {
    return duration.toSeconds() % 60 == 0 ? duration.toMinutes() + "m" : duration.toSeconds() + "s";
  }

  private static Duration duration(JsonNode login, String name) {
    return duration(login.path(name).path("value").asString());
  }

  /**
   * A duration such as {@code 7d}, {@code 12h}, {@code 15m} or {@code 90s}; the schema checked the
   * form.
   */
  private static Duration duration(String text) {
    long number = Long.parseLong(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 'd' -> Duration.ofDays(number);
      case 'h' -> Duration.ofHours(number);
      case 'm' -> Duration.ofMinutes(number);
      default -> Duration.ofSeconds(number);
    };
  }

  private void roles(JsonNode roles) {
    for (int i = 0; i < roles.size(); i++) {
      boolean forAll = roles.path(i).path("value").path("name").asString().equals("*");
      if (forAll != (i == roles.size() - 1)) {
        add(Code.READER_WITHOUT_ROLE, "/readers/roles/" + i + "/value/name");
      }
    }
  }

  private void add(Code code, String path, String... arguments) {
    problems.add(Problem.of(code, source.at(path), path, arguments));
  }

  private static Map<String, Object> object(JsonNode node) {
    Map<String, Object> object = new HashMap<>();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      object.put(member.getKey(), value(member.getKey(), member.getValue()));
    }
    return object;
  }

  private static Object value(String name, JsonNode node) {
    if (node.isObject()) {
      Map<String, Object> object = object(node);
      return DURATIONS.containsKey(name)
          ? withSeconds(object, DURATIONS.getOrDefault(name, List.of()))
          : object;
    }
    if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      node.forEach(item -> list.add(value("", item)));
      return list;
    }
    return node.asString();
  }

  private static Map<String, Object> withSeconds(Map<String, Object> section, List<String> names) {
    for (String name : names) {
      @SuppressWarnings("unchecked")
      Map<String, Object> rule = (Map<String, Object>) section.getOrDefault(name, Map.of());
      rule.computeIfPresent("value", (key, text) -> duration((String) text).toSeconds());
    }
    return section;
  }
}
