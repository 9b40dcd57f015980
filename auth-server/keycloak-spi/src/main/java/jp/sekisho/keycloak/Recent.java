package jp.sekisho.keycloak;

import java.util.LinkedHashSet;
import java.util.Set;

/** The ids seen last, up to a number of them. Not thread-safe. */
final class Recent {
  private final int most;
  private final Set<String> ids = new LinkedHashSet<>();

  Recent(int most) {
    this.most = most;
  }

  /** Whether it was not there. */
  boolean add(String id) {
    if (!ids.add(id)) {
      return false;
    }
    if (ids.size() > most) {
      boolean unused = ids.remove(ids.iterator().next());
    }
    return true;
  }

  boolean knows(String id) {
    return ids.contains(id);
  }
}
