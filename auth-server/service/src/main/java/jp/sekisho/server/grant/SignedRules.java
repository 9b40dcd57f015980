package jp.sekisho.server.grant;

import java.util.Optional;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.setting.SettingValues;
import org.jdbi.v3.core.Handle;

/** What the officer-signed policy of this service says of exceptions. Thread-safe. */
public interface SignedRules {
  /** The common rules that count in this unit or read. */
  Rules in(Handle handle);

  /**
   * Who decides by the rules that one terminal obeys, its layers included; empty without any, and
   * where a part of them is over.
   */
  Optional<PolicyEvaluator> at(Handle handle, String organ, String terminal);

  /** Whether there are any. */
  sealed interface Rules {
    /** No signed policy was ever imported. */
    record None() implements Rules {}

    /**
     * These count.
     *
     * @param more the settings besides
     */
    record InForce(GrantRules rules, SettingValues more) implements Rules {}

    /** One was imported and it or its root has expired: nothing can be asked for or approved. */
    record Lapsed() implements Rules {}
  }
}
