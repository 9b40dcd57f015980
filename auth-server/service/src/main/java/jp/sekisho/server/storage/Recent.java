package jp.sekisho.server.storage;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Maps that forget what was used longest ago. */
public final class Recent {
  private Recent() {}

  /** A synchronized map of at most that many entries. */
  public static <K, V> Map<K, V> map(int most) {
    return Collections.synchronizedMap(new Bounded<>(most));
  }

  private static final class Bounded<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int most;

    Bounded(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > most;
    }
  }
}
