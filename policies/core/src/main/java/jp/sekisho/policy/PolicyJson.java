package jp.sekisho.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.reader.ReaderRole;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.Members;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.setting.Shape;
import jp.sekisho.policy.setting.Shapes;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * The compiled form of a policy: strict reading and the one way of writing. Which members there are
 * follows from {@link Settings}; only the roles of readers are written here.
 */
final class PolicyJson {
  private static final String FORMAT = "sekisho/policy/v1";
  private static final String LAYER_FORMAT = "sekisho/layer/v1";
  private static final String ROLES = "roles";
  private static final Shape<ReaderRole> ROLE = Shapes.word(ReaderRole.class);
  private static final Shape<Layer> LAYER = Shapes.word(Layer.class);

  private static final Shape<ReaderAssignment> ASSIGNMENT =
      new Shape<>() {
        @Override
        public ReaderAssignment read(Object json) throws MalformedException {
          Members members = Members.of(json, "role");
          try {
            ReaderAssignment read =
                new ReaderAssignment(members.text("name"), ROLE.read(members.take("role")));
            members.end();
            return read;
          } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
          }
        }

        @Override
        public Object write(ReaderAssignment value) {
          return Map.of("name", value.name(), "role", ROLE.write(value.role()));
        }
      };

  private PolicyJson() {}

  static byte[] write(Policy policy) {
    Map<String, Object> json = new TreeMap<>();
    json.put("format", FORMAT);
    write(json, policy.values(), policy.readers().roles());
    return CanonicalJson.write(json, Policy.MAX_BYTES);
  }

  static byte[] write(ScopedLayer layer) {
    Map<String, Object> json = new TreeMap<>();
    json.put("format", LAYER_FORMAT);
    json.put("scope", layer.scope().text());
    json.put("below", layer.below().stream().map(PolicyJson::below).toList());
    write(json, layer.layer().values(), layer.layer().roles());
    return CanonicalJson.write(json, ScopedLayer.MAX_BYTES);
  }

  private static Map<String, Object> below(ScopedLayer.Below one) {
    return Map.of("scope", one.scope().text(), "terminals", one.terminals());
  }

  private static void write(
      Map<String, Object> json, SettingValues all, List<Rule<ReaderAssignment>> roles) {
    for (Setting<?> setting : Settings.all()) {
      Object rule = written(setting, all);
      if (rule != null) {
        section(json, setting.section()).put(setting.name(), rule);
      }
    }
    section(json, "readers")
        .put(
            ROLES, roles.stream().map(role -> rule(role, ASSIGNMENT.write(role.value()))).toList());
  }

  @SuppressWarnings("unchecked") // made here
  private static Map<String, Object> section(Map<String, Object> json, String name) {
    return name.isEmpty()
        ? json
        : (Map<String, Object>) json.computeIfAbsent(name, key -> new TreeMap<String, Object>());
  }

  private static <T> @Nullable Object written(Setting<T> setting, SettingValues all) {
    Rule<T> rule = all.rule(setting).orElse(null);
    return rule == null ? null : rule(rule, setting.shape().write(rule.value()));
  }

  private static Map<String, Object> rule(Rule<?> rule, Object value) {
    Map<String, Object> json = new TreeMap<>();
    json.put("id", rule.id());
    json.put("reason", Map.of("ja", rule.reason().ja(), "en", rule.reason().en()));
    json.put("value", value);
    if (rule.layer() != Layer.COMMON) {
      json.put("layer", LAYER.write(rule.layer()));
    }
    return json;
  }

  static Policy read(byte[] bytes) throws MalformedException {
    Members json = Members.of(CanonicalJson.read(bytes, Policy.MAX_BYTES), "policy");
    if (!json.take("format").equals(FORMAT)) {
      throw new MalformedException("format is not " + FORMAT);
    }
    SettingValues.Builder all = new SettingValues.Builder();
    List<Rule<ReaderAssignment>> roles = rules(json, all);
    try {
      Policy read = Policy.of(all.build(), roles);
      if (!Arrays.equals(write(read), bytes)) {
        throw new MalformedException("policy is not in its one form");
      }
      return read;
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage() == null ? "value" : e.getMessage());
    }
  }

  static ScopedLayer readLayer(byte[] bytes) throws MalformedException {
    Members json = Members.of(CanonicalJson.read(bytes, ScopedLayer.MAX_BYTES), "layer");
    if (!json.take("format").equals(LAYER_FORMAT)) {
      throw new MalformedException("format is not " + LAYER_FORMAT);
    }
    LayerScope scope = LayerScope.parse(json.text("scope"));
    List<ScopedLayer.Below> below = new ArrayList<>();
    for (Object item : list(json.take("below"), "below")) {
      below.add(readBelow(item));
    }
    SettingValues.Builder all = new SettingValues.Builder();
    List<Rule<ReaderAssignment>> roles = rules(json, all);
    SettingValues values = all.build();
    for (Setting<?> setting : values.settings()) {
      requireLayer(scope, values.rule(setting).orElseThrow());
    }
    for (Rule<?> role : roles) {
      requireLayer(scope, role);
    }
    try {
      ScopedLayer read =
          new ScopedLayer(scope, below, new PolicyLayer(scope.layer(), values, roles));
      if (!Arrays.equals(write(read), bytes)) {
        throw new MalformedException("layer is not in its one form");
      }
      return read;
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage() == null ? "value" : e.getMessage());
    }
  }

  private static void requireLayer(LayerScope scope, Rule<?> rule) throws MalformedException {
    if (rule.layer() != scope.layer()) {
      throw new MalformedException("rule " + rule.id() + " is of another layer");
    }
  }

  private static ScopedLayer.Below readBelow(Object json) throws MalformedException {
    Members members = Members.of(json, "below");
    LayerScope scope = LayerScope.parse(members.text("scope"));
    List<String> terminals = new ArrayList<>();
    for (Object one : list(members.take("terminals"), "terminals")) {
      if (!(one instanceof String text)) {
        throw new MalformedException("a terminal is not text");
      }
      terminals.add(text);
    }
    members.end();
    try {
      return new ScopedLayer.Below(scope, terminals);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
  }

  private static List<?> list(Object json, String name) throws MalformedException {
    if (!(json instanceof List<?> items)) {
      throw new MalformedException(name + " is not a list");
    }
    return items;
  }

  /** Reads every section that is left, into {@code all}; returns the roles of readers. */
  private static List<Rule<ReaderAssignment>> rules(Members json, SettingValues.Builder all)
      throws MalformedException {
    List<Rule<ReaderAssignment>> roles = List.of();
    for (String name : json.names()) {
      Object value = json.take(name);
      if (Settings.find(name).isPresent()) {
        put(all, name, value);
        continue;
      }
      Members section = Members.of(value, name);
      if (name.equals("readers")) {
        roles = roles(section.take(ROLES));
      }
      for (String member : section.names()) {
        put(all, name + "." + member, section.take(member));
      }
    }
    return roles;
  }

  private static void put(SettingValues.Builder all, String path, Object json)
      throws MalformedException {
    Setting<?> setting = Settings.find(path).orElse(null);
    if (setting == null) {
      throw new MalformedException("policy has an unknown member");
    }
    putTyped(all, setting, json);
  }

  private static <T> void putTyped(SettingValues.Builder all, Setting<T> setting, Object json)
      throws MalformedException {
    all.put(setting, rule(json, setting.shape()));
  }

  private static List<Rule<ReaderAssignment>> roles(Object json) throws MalformedException {
    List<Rule<ReaderAssignment>> roles = new ArrayList<>();
    for (Object item : list(json, ROLES)) {
      roles.add(rule(item, ASSIGNMENT));
    }
    return roles;
  }

  private static <T> Rule<T> rule(Object json, Shape<T> shape) throws MalformedException {
    Members rule = Members.of(json, "rule");
    Members reason = Members.of(rule.take("reason"), "reason");
    Object layer = rule.takeOptional("layer");
    try {
      Rule<T> read =
          new Rule<>(
              rule.text("id"),
              new Reason(reason.text("ja"), reason.text("en")),
              shape.read(rule.take("value")),
              layer == null ? Layer.COMMON : LAYER.read(layer));
      reason.end();
      rule.end();
      return read;
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
  }
}
