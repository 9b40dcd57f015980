package jp.sekisho.protocol.event;

import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingRecord;
import org.jspecify.annotations.Nullable;

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

  /**
   * An event of a relying service itself, such as a login or a change by its administrator, as its
   * spool had it. What failed there has an {@code error}; the entry itself says that we were told.
   *
   * @param hash base64url SHA-256 of the record's line
   * @param repeated whether an earlier entry has an event of this id already
   */
  record Reported(String service, RelyingRecord record, String hash, boolean repeated)
      implements RelyingEvent {
    @Override
    public String type() {
      return "relying.reported";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("service", service);
      data.put("spool", record.spool());
      data.put("seq", record.seq());
      data.put("hash", hash);
      data.put("id", record.id());
      data.put("at", record.at());
      data.put("realm", record.realm());
      data.put("kind", record.kind());
      put(data, "user", record.user());
      put(data, "person", record.person());
      put(data, "client", record.client());
      put(data, "session", record.session());
      put(data, "transaction", record.transaction());
      put(data, "what", record.what());
      put(data, "error", record.error());
      if (record.recovered()) {
        data.put("recovered", true);
      }
      if (repeated) {
        data.put("repeated", true);
      }
      return data;
    }

    private static void put(Map<String, Object> data, String name, @Nullable String value) {
      if (value != null) {
        data.put(name, value);
      }
    }
  }

  /**
   * A relying service reports with a spool that was not known: its first, or a new one in place of
   * one that was lost, damaged or put back. What the old one still held is found by comparison.
   *
   * @param spool id of the new spool
   * @param before id of the one before; empty for the first
   * @param seq last record held of the one before
   */
  record ReportsBegan(String service, String spool, String before, long seq)
      implements RelyingEvent {
    @Override
    public String type() {
      return "relying.reports-began";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("service", service, "spool", spool, "before", before, "seq", seq);
    }
  }

  /**
   * Alarm: a relying service that logs people in does not report. Its provider was removed or
   * muted, or cannot reach us.
   *
   * @param lastHeard ISO-8601 UTC
   */
  record Silent(String service, String lastHeard) implements RelyingEvent {
    @Override
    public String type() {
      return "relying.silent";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("service", service, "lastHeard", lastHeard);
    }
  }

  /** A silent relying service reports again. */
  record Returned(String service) implements RelyingEvent {
    @Override
    public String type() {
      return "relying.returned";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("service", service);
    }
  }
}
