package jp.sekisho.protocol.event;

import java.util.Map;
import jp.sekisho.protocol.Refusal;

/** The life of a terminal as the service sees it; the entry's {@code terminal} is the one meant. */
public sealed interface TerminalEvent extends AuditEvent {

  /** A ticket was made for an asset number. */
  record Ticketed(String expires) implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.ticketed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("expires", expires);
    }
  }

  /** A device key was certified; the terminal is pending. */
  record Enrolled(String fingerprint, String keyProtection) implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.enrolled";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("fingerprint", fingerprint, "keyProtection", keyProtection);
    }
  }

  /** An administrator compared the fingerprint. */
  record Confirmed(String fingerprint) implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.confirmed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("fingerprint", fingerprint);
    }
  }

  /** It was said in which division (課) the terminal stands; that decides who acts in which post. */
  record Placed(String division) implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.placed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("division", division);
    }
  }

  /** An administrator removed the registration (登録抹消). */
  record Revoked() implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.revoked";
    }
  }

  /** The certificate was renewed. */
  record Renewed(String notAfter) implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.renewed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("notAfter", notAfter);
    }
  }

  /** A call on the agents' port was refused. */
  record Refused(String route, Refusal reason) implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("route", route);
    }
  }

  /** A batch of records was refused: a hole, a fork or a bad form. */
  record RecordsRefused(long expectedSeq, long gotSeq, Refusal reason) implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.records-refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("expectedSeq", expectedSeq, "gotSeq", gotSeq);
    }
  }

  /**
   * No heartbeat for three intervals, {@code cause} {@code unheard}; or heartbeats without the
   * records that they speak of, {@code records-missing}.
   */
  record Silent(String lastSeen, String cause) implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.silent";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("lastSeen", lastSeen, "cause", cause);
    }
  }

  /** Heard again after silence. */
  record Returned() implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.returned";
    }
  }

  /**
   * What the terminal measured of its gates changed: {@code effective} 有効 or {@code misconfigured}
   * 設定不良.
   */
  record EnforcementReported(String state, String fault) implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.enforcement-reported";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("state", state, "fault", fault);
    }
  }

  /**
   * The terminal's clock and the service's do not agree, or now by another amount; {@code ahead}
   * are the seconds by which it is ahead at least, behind when negative.
   */
  record ClockOff(long ahead) implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.clock-off";
    }

    @Override
    public Refusal reason() {
      return Refusal.CLOCK_DOUBTFUL;
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("ahead", ahead);
    }
  }

  /** The terminal's clock agrees with the service's again. */
  record ClockRight() implements TerminalEvent {
    @Override
    public String type() {
      return "terminal.clock-right";
    }
  }
}
