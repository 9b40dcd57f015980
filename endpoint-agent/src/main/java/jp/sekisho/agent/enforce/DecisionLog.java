package jp.sekisho.agent.enforce;

import jp.sekisho.protocol.event.AgentEvent;

/** Where a gate's decisions become durable before they take effect. */
public interface DecisionLog {
  /**
   * Makes {@code event} durable.
   *
   * @return false when it is not: nothing may then be released
   */
  boolean record(AgentEvent event);

  /** Whether a release could be recorded now; not even tried when it could not. */
  boolean takesReleases();
}
