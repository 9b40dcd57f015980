package jp.sekisho.protocol.event;

import java.util.Map;
import jp.sekisho.protocol.Refusal;

/** The life of the service itself. */
public sealed interface ServiceEvent extends AuditEvent {

  /** The installation was made. */
  record Initialised(String version, String origin, boolean trial) implements ServiceEvent {
    @Override
    public String type() {
      return "service.initialised";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("version", version, "origin", origin, "trial", trial);
    }
  }

  /** The service opens its ports. */
  record Started(String version) implements ServiceEvent {
    @Override
    public String type() {
      return "service.started";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("version", version);
    }
  }

  /** The service closed its ports in order; a start without it before means it was killed. */
  record Stopped() implements ServiceEvent {
    @Override
    public String type() {
      return "service.stopped";
    }
  }

  /**
   * A file or address that says which staff cards to trust cannot be used; what it said before
   * stays in force.
   *
   * @param source {@code anchors}, {@code lists} or {@code address}
   * @param notice what is wrong, at most 300 characters; names the file or address
   */
  record TrustUnusable(String source, String notice, Refusal reason) implements ServiceEvent {
    @Override
    public String type() {
      return "service.trust-unusable";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("source", source, "notice", notice);
    }
  }

  /**
   * An administrator's act was begun and did not succeed, and no entry of its own says why.
   *
   * @param act the command, such as {@code terminal confirm}, without what was typed after it
   */
  record ActFailed(String act) implements ServiceEvent {
    @Override
    public String type() {
      return "service.act-failed";
    }

    @Override
    public Refusal reason() {
      return Refusal.ACT_FAILED;
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("act", act);
    }
  }

  /**
   * A request of a page or a program ended in an error that nobody foresaw.
   *
   * @param reference ten hexadecimal digits, told to whoever asked; beside them stands the cause in
   *     the service's own log
   * @param at method and path, each part that holds a digit or is no plain word replaced by {@code
   *     *}
   */
  record Failed(String reference, String at) implements ServiceEvent {
    @Override
    public String type() {
      return "service.failed";
    }

    @Override
    public Refusal reason() {
      return Refusal.INTERNAL;
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("reference", reference, "at", at);
    }
  }

  /** A row of the database fails its MAC. */
  record StateTampered(String table, String row) implements ServiceEvent {
    @Override
    public String type() {
      return "service.state-tampered";
    }

    @Override
    public Refusal reason() {
      return Refusal.STATE_TAMPERED;
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("table", table, "row", row);
    }
  }
}
