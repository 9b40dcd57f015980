package jp.sekisho.audit.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an event type is in OCSF: the lines of {@code ocsf.txt}.
 *
 * @param activity id of the class's activity; {@link #OTHER} for one that OCSF has no name for
 * @param entityType what is managed; null but for Entity Management
 * @param entityMember the member that names it; null as above
 * @param alarm whether the type itself says that something is wrong
 */
record OcsfClass(
    Uid uid,
    int activity,
    @Nullable String entityType,
    @Nullable String entityMember,
    boolean alarm) {
  static final int OTHER = 99;

  /** Of a type that this version does not know. */
  static final OcsfClass UNKNOWN = new OcsfClass(Uid.BASE, OTHER, null, null, false);

  /** The activities we write, by class and id. */
  private static final Map<Uid, Map<Integer, String>> ACTIVITIES =
      Map.of(
          Uid.EVENT_LOG,
          Map.of(2, "Delete", 3, "Export", 5, "Rotate"),
          Uid.ACCOUNT_CHANGE,
          Map.of(10, "MFA Factor Enable", 11, "MFA Factor Disable"),
          Uid.AUTHENTICATION,
          Map.of(1, "Logon", 2, "Logoff"),
          Uid.ENTITY,
          Map.of(
              1,
              "Create",
              3,
              "Update",
              4,
              "Delete",
              5,
              "Move",
              6,
              "Enroll",
              7,
              "Unenroll",
              8,
              "Enable",
              9,
              "Disable",
              10,
              "Activate",
              11,
              "Deactivate"),
          Uid.APPLICATION,
          Map.of(3, "Start", 4, "Stop"));

  private static final Map<String, OcsfClass> KNOWN = read();

  /** The classes we write. */
  enum Uid {
    BASE(0, 0, "Uncategorized", "Base Event"),
    EVENT_LOG(1, 1008, "System Activity", "Event Log Activity"),
    ACCOUNT_CHANGE(3, 3001, "Identity & Access Management", "Account Change"),
    AUTHENTICATION(3, 3002, "Identity & Access Management", "Authentication"),
    ENTITY(3, 3004, "Identity & Access Management", "Entity Management"),
    APPLICATION(6, 6002, "Application Activity", "Application Lifecycle");

    final int category;
    final int number;
    final String categoryName;
    final String caption;

    Uid(int category, int number, String categoryName, String caption) {
      this.category = category;
      this.number = number;
      this.categoryName = categoryName;
      this.caption = caption;
    }

    /** The name of an activity; null for {@link OcsfClass#OTHER}. */
    @Nullable String activity(int id) {
      return ACTIVITIES.getOrDefault(this, Map.of()).get(id);
    }

    private static Uid of(String number) {
      for (Uid uid : values()) {
        if (uid.number == Integer.parseInt(number)) {
          return uid;
        }
      }
      throw new IllegalArgumentException("no class " + number);
    }
  }

  /** What a type is; {@link #UNKNOWN} for one not in the list. */
  static OcsfClass of(String type) {
    return KNOWN.getOrDefault(type, UNKNOWN);
  }

  /** Whether the list has the type. */
  static boolean knows(String type) {
    return KNOWN.containsKey(type);
  }

  /** The same entry as what every entry is. */
  OcsfClass asBase() {
    return new OcsfClass(Uid.BASE, OTHER, null, null, alarm);
  }

  private static Map<String, OcsfClass> read() {
    Map<String, OcsfClass> classes = new HashMap<>();
    try (var in = OcsfClass.class.getResourceAsStream("ocsf.txt")) {
      if (in == null) {
        throw new IOException("ocsf.txt is missing from the program");
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      lines
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(line -> add(classes, List.of(line.split(" "))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(classes);
  }

  private static void add(Map<String, OcsfClass> classes, List<String> cells) {
    boolean alarm = cells.get(cells.size() - 1).equals("alarm");
    Uid uid = Uid.of(cells.get(1));
    int activity = Integer.parseInt(cells.get(2));
    boolean entity = uid == Uid.ENTITY;
    boolean right =
        cells.size() == 3 + (entity ? 2 : 0) + (alarm ? 1 : 0)
            && (activity == OTHER || uid.activity(activity) != null);
    OcsfClass found =
        new OcsfClass(
            uid, activity, entity ? cells.get(3) : null, entity ? cells.get(4) : null, alarm);
    if (!right || classes.put(cells.get(0), found) != null) {
      throw new IllegalArgumentException("ocsf.txt: " + cells);
    }
  }
}
