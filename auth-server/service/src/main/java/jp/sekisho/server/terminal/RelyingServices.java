package jp.sekisho.server.terminal;

import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.RelyingEvent;
import jp.sekisho.server.listener.DeviceCa;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The register of relying services, table {@code relying_service}: systems such as a municipality's
 * single sign-on that ask us who sits at a terminal. Thread-safe.
 *
 * <p>A service is its key. Its certificate comes from the device CA, for a request that proves the
 * key, made at the console; a new one for the same name replaces the old key at once.
 */
@Singleton
public final class RelyingServices {
  private static final String TABLE = "relying_service";
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("https?://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?");

  private final Transactions transactions;
  private final RowSeal seal;
  private final DeviceCa ca;
  private final List<TerminalObserver> observers;
  private final TamperedRows tampered;

  RelyingServices(
      Transactions transactions, RowSeal seal, DeviceCa ca, List<TerminalObserver> observers) {
    this.transactions = transactions;
    this.seal = seal;
    this.ca = ca;
    this.observers = List.copyOf(observers);
    this.tampered = new TamperedRows(transactions);
  }

  /** What became of a registration. */
  public sealed interface Outcome {
    /** Registered, or certified anew. */
    record Certified(RelyingService service, X509Certificate certificate) implements Outcome {}

    /** Nothing changed. */
    record Refused(Why why) implements Outcome {}
  }

  /** Why nothing changed. */
  public enum Why {
    /** Not a service's name: {@code [a-z][a-z0-9-]*}, at most 32 characters. */
    BAD_NAME,
    /** Not a realm's name. */
    BAD_REALM,
    /** Not an origin as browsers send it; https, or http for this machine itself. */
    BAD_ORIGIN,
    /** The request for a certificate is malformed, not for P-256, or does not prove its key. */
    BAD_REQUEST,
    /** No such service, or removed already. */
    UNKNOWN
  }

  /**
   * Registers {@code name}, or gives it a new certificate.
   *
   * @param request base64url of a PKCS#10 request; only its key counts
   */
  public Outcome certify(String name, String realm, String origin, String request) {
    if (!Names.isService(name)) {
      return new Outcome.Refused(Why.BAD_NAME);
    }
    if (!Names.isRealm(realm)) {
      return new Outcome.Refused(Why.BAD_REALM);
    }
    if (!isOrigin(origin)) {
      return new Outcome.Refused(Why.BAD_ORIGIN);
    }
    Optional<DeviceCsr> csr = DeviceCsr.parse(request);
    if (csr.isEmpty()) {
      return new Outcome.Refused(Why.BAD_REQUEST);
    }
    return transactions.<Outcome, RuntimeException>write(change -> {
      X509Certificate certificate = issue(name, csr.get(), change.now());
      Optional<RelyingService> before = find(change.handle(), name);
      RelyingService service =
          new RelyingService(
              name,
              realm,
              origin,
              RelyingService.State.ACTIVE,
              csr.get().spki(),
              certificate.getSerialNumber().toString(16),
              certificate.getNotAfter().toInstant());
      EntryReceipt entry =
          change.record(
              Entry.Subject.NONE,
              new RelyingEvent.Certified(
                  name, realm, origin, Sha256.text(service.spki()), service.notAfter().toString()));
      save(change, service, entry);
      if (before.filter(old -> !old.realm().equals(realm)).isPresent()) {
        // Nobody could ask for those of the old realm any more.
        observers.forEach(observer -> observer.onServiceRevoked(change, name));
      }
      return new Outcome.Certified(service, certificate);
    });
  }

  private X509Certificate issue(String name, DeviceCsr csr, Instant now) {
    try {
      return ca.issueForService(name, csr.key(), now);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the device CA cannot issue", e);
    }
  }

  private static boolean isOrigin(String text) {
    if (!HOST_AND_PORT.matcher(text).matches()) {
      return false;
    }
    URI uri = URI.create(text);
    String host = uri.getHost();
    return "https".equals(uri.getScheme()) || "localhost".equals(host) || "127.0.0.1".equals(host);
  }

  /** Removes a registration; its sessions end in the same unit. False when there is none. */
  public boolean revoke(String name) {
    return transactions.<Boolean, RuntimeException>write(change -> {
      Optional<RelyingService> found = find(change.handle(), name);
      if (found.isEmpty() || found.get().state() == RelyingService.State.REVOKED) {
        change.unchanged();
        return false;
      }
      EntryReceipt entry = change.record(Entry.Subject.NONE, new RelyingEvent.Revoked(name));
      save(change, found.get().revoked(), entry);
      observers.forEach(observer -> observer.onServiceRevoked(change, name));
      return true;
    });
  }

  /**
   * All services, removed ones too, in the order of their names; one whose row fails its seal is
   * told in the log and left out.
   */
  public List<RelyingService> all() {
    List<RelyingService> sound = new ArrayList<>();
    List<String> broken = new ArrayList<>();
    transactions.read(handle -> {
      handle
          .createQuery("select * from relying_service order by name")
          .map((row, context) -> {
            try {
              return Optional.of(read(handle, row));
            } catch (TamperedException e) {
              broken.add(e.row());
              return Optional.<RelyingService>empty();
            }
          })
          .forEach(found -> found.ifPresent(sound::add));
      return null;
    });
    broken.forEach(row -> tampered.report(TABLE, row));
    return sound;
  }

  /** Origins of the login pages of active services: terminals answer them as they answer ours. */
  List<String> origins() {
    return all().stream()
        .filter(service -> service.state() == RelyingService.State.ACTIVE)
        .map(RelyingService::origin)
        .distinct()
        .toList();
  }

  /**
   * The service called {@code name}, in any state.
   *
   * @throws TamperedException when its row fails the MAC
   */
  Optional<RelyingService> find(Handle handle, String name) {
    return handle
        .createQuery("select * from relying_service where name = :name")
        .bind("name", name)
        .map((row, context) -> read(handle, row))
        .findOne();
  }

  private void save(Change change, RelyingService service, EntryReceipt entry) {
    int _ =
        change
            .handle()
            .createUpdate(
                """
                insert into relying_service
                  (name, realm, origin, state, spki, serial, not_after, entry_id, mac)
                values (:name, :realm, :origin, :state, :spki, :serial, :notAfter, :entry, :mac)
                on conflict (name) do update set realm = excluded.realm,
                  origin = excluded.origin, state = excluded.state, spki = excluded.spki,
                  serial = excluded.serial, not_after = excluded.not_after,
                  entry_id = excluded.entry_id, mac = excluded.mac
                """)
            .bind("name", service.name())
            .bind("realm", service.realm())
            .bind("origin", service.origin())
            .bind("state", service.state().text())
            .bind("spki", service.spki())
            .bind("serial", service.serial())
            .bind("notAfter", service.notAfter().toEpochMilli())
            .bind("entry", entry.entryId())
            .bind(
                "mac", seal.sealNewest(change, entry, TABLE, key(service.name()), columns(service)))
            .execute();
  }

  private RelyingService read(Handle handle, ResultSet row) throws SQLException {
    String name = row.getString("name");
    RelyingService service;
    try {
      service =
          new RelyingService(
              name,
              row.getString("realm"),
              row.getString("origin"),
              RelyingService.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
              row.getBytes("spki"),
              row.getString("serial"),
              Instant.ofEpochMilli(row.getLong("not_after")));
    } catch (IllegalArgumentException e) {
      throw new TamperedException(TABLE, name);
    }
    if (!seal.verifyNewest(
        handle,
        row.getBytes("mac"),
        TABLE,
        key(name),
        row.getBytes("entry_id"),
        columns(service))) {
      throw new TamperedException(TABLE, name);
    }
    return service;
  }

  private static byte[] key(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object[] columns(RelyingService service) {
    return new @Nullable Object[] {
      service.name(),
      service.realm(),
      service.origin(),
      service.state().text(),
      service.spki(),
      service.serial(),
      service.notAfter()
    };
  }
}
