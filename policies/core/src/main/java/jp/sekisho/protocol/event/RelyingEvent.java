package jp.sekisho.protocol.event;

import java.util.Map;
import jp.sekisho.protocol.Refusal;

/** Systems that ask Sekisho for logins, such as a municipality's single sign-on. */
public sealed interface RelyingEvent extends AuditEvent {

  /**
   * A relying service was registered or got a new certificate; an earlier one does not count any
   * more.
   *
   * @param service its name
   * @param realm the realm that it may ask for
   * @param origin of its login page; terminals answer pages of this origin from here on
   * @param spki base64url SHA-256 of its key
   * @param notAfter end of the certificate, ISO-8601
   */
  record Certified(String service, String realm, String origin, String spki, String notAfter)
      implements RelyingEvent {
    @Override
    public String type() {
      return "relying.certified";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "service", service, "realm", realm, "origin", origin, "spki", spki, "notAfter", notAfter);
    }
  }

  /** The registration of a relying service was removed; its sessions ended with it. */
  record Revoked(String service) implements RelyingEvent {
    @Override
    public String type() {
      return "relying.revoked";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("service", service);
    }
  }

  /**
   * A relying service was told who logged in; the person's proof is the {@code login.succeeded} of
   * the same transaction.
   *
   * @param client the application that the person wanted to reach
   */
  record Vouched(String service, String realm, String client, String transaction, String acr)
      implements RelyingEvent {
    @Override
    public String type() {
      return "relying.vouched";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "service", service,
          "realm", realm,
          "client", client,
          "transaction", transaction,
          "acr", acr);
    }
  }

  /**
   * A call of a known relying service was refused; at most one entry per service, route, reason and
   * minute.
   */
  record Refused(String service, String route, Refusal reason) implements RelyingEvent {
    @Override
    public String type() {
      return "relying.refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("service", service, "route", route);
    }
  }
}
