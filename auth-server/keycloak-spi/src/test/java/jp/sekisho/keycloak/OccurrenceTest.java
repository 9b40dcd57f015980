package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.RelyingRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.AuthDetails;
import org.keycloak.events.admin.OperationType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RealmProvider;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserProvider;

/** What of an event leaves Keycloak. */
class OccurrenceTest {
  private static final String SPOOL = "AAECAwQFBgcICQoLDA0ODw";

  private static final RealmModel CITY =
      Fake.of(
          RealmModel.class,
          Map.of("getName", "city", "getClientByClientId", Fake.of(ClientModel.class, Map.of())));

  private static KeycloakSession knowing(String staffNumber) {
    UserModel user = Fake.of(UserModel.class, Map.of("getFirstAttribute", staffNumber));
    return Fake.of(
        KeycloakSession.class,
        Map.of(
            "users", Fake.of(UserProvider.class, Map.of("getUserById", user)),
            "realms", Fake.of(RealmProvider.class, Map.of("getRealm", CITY))));
  }

  private static Event login(@Nullable String error) {
    Event event = new Event();
    event.setId("8d0b6a52-4f1c-4a77-9c52-0f3a3c1b2d4e");
    event.setTime(7);
    event.setType(error == null ? EventType.LOGIN : EventType.LOGIN_ERROR);
    event.setUserId("u-1");
    event.setClientId("人事 システム");
    event.setIpAddress("192.0.2.7");
    event.setError(error);
    event.setDetails(
        Map.of(
            "username", "見本 花子",
            "email", "hanako@city.example",
            "transaction", SPOOL,
            "reason", "hanako@city.example typed this"));
    return event;
  }

  private static String line(RelyingRecord event) throws MalformedException {
    String text = event.in(SPOOL, 1, RelyingRecord.GENESIS).text();
    RelyingRecord unused = RelyingRecord.parse(text);
    return text;
  }

  @Test
  void namesAddressesAndWhatWasTypedStayBehindAndTheStaffNumberGoes() throws MalformedException {
    RelyingRecord event = Occurrence.of(knowing("100042"), CITY, "staffNumber", login(null), false);
    assertEquals("100042", event.person());
    assertEquals(SPOOL, event.transaction());
    assertEquals("_______", event.client());
    String text = line(event);
    for (String secret : new String[] {"花子", "hanako", "192.0.2.7", "typed"}) {
      assertFalse(text.contains(secret), text);
    }
  }

  @Test
  void anApplicationThatThereIsNotIsWhatAStrangerWrote() throws MalformedException {
    Map<String, Object> none = new HashMap<>();
    none.put("getName", "city");
    none.put("getClientByClientId", null);
    Event event = login("client_not_found");
    event.setClientId("=HYPERLINK(\"Yamada.Hanako.090-1234\")");
    String text =
        line(
            Occurrence.of(
                knowing("100042"), Fake.of(RealmModel.class, none), "staffNumber", event, false));
    assertFalse(text.contains("HYPERLINK") || text.contains("Yamada"), text);
  }

  @Test
  void anErrorThatIsASentenceIsOther() throws MalformedException {
    RelyingRecord sentence =
        Occurrence.of(
            knowing("100042"), CITY, "staffNumber", login("User Hanako is unknown"), false);
    assertEquals("other", sentence.error());
    RelyingRecord word =
        Occurrence.of(
            knowing("100042"), CITY, "staffNumber", login("auth_service_unavailable"), false);
    assertEquals("auth_service_unavailable", word.error());
    assertFalse(line(word).contains("Hanako"));
  }

  @Test
  void whatCouldBeAnIndividualNumberIsNoStaffNumber() {
    assertNull(
        Occurrence.of(knowing("1234-5678-9012"), CITY, "staffNumber", login(null), false).person());
  }

  @Test
  void aChangeByAnAdministratorNamesWhoAndWhereOnly() throws MalformedException {
    AdminEvent event = new AdminEvent();
    AuthDetails by = new AuthDetails();
    by.setRealmId("master");
    by.setUserId("a-1");
    by.setClientId("security-admin-console");
    by.setIpAddress("192.0.2.7");
    event.setAuthDetails(by);
    event.setId("4f1c");
    event.setTime(8);
    event.setOperationType(OperationType.UPDATE);
    event.setResourceTypeAsString("USER");
    event.setResourcePath("users/u-1");
    event.setRepresentation("{\"firstName\":\"花子\"}");
    RelyingRecord change = Occurrence.of(knowing("S-9"), CITY, "staffNumber", event, false);
    assertEquals("ADMIN UPDATE USER", change.kind());
    assertEquals("a-1", change.user());
    assertEquals("S-9", change.person());
    assertEquals("users/u-1", change.what());
    String text = line(change);
    assertFalse(text.contains("花子") || text.contains("192.0.2.7"), text);
  }

  @Test
  void tokensAndTheirRefreshAreNoEventsForTheLog() {
    Event refresh = login(null);
    refresh.setType(EventType.REFRESH_TOKEN);
    assertFalse(Occurrence.counts(refresh));
    refresh.setType(EventType.REFRESH_TOKEN_ERROR);
    assertTrue(Occurrence.counts(refresh));
    assertTrue(Occurrence.counts(login(null)));
  }
}
