package jp.sekisho.keycloak;

import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Threads of ours in Keycloak's process, which keep it alive for nothing. */
final class Daemons {
  private Daemons() {}

  /** {@code count} of them, each by the name that a thread dump shows. */
  static ScheduledThreadPoolExecutor of(int count, String name) {
    return new ScheduledThreadPoolExecutor(
        count,
        task -> {
          Thread made = new Thread(task, name);
          made.setDaemon(true);
          return made;
        });
  }
}
