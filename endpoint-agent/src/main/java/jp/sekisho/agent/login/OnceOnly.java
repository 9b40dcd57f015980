package jp.sekisho.agent.login;

import java.util.LinkedHashMap;
import java.util.Map;

/** The transactions this process has co-signed: the newest thousands. Thread-safe. */
final class OnceOnly {
  /** Many times what one terminal can answer in the 90 seconds a transaction lives. */
  private static final int REMEMBERED = 4096;

  private final Map<String, Boolean> taken =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Takes the transaction; false when it was taken before. */
  synchronized boolean take(String transaction) {
    return taken.putIfAbsent(transaction, true) == null;
  }

  synchronized boolean isTaken(String transaction) {
    return taken.containsKey(transaction);
  }
}
