package jp.sekisho.keycloak;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.RelyingRecord;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.AuthDetails;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * What of one of Keycloak's events may leave it: ids, kinds and the staff number. Names, addresses
 * and what somebody typed stay behind, and what has not the form of an id or a word does, too.
 *
 * <p>A record made here has no place in a chain yet; the spool gives it one.
 */
final class Occurrence {
  /** Successes that say nothing of a person but that a program did its work, many a minute. */
  private static final Set<EventType> NOISE =
      EnumSet.of(
          EventType.CODE_TO_TOKEN,
          EventType.REFRESH_TOKEN,
          EventType.INTROSPECT_TOKEN,
          EventType.USER_INFO_REQUEST,
          EventType.CLIENT_INFO);

  /** All others: what is for the log. */
  static final EventType[] KINDS =
      EnumSet.complementOf(EnumSet.copyOf(NOISE)).toArray(new EventType[0]);

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern STRANGE = Pattern.compile("[^!-~]");
  private static final Pattern NO_KIND = Pattern.compile("[^A-Za-z0-9_ -]");

  private Occurrence() {}

  /** Whether an event is for the log at all. */
  static boolean counts(Event event) {
    return !NOISE.contains(event.getType());
  }

  /**
   * @param realm the event's
   * @param attribute name of the user attribute that holds the staff number
   * @param recovered whether it was found in Keycloak's event store
   */
  static RelyingRecord of(
      KeycloakSession session, RealmModel realm, String attribute, Event event, boolean recovered) {
    Map<String, String> details = event.getDetails() == null ? Map.of() : event.getDetails();
    String what = word(details.get("reason"));
    return new RelyingRecord(
        "",
        0,
        "",
        event.getId(),
        event.getTime(),
        realm.getName(),
        event.getType().name(),
        recovered,
        visible(event.getUserId(), RelyingRecord.MAX_NAME),
        person(session, realm, attribute, event.getUserId()),
        client(realm, event.getClientId()),
        visible(event.getSessionId(), RelyingRecord.MAX_NAME),
        word(details.get("transaction")),
        what == null ? word(details.get("credential_type")) : what,
        error(event.getError()));
  }

  /** As {@link #of(KeycloakSession, RealmModel, String, Event, boolean)}. */
  static RelyingRecord of(
      KeycloakSession session,
      RealmModel realm,
      String attribute,
      AdminEvent event,
      boolean recovered) {
    AuthDetails by = event.getAuthDetails();
    String user = by == null ? null : by.getUserId();
    RealmModel home =
        by == null || by.getRealmId() == null ? null : session.realms().getRealm(by.getRealmId());
    String kind = "ADMIN " + event.getOperationType() + " " + event.getResourceTypeAsString();
    return new RelyingRecord(
        "",
        0,
        "",
        event.getId(),
        event.getTime(),
        realm.getName(),
        cut(NO_KIND.matcher(kind).replaceAll("_"), 80),
        recovered,
        visible(user, RelyingRecord.MAX_NAME),
        home == null ? null : person(session, home, attribute, user),
        visible(by == null ? null : by.getClientId(), RelyingRecord.MAX_NAME),
        null,
        null,
        visible(event.getResourcePath(), RelyingRecord.MAX_WHAT),
        error(event.getError()));
  }

  /** An application that there is: anything else is what somebody wrote into an address. */
  private static @Nullable String client(RealmModel realm, @Nullable String id) {
    return id == null || realm.getClientByClientId(id) == null
        ? null
        : visible(id, RelyingRecord.MAX_NAME);
  }

  private static @Nullable String person(
      KeycloakSession session, RealmModel realm, String attribute, @Nullable String user) {
    UserModel found = user == null ? null : session.users().getUserById(realm, user);
    String number = found == null ? null : found.getFirstAttribute(attribute);
    return number != null && Names.isPerson(number) ? number : null;
  }

  private static @Nullable String word(@Nullable String text) {
    return text != null && WORD.matcher(text).matches() ? text : null;
  }

  /** What stands in a record for an error of Keycloak. */
  static @Nullable String error(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return RelyingRecord.isError(text) ? text : "other";
  }

  private static @Nullable String visible(@Nullable String text, int most) {
    return text == null || text.isEmpty() ? null : cut(STRANGE.matcher(text).replaceAll("_"), most);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
