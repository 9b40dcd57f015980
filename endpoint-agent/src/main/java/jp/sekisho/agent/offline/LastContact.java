package jp.sekisho.agent.offline;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.agent.config.JsonFields;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import org.jspecify.annotations.Nullable;

/**
 * {@code offline.json}: when the service answered last, what happened to clocks and power since,
 * and who logged in online here.
 *
 * <p>Canonical JSON of one object with these members, times as ISO-8601, durations in milliseconds,
 * {@code logins} oldest first, and {@code "v":1}.
 *
 * @param server the service's time at that contact
 * @param wall this terminal's wall clock at that contact
 * @param powered how long it was powered on from then to the mark, suspended time included
 * @param boots boots since
 * @param boot boot of the mark, base64url of 16 bytes
 * @param sinceBoot the boot clock at the mark
 * @param marked the wall clock at the mark
 * @param highest the latest the wall clock ever said since that contact
 * @param doubtful whether the clocks contradicted each other since; only a contact clears it
 * @param logins by the hash of the card's key
 */
record LastContact(
    Instant server,
    Instant wall,
    Duration powered,
    int boots,
    String boot,
    Duration sinceBoot,
    Instant marked,
    Instant highest,
    boolean doubtful,
    Map<String, Login> logins) {
  private static final int VERSION = 1;

  /** Largest file. */
  static final int LARGEST = 64 * 1024;

  /**
   * An online login here.
   *
   * @param person staff number
   * @param at by the service's clock
   */
  record Login(String person, Instant at) {}

  LastContact {
    logins = Collections.unmodifiableMap(new LinkedHashMap<>(logins));
  }

  byte[] bytes() {
    List<Object> list = new ArrayList<>();
    logins.forEach((spki, login) ->
        list.add(Map.of("spki", spki, "person", login.person(), "at", login.at().toString())));
    Map<String, Object> fields = new TreeMap<>();
    fields.put("v", VERSION);
    fields.put("server", server.toString());
    fields.put("wall", wall.toString());
    fields.put("poweredMillis", powered.toMillis());
    fields.put("boots", boots);
    fields.put("boot", boot);
    fields.put("sinceBootMillis", sinceBoot.toMillis());
    fields.put("marked", marked.toString());
    fields.put("highest", highest.toString());
    fields.put("doubtful", doubtful);
    fields.put("logins", list);
    return CanonicalJson.write(fields, LARGEST);
  }

  static LastContact parse(byte[] bytes) throws MalformedException {
    Map<String, Object> map = CanonicalJson.read(bytes, LARGEST);
    JsonFields fields = new JsonFields(map);
    fields.version(VERSION);
    Duration powered = Duration.ofMillis(fields.integer("poweredMillis"));
    long boots = fields.integer("boots");
    Duration sinceBoot = Duration.ofMillis(fields.integer("sinceBootMillis"));
    String boot = fields.text("boot");
    Base64Url.decode(boot, 16);
    if (powered.isNegative() || sinceBoot.isNegative() || boots < 0 || boots > 1_000_000) {
      throw new MalformedException("a number is out of bounds");
    }
    return new LastContact(
        time(fields, "server"),
        time(fields, "wall"),
        powered,
        (int) boots,
        boot,
        sinceBoot,
        time(fields, "marked"),
        time(fields, "highest"),
        fields.flag("doubtful"),
        logins(map.get("logins")));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Login> logins(@Nullable Object found) throws MalformedException {
    if (!(found instanceof List<?> list)) {
      throw new MalformedException("logins is not a list");
    }
    Map<String, Login> logins = new LinkedHashMap<>();
    for (Object each : list) {
      if (!(each instanceof Map<?, ?> map)) {
        throw new MalformedException("a login is not an object");
      }
      JsonFields fields = new JsonFields((Map<String, Object>) map);
      String spki = fields.text("spki");
      Base64Url.decode(spki, 32);
      String person = fields.text("person");
      if (!Names.isPerson(person)) {
        throw new MalformedException("a login is nobody's");
      }
      logins.put(spki, new Login(person, time(fields, "at")));
    }
    return logins;
  }

  private static Instant time(JsonFields fields, String name) throws MalformedException {
    try {
      return Instant.parse(fields.text(name));
    } catch (DateTimeException e) {
      throw new MalformedException(name + " is not a time");
    }
  }
}
