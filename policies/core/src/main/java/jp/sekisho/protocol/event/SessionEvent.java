package jp.sekisho.protocol.event;

import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** The life of a web session after its login; the entry's {@code session} names it by a hash. */
public sealed interface SessionEvent extends AuditEvent {

  /**
   * Every call is refused until the same person's card + PIN.
   *
   * @param cause {@code card-removed}, {@code seat-lost}, {@code idle}, {@code terminal-silent},
   *     {@code terminal-stopped}
   */
  record Suspended(String cause) implements SessionEvent {
    @Override
    public String type() {
      return "session.suspended";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("cause", cause);
    }
  }

  /** A person with several posts chose the one of the entry's {@code post} to act in. */
  record PostChosen() implements SessionEvent {
    @Override
    public String type() {
      return "session.post-chosen";
    }
  }

  /** The same person proved card and PIN again. */
  record Resumed() implements SessionEvent {
    @Override
    public String type() {
      return "session.resumed";
    }
  }

  /**
   * Over for good.
   *
   * @param cause {@code logout}, {@code absolute-limit}, {@code lock-to-end}, {@code other-person},
   *     {@code replaced}, {@code revoked}, {@code reboot}, {@code by-holder}, {@code
   *     by-administrator}
   */
  record Ended(String cause) implements SessionEvent {
    @Override
    public String type() {
      return "session.ended";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("cause", cause);
    }
  }

  /**
   * A call with its cookie was refused, and the session goes on: it came from another address than
   * the login. One entry per session and minute.
   *
   * @param source keyed hash of that address
   */
  record Refused(String source, Refusal reason) implements SessionEvent {
    @Override
    public String type() {
      return "session.refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("source", source);
    }
  }

  /**
   * What was asked for within it, to change something or to search or export a log, ended in an
   * error. What was done before the error, if anything, stands in entries of its own. One entry per
   * session, route and minute.
   *
   * @param at method and route, as the router has it: no part of what was asked for
   * @param reference of the {@link ServiceEvent.Failed} of the same error; null where its reason is
   *     known
   */
  record ActFailed(String at, @Nullable String reference, Refusal reason) implements SessionEvent {
    @Override
    public String type() {
      return "session.act-failed";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("at", at);
      if (reference != null) {
        data.put("reference", reference);
      }
      return data;
    }
  }
}
