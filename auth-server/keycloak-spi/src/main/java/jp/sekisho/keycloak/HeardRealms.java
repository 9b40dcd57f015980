package jp.sekisho.keycloak;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Whose events go to Sekisho: the registered realm's and those of the realm that administers it.
 * Others on the same server are other people's. No record: what one adds is 400 bytes of the jar.
 */
final class HeardRealms {
  private final String registered;
  private final String attribute;

  /** Keycloak reads it from its configuration each time; every event of every realm asks. */
  private @Nullable String admin;

  HeardRealms(String registered, String attribute) {
    this.registered = registered;
    this.attribute = attribute;
  }

  /** Name of the user attribute that holds the staff number. */
  String attribute() {
    return attribute;
  }

  /** The realm of this id if it is one of them; null otherwise. */
  @Nullable RealmModel find(KeycloakSession session, @Nullable String id) {
    RealmModel realm = id == null ? null : session.realms().getRealm(id);
    return realm != null && (realm.getName().equals(registered) || realm.getName().equals(admin()))
        ? realm
        : null;
  }

  private String admin() {
    String name = admin;
    if (name == null) {
      name = Config.getAdminRealm();
      admin = name;
    }
    return name;
  }

  /** Their ids, of those that there are. */
  List<String> ids(KeycloakSession session) {
    List<String> ids = new ArrayList<>();
    for (String name : List.of(registered, admin())) {
      RealmModel realm = session.realms().getRealmByName(name);
      if (realm != null && !ids.contains(realm.getId())) {
        ids.add(realm.getId());
      }
    }
    return ids;
  }
}
