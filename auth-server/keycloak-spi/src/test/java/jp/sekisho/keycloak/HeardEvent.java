package jp.sekisho.keycloak;

import java.util.List;
import java.util.Map;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;

/**
 * An event of a login that a test hears of when it becomes an error. Stands alone: JUnit looks into
 * the classes within a test, and this one's ancestor names libraries that are not here.
 */
final class HeardEvent extends EventBuilder {
  private final List<String> errors;
  private final Map<String, String> details;

  HeardEvent(FakeKeycloak keycloak, List<String> errors, Map<String, String> details) {
    super(keycloak.realm, keycloak.session());
    this.errors = errors;
    this.details = details;
    EventBuilder unused = event(EventType.LOGIN);
  }

  @Override
  public void error(String error) {
    errors.add(error);
    if (getEvent().getUserId() != null) {
      details.put("user", getEvent().getUserId());
    }
    if (getEvent().getDetails() != null) {
      details.putAll(getEvent().getDetails());
    }
  }
}
