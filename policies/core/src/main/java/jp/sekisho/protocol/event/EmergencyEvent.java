package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import org.jspecify.annotations.Nullable;

/**
 * What a terminal without its service did under an 緊急時の例外措置, step by step; {@code grant} is the
 * {@code request} of its text, which names the case.
 */
public sealed interface EmergencyEvent extends AgentEvent {

  /**
   * A person at the terminal asked for one; nothing is open.
   *
   * @param person staff number of who would use it, logged in there
   * @param text base64url of {@code sekisho/break-glass/v1}, the very bytes that cards sign
   */
  record Asked(String grant, String person, String text) implements EmergencyEvent {
    @Override
    public String type() {
      return "emergency.asked";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "person", person, "text", text);
    }
  }

  /**
   * A card signed the text, and the terminal verified whose it is; with the text and the policy's
   * approvers this entry alone proves it.
   *
   * @param signer staff number
   * @param part {@code approver} or {@code user}
   * @param signature base64url of the card's signature over the text
   * @param spki base64url of the DER of the card's SubjectPublicKeyInfo
   */
  record Signed(String grant, String signer, String part, String signature, String spki)
      implements EmergencyEvent {
    @Override
    public String type() {
      return "emergency.signed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "grant", grant, "signer", signer, "part", part, "signature", signature, "spki", spki);
    }
  }

  /**
   * The medium is about to be opened, read-only; durable before it is.
   *
   * @param person staff number of who may read it
   * @param approvers staff numbers of the two who approved
   * @param fingerprint of what is plugged in
   * @param port the kernel's name of the port
   * @param minutes until it is closed, by the clock of this boot
   * @param why the text's reason
   */
  record Opened(
      String grant,
      String person,
      List<String> approvers,
      String fingerprint,
      String port,
      int minutes,
      String why)
      implements EmergencyEvent {
    /** Makes the list unmodifiable. */
    public Opened {
      approvers = List.copyOf(approvers);
    }

    @Override
    public String type() {
      return "emergency.opened";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "grant",
          grant,
          "person",
          person,
          "approvers",
          approvers,
          "fingerprint",
          fingerprint,
          "port",
          port,
          "minutes",
          minutes,
          "why",
          why);
    }
  }

  /**
   * It is over, for good.
   *
   * @param verified whether it was seen that nothing of it is mounted and the device not authorised
   */
  record Closed(String grant, Cause cause, boolean verified) implements EmergencyEvent {
    @Override
    public String type() {
      return "emergency.closed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "cause", cause.text(), "verified", verified);
    }
  }

  /**
   * One was asked for and did not come to be.
   *
   * @param grant null when there was no text yet
   * @param person staff number of who asked; null when nobody is logged in there
   */
  record Refused(@Nullable String grant, @Nullable String person, Refusal reason)
      implements EmergencyEvent {
    @Override
    public String type() {
      return "emergency.refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      if (grant != null) {
        data.put("grant", grant);
      }
      if (person != null) {
        data.put("person", person);
      }
      return data;
    }
  }
}
