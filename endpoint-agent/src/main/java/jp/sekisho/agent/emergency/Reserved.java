package jp.sekisho.agent.emergency;

import java.util.HashSet;
import java.util.Set;
import jp.sekisho.agent.login.CardDesk;
import jp.sekisho.agent.login.CardDesk.Stay;

/**
 * Cards that people put in to sign a text: none of them logs anybody in. While cards are asked that
 * is every card of the terminal, for nobody knows whose the next one is; afterwards each that was
 * tried or is there, until it leaves its reader. The card of who asked is theirs again.
 * Thread-safe.
 */
final class Reserved {
  private final CardDesk desk;

  // Guarded by this.
  private final Set<Stay> kept = new HashSet<>();
  private boolean asking;

  Reserved(CardDesk desk) {
    this.desk = desk;
  }

  synchronized void begin() {
    asking = true;
  }

  synchronized void tried(Stay stay) {
    kept.add(stay);
  }

  /** Cards are asked no more; {@code own} are stays of the user's own card. */
  synchronized void end(Set<Stay> own) {
    try {
      // Put in a moment ago, for what is over now.
      kept.addAll(desk.cards());
    } finally {
      kept.removeAll(own);
      asking = false;
    }
  }

  /** Forgets cards that left: a reader that is plugged in again counts from the beginning. */
  synchronized void forgetGone() {
    kept.removeIf(stay -> !desk.isStill(stay));
  }

  synchronized boolean is(Stay stay) {
    return asking || kept.contains(stay);
  }
}
