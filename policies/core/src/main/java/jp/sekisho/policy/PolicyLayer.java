package jp.sekisho.policy;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.SettingValues;

/**
 * What one layer says: some settings, and reader roles.
 *
 * @param layer which
 * @param values its rules
 * @param roles its reader roles; of a layer below {@link Layer#COMMON} only those for 住民用 count,
 *     which can take nothing but access away
 */
public record PolicyLayer(Layer layer, SettingValues values, List<Rule<ReaderAssignment>> roles) {
  /** Checks that it is a layer of policies. */
  public PolicyLayer {
    roles = List.copyOf(roles);
    if (layer == Layer.BUILT_IN) {
      throw new IllegalArgumentException("no policy is built in");
    }
  }

  /** Ids of its rules. */
  public Set<String> ruleIds() {
    return Stream.concat(
            values.settings().stream()
                .flatMap(setting -> values.rule(setting).stream().map(rule -> rule.id())),
            roles.stream().map(Rule::id))
        .collect(Collectors.toUnmodifiableSet());
  }
}
