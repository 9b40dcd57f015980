package jp.sekisho.agent.enforce;

import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.event.AgentEvent;

/**
 * The decisions of an enrolled terminal, in its chain of records.
 *
 * @param spool the chain
 */
public record SpoolLog(Spool spool) implements DecisionLog {
  @Override
  public boolean record(AgentEvent event) {
    try {
      spool.append(event);
      return true;
    } catch (SpoolException e) {
      System.getLogger(SpoolLog.class.getName())
          .log(System.Logger.Level.ERROR, "decision not recorded", e);
      return false;
    }
  }

  @Override
  public boolean takesReleases() {
    return spool.room() != Room.GONE;
  }
}
