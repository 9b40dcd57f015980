package jp.sekisho.policy.grant;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.policy.rule.Rule;

/**
 * How far an exception may go, and who may approve one.
 *
 * @param longestUse longest from activation to its end, whole minutes, 1 minute to {@link #MAX_USE}
 * @param longestSpan longest from a grant's start to its end, whole days, 1 day to {@link
 *     #MAX_SPAN}
 * @param approvers whose cards approve, at most {@value #MAX_APPROVERS}; a key belongs to one
 *     person; with none, nothing can be approved
 */
public record GrantRules(
    Rule<Duration> longestUse, Rule<Duration> longestSpan, Rule<List<Approver>> approvers) {
  /** No exception is in use for longer. */
  public static final Duration MAX_USE = Duration.ofHours(8);

  /** No exception stands for longer: to the next fiscal year's same day at most. */
  public static final Duration MAX_SPAN = Duration.ofDays(366);

  /** Most approvers. */
  public static final int MAX_APPROVERS = 1000;

  /** Checks every bound. */
  public GrantRules {
    bound("longest-use", longestUse.value(), Duration.ofMinutes(1), MAX_USE);
    bound("longest-span", longestSpan.value(), Duration.ofDays(1), MAX_SPAN);
    List<Approver> all = List.copyOf(approvers.value());
    approvers = new Rule<>(approvers.id(), approvers.reason(), all);
    if (all.size() > MAX_APPROVERS || new HashSet<>(all).size() != all.size()) {
      throw new IllegalArgumentException("approvers are over 1000 or one stands there twice");
    }
    Map<String, String> persons = new HashMap<>();
    for (Approver one : all) {
      String other = persons.putIfAbsent(one.spki(), one.person());
      if (other != null && !other.equals(one.person())) {
        throw new IllegalArgumentException("one approver key belongs to two persons");
      }
    }
  }

  /** The approver of {@code organ}'s exceptions whose key's hash is {@code spki}. */
  public Optional<Approver> approver(String organ, String spki) {
    return approvers.value().stream()
        .filter(one -> one.organ().equals(organ) && one.spki().equals(spki))
        .findFirst();
  }

  private static void bound(String name, Duration value, Duration unit, Duration max) {
    boolean whole = value.equals(unit.multipliedBy(value.dividedBy(unit)));
    if (!whole || value.compareTo(unit) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(name + " is outside its bounds or no whole number");
    }
  }
}
