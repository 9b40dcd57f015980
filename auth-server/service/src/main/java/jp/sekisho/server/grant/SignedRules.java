package jp.sekisho.server.grant;

import java.time.Duration;
import jp.sekisho.policy.grant.GrantRules;
import org.jdbi.v3.core.Handle;

/** What the officer-signed policy of this service says of exceptions. Thread-safe. */
@FunctionalInterface
public interface SignedRules {
  /** The rules that count in this unit or read. */
  Rules in(Handle handle);

  /** Whether there are any. */
  sealed interface Rules {
    /** No signed policy was ever imported. */
    record None() implements Rules {}

    /**
     * These count.
     *
     * @param longestSeries longest series, first start to last end; zero where there is none at all
     */
    record InForce(GrantRules rules, Duration longestSeries) implements Rules {
      /** Without series. */
      public InForce(GrantRules rules) {
        this(rules, Duration.ZERO);
      }
    }

    /** One was imported and it or its root has expired: nothing can be asked for or approved. */
    record Lapsed() implements Rules {}
  }
}
