package jp.sekisho.protocol.event;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What a terminal did with a granted medium. */
public sealed interface ExportEvent extends AgentEvent {

  /** Why a medium was closed. */
  enum Cause {
    /** The minutes since activation are over. */
    DEADLINE,
    /** The grant's end came. */
    END,
    /** The person's card left its reader. */
    CARD_REMOVED,
    /** The seat's session process is gone, or another person took the terminal over. */
    SEAT_LOST,
    /** The medium was unplugged. */
    UNPLUGGED,
    /** The grant is revoked, no longer offered, or no longer verifies. */
    REVOKED,
    /** The agent stopped in order. */
    AGENT_STOPPED,
    /** Found by the next start: the agent was killed or the power went. */
    AGENT_KILLED,
    /** It could not be opened; {@code export.refused} says why. */
    NOT_OPENED,
    /** No room is left for records. */
    RECORDS_FULL,
    /** The gates no longer hold. */
    NOT_ENFORCING,
    /** The signed policy expired. */
    POLICY_EXPIRED,
    /** The agent could not tell any more whether it may stay open. */
    FAULT;

    /** The word in the log: {@code card-removed} and so on. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * A granted medium is about to be opened, read-only; durable before it is.
   *
   * @param grant id of the grant
   * @param person staff number of who may read it
   * @param medium id of the registered medium
   * @param fingerprint of what is plugged in
   * @param port the kernel's name of the port
   * @param approval base64url of the SHA-256 of the approver's card statement
   * @param until ISO-8601 UTC by the service's clock: the end at the latest
   */
  record Opened(
      String grant,
      String person,
      String medium,
      String fingerprint,
      String port,
      String approval,
      String until)
      implements ExportEvent {
    @Override
    public String type() {
      return "export.opened";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "grant", grant,
          "person", person,
          "medium", medium,
          "fingerprint", fingerprint,
          "port", port,
          "approval", approval,
          "until", until);
    }
  }

  /**
   * A medium that is open may stay open for longer (延長); durable before it does.
   *
   * @param approval base64url of the SHA-256 of the card statement that approved the extension
   * @param until ISO-8601 UTC by the service's clock: the new end at the latest
   */
  record Extended(String grant, String approval, String until) implements ExportEvent {
    @Override
    public String type() {
      return "export.extended";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "approval", approval, "until", until);
    }
  }

  /**
   * A granted medium was closed.
   *
   * @param verified whether it was seen that nothing of it is mounted and the device not authorised
   */
  record Closed(String grant, Cause cause, boolean verified) implements ExportEvent {
    @Override
    public String type() {
      return "export.closed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "cause", cause.text(), "verified", verified);
    }
  }

  /**
   * A medium stays closed although somebody offered a grant or plugged in for one.
   *
   * @param grant id; null when no single grant is meant
   * @param fingerprint of the plugged medium; null when none is
   */
  record Refused(@Nullable String grant, @Nullable String fingerprint, Refusal reason)
      implements ExportEvent {
    @Override
    public String type() {
      return "export.refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      if (grant != null) {
        data.put("grant", grant);
      }
      if (fingerprint != null) {
        data.put("fingerprint", fingerprint);
      }
      return data;
    }
  }
}
