package jp.sekisho.agent.grant;

import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.sync.ServiceClient;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.GrantList;

/** The two calls about grants on the agents' port. Thread-safe. */
public interface GrantCalls {
  /** The grants of this terminal, approved and active ones. */
  Reply<GrantList> grants();

  /**
   * Asks to use one now.
   *
   * @param grant id, base64url of 16 bytes, checked by the caller
   */
  Reply<Activated> activate(String grant, ActivateRequest request);

  /** Those of the real service. */
  static GrantCalls of(ServiceClient client) {
    return new GrantCalls() {
      @Override
      public Reply<GrantList> grants() {
        return client.grants();
      }

      @Override
      public Reply<Activated> activate(String grant, ActivateRequest request) {
        return client.activate(grant, request);
      }
    };
  }
}
