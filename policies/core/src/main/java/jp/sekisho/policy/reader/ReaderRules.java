package jp.sekisho.policy.reader;

import java.util.List;
import jp.sekisho.policy.rule.Rule;

/**
 * Which card readers serve whom.
 *
 * @param jpkiStaffLogin whether staff may log in with My Number cards
 * @param roles in order, the first match counts; 1 to {@value #MAX_ROLES}, the last one is for the
 *     name {@code *}, so that every reader has a role
 */
public record ReaderRules(Rule<JpkiStaffLogin> jpkiStaffLogin, List<Rule<ReaderAssignment>> roles) {
  /** Most assignments. */
  public static final int MAX_ROLES = 100;

  /** Checks that every reader has a role. */
  public ReaderRules {
    roles = List.copyOf(roles);
    if (roles.isEmpty() || roles.size() > MAX_ROLES) {
      throw new IllegalArgumentException("roles are not 1 to " + MAX_ROLES);
    }
    for (int i = 0; i < roles.size(); i++) {
      boolean forAll = roles.get(i).value().name().equals("*");
      if (forAll != (i == roles.size() - 1)) {
        throw new IllegalArgumentException("the last role, and only it, is for the name *");
      }
    }
  }

  /** The rule that gives the reader called {@code reader} its role. */
  public Rule<ReaderAssignment> ruleFor(String reader) {
    for (Rule<ReaderAssignment> rule : roles) {
      if (rule.value().matches(reader)) {
        return rule;
      }
    }
    throw new IllegalStateException("the last role matches every name");
  }
}
