package jp.sekisho.agent.grant;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.agent.config.JsonFields;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * What this terminal durably knows of one grant's activation: first only the nonce it is going to
 * ask with, then the answer.
 *
 * @param grant id
 * @param nonce base64url of 32 bytes, the only one ever sent for this grant
 * @param end of the grant's own text: until then the service could offer it again
 * @param answer null until the service answered
 * @param open whether a medium was about to be opened and not yet closed: found by the next start
 *     after a kill or a power cut
 */
record Activation(String grant, String nonce, Instant end, @Nullable Answer answer, boolean open) {
  /**
   * The verified answer.
   *
   * @param serverTime when it was activated, by the service
   * @param deadline by the service's clock; never rises again
   * @param boot the terminal's boot in which {@code deadlineSinceBoot} counts
   * @param deadlineSinceBoot the authority for closing, by the boot clock
   */
  record Answer(Instant serverTime, Instant deadline, String boot, Duration deadlineSinceBoot) {}

  static Activation asking(String grant, String nonce, Instant end) {
    return new Activation(grant, nonce, end, null, false);
  }

  Activation answered(Answer verified) {
    return new Activation(grant, nonce, end, verified, open);
  }

  Activation withOpen(boolean now) {
    return new Activation(grant, nonce, end, answer, now);
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("grant", grant);
    fields.put("nonce", nonce);
    fields.put("end", end.toString());
    fields.put("open", open);
    if (answer != null) {
      fields.put("serverTime", answer.serverTime().toString());
      fields.put("deadline", answer.deadline().toString());
      fields.put("boot", answer.boot());
      fields.put("deadlineSinceBootMillis", answer.deadlineSinceBoot().toMillis());
    }
    return fields;
  }

  static Activation parse(Map<String, Object> map) throws MalformedException {
    JsonFields fields = new JsonFields(map);
    String grant = fields.text("grant");
    String nonce = fields.text("nonce");
    Base64Url.decode(grant, 16);
    Base64Url.decode(nonce, 32);
    try {
      Answer answer = null;
      if (map.containsKey("deadline")) {
        answer =
            new Answer(
                Instant.parse(fields.text("serverTime")),
                Instant.parse(fields.text("deadline")),
                fields.text("boot"),
                Duration.ofMillis(fields.integer("deadlineSinceBootMillis")));
      }
      return new Activation(
          grant, nonce, Instant.parse(fields.text("end")), answer, fields.flag("open"));
    } catch (java.time.DateTimeException e) {
      throw new MalformedException("activation's times");
    }
  }
}
