package jp.sekisho.keycloak;

import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.KeycloakSessionTaskWithResult;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Work outside any request, each piece in a session and transaction of its own. Keycloak's utility
 * for it drags in half of its libraries: a test has other ones run.
 */
class Jobs {
  private final KeycloakSessionFactory factory;

  Jobs(KeycloakSessionFactory factory) {
    this.factory = factory;
  }

  /** What a job says, after its transaction has committed. */
  <T> T run(KeycloakSessionTaskWithResult<T> job) {
    return KeycloakModelUtils.runJobInTransactionWithResult(factory, job);
  }
}
