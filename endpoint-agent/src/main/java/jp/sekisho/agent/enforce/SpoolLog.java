package jp.sekisho.agent.enforce;

import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.UsbEvent;

/**
 * The decisions of an enrolled terminal, in its chain of records. In the last room only whether the
 * gate holds is recorded: devices that come and go must not use up what removals and the stop need.
 *
 * @param spool the chain
 */
public record SpoolLog(Spool spool) implements DecisionLog {
  @Override
  public boolean record(AgentEvent event) {
    if (spool.room() == Room.GONE && !(event instanceof UsbEvent.Enforcement)) {
      return false;
    }
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
