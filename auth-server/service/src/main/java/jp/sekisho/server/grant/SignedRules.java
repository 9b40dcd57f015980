package jp.sekisho.server.grant;

import java.util.Optional;
import jp.sekisho.policy.grant.GrantRules;

/** The rules for exceptions of the officer-signed policy that this service holds. Thread-safe. */
@FunctionalInterface
public interface SignedRules {
  /** The rules in force now; empty while no signed policy is installed. */
  Optional<GrantRules> current();
}
