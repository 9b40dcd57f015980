package jp.sekisho.agent.enforce.usb;

/** Why a USB gate does not hold (設定不良); {@link #word} is stable and goes into heartbeats. */
enum Fault {
  /** Not everything present has been judged yet. */
  STARTING("starting"),
  /** A controller lets new devices in by itself. */
  GATE_OPEN("gate-open"),
  /** A device that is to be blocked is usable. */
  DEVICE_OPEN("device-open"),
  /** A decision ended in an error of the program; what it was about is blocked. */
  DECISION_FAILED("decision-failed"),
  /** The kernel's messages can no longer be read. */
  EVENTS_LOST("events-lost"),
  /** Decisions cannot be recorded, so nothing is released. */
  RECORDS_FULL("records-full"),
  /** The machine's USB ports cannot be looked at. */
  PORTS_UNREADABLE("ports-unreadable");

  private final String word;

  Fault(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
