package jp.sekisho.keycloak;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.KeycloakSessionTaskWithResult;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RealmProvider;
import org.keycloak.models.UserProvider;

/**
 * As much of Keycloak as a job outside a request meets: one realm, {@code city}, with one
 * application and nobody in it, and one session for all. A test adds what else it needs.
 */
final class FakeKeycloak {
  /** Answers of the session, by method. */
  final Map<String, @Nullable Object> session = new HashMap<>();

  /** Answers of the context of the session. */
  final Map<String, @Nullable Object> context = new HashMap<>();

  /** Answers of the factory. */
  final Map<String, @Nullable Object> factory = new HashMap<>();

  /** Providers, by their interface or, of the factory, by their id. */
  final Map<Object, Object> providers = new HashMap<>();

  /** Answers of the realm. */
  final Map<String, @Nullable Object> settings =
      new HashMap<>(
          Map.of(
              "getName",
              "city",
              "getId",
              "realm-id",
              "isEventsEnabled",
              false,
              "getClientById",
              Fake.of(ClientModel.class, Map.of("getId", "c", "getClientId", "groupware")),
              "isBruteForceProtected",
              true,
              "isEditUsernameAllowed",
              false,
              "isRegistrationAllowed",
              false,
              "getEventsListenersStream",
              (Fake.Answer) asked -> Stream.empty()));

  final RealmModel realm = Fake.of(RealmModel.class, settings);

  /** Answers about users: nobody is there. */
  final Map<String, @Nullable Object> users = new HashMap<>();

  FakeKeycloak() {
    context.put("setRealm", null);
    context.put("setClient", null);
    session.put("getContext", Fake.of(KeycloakContext.class, context));
    session.put("getProvider", (Fake.Answer) asked -> providers.get(asked[0]));
    session.put(
        "realms",
        Fake.of(
            RealmProvider.class,
            Map.of(
                "getRealm",
                realm,
                "getRealmByName",
                (Fake.Answer) asked -> asked[0].equals("city") ? realm : null)));
    users.put("getUserById", null);
    users.put("getUserByUsername", null);
    users.put("searchForUserByUserAttributeStream", (Fake.Answer) asked -> Stream.empty());
    session.put("users", Fake.of(UserProvider.class, users));
    factory.put("getProviderFactoriesStream", (Fake.Answer) asked -> Stream.empty());
    factory.put("getProviderFactory", (Fake.Answer) asked -> providers.get(asked[1]));
    factory.put("register", null);
    session.put("getKeycloakSessionFactory", factory());
  }

  KeycloakSession session() {
    return Fake.of(KeycloakSession.class, session);
  }

  KeycloakSessionFactory factory() {
    return Fake.of(KeycloakSessionFactory.class, factory);
  }

  /** Jobs in this session, at once. */
  Jobs jobs() {
    return new Jobs(factory()) {
      @Override
      <T> T run(KeycloakSessionTaskWithResult<T> job) {
        return job.run(session());
      }
    };
  }
}
