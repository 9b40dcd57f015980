package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.RelyingRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.OperationType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakTransaction;
import org.keycloak.models.KeycloakTransactionManager;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RealmProvider;

/**
 * What becomes of the events of a transaction. That Keycloak itself takes one back is {@code
 * KeycloakIT}'s.
 */
class EventsListenerTest {
  @TempDir private Path directory;
  private Spool spool;
  private final List<String> spoken = new ArrayList<>();
  private final AtomicReference<KeycloakTransaction> after = new AtomicReference<>();
  private EventsListener listener;

  @BeforeEach
  void open() throws IOException {
    spool = new Spool(directory);
    RealmModel city = Fake.of(RealmModel.class, Map.of("getName", "city"));
    KeycloakTransactionManager transactions =
        (KeycloakTransactionManager)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {KeycloakTransactionManager.class},
                (proxy, method, arguments) -> {
                  assertEquals("enlistAfterCompletion", method.getName());
                  after.set((KeycloakTransaction) arguments[0]);
                  return null;
                });
    KeycloakSession session =
        Fake.of(
            KeycloakSession.class,
            Map.of(
                "realms",
                Fake.of(RealmProvider.class, Map.of("getRealm", city)),
                "getTransactionManager",
                transactions));
    listener =
        EventsListener.enlisted(
            session, spool, new HeardRealms("city", "staffNumber"), new Strangers(), spoken::add);
    after.get().begin();
  }

  @AfterEach
  void close() throws IOException {
    spool.close();
  }

  private static AdminEvent change(String id) {
    AdminEvent event = new AdminEvent();
    event.setId(id);
    event.setTime(7);
    event.setRealmId("realm-id");
    event.setOperationType(OperationType.CREATE);
    event.setResourceTypeAsString("USER");
    event.setResourcePath("users/u-1");
    return event;
  }

  private static Event logout(String id) {
    Event event = new Event();
    event.setId(id);
    event.setTime(8);
    event.setRealmId("realm-id");
    event.setType(EventType.LOGOUT);
    return event;
  }

  private List<String> spooled() {
    return spool.unsent(Spool.MOST).stream().map(EventsListenerTest::id).toList();
  }

  private static String id(String line) {
    try {
      return RelyingRecord.parse(line).id();
    } catch (MalformedException e) {
      throw new AssertionError(line, e);
    }
  }

  @Test
  void eventsReachTheSpoolInTheirOrderOnceTheTransactionHasCommitted() {
    listener.onEvent(change("a"), false);
    listener.onEvent(logout("b"));
    assertEquals(List.of(), spooled(), "it may still fail");
    after.get().commit();
    assertEquals(List.of("a", "b"), spooled());
  }

  @Test
  void anEventOfATransactionThatWasRolledBackIsNone() {
    listener.onEvent(change("a"), false);
    listener.onEvent(logout("b"));
    after.get().rollback();
    assertEquals(List.of(), spooled());
  }

  @Test
  void aSessionThatAnEventNamesIsSpokenOfOnceItIsThere() {
    Event refresh = logout("b");
    refresh.setType(EventType.REFRESH_TOKEN);
    refresh.setSessionId("sid");
    listener.onEvent(refresh);
    assertEquals(List.of(), spoken);
    after.get().commit();
    assertEquals(List.of("sid"), spoken);
    assertEquals(List.of(), spooled(), "of programs at work nothing is told");
  }

  @Test
  void aSessionOfATransactionThatWasRolledBackIsNotThere() {
    Event login = logout("b");
    login.setSessionId("sid");
    listener.onEvent(login);
    after.get().rollback();
    assertEquals(List.of(), spoken);
  }
}
