package jp.sekisho.keycloak;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The ids seen last, up to a number of them. Not thread-safe. */
final class Recent {
  private final Set<String> ids;

  Recent(int most) {
    this.ids =
        Collections.newSetFromMap(
            new LinkedHashMap<>() {
              private static final long serialVersionUID = 1L;

              @Override
              protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > most;
              }
            });
  }

  /** Whether it was not there. */
  boolean add(String id) {
    return ids.add(id);
  }

  boolean knows(String id) {
    return ids.contains(id);
  }
}
