package jp.sekisho.agent.grant;

import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.event.AgentEvent;

/** The terminal's chain of records, as far as grants and emergencies write to it. Thread-safe. */
public interface Records {
  /** Makes the event durable. */
  void append(AgentEvent event) throws SpoolException;

  /** What can still be recorded. */
  Room room();

  /** Those of the real spool. */
  static Records of(Spool spool) {
    return new Records() {
      @Override
      public void append(AgentEvent event) throws SpoolException {
        spool.append(event);
      }

      @Override
      public Room room() {
        return spool.room();
      }
    };
  }
}
