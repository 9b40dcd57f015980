package jp.sekisho.agent.grant;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jp.sekisho.agent.config.JsonFields;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * What this terminal durably knows of one grant's activation: first only the nonce it is going to
 * ask with, then the answer.
 *
 * @param grant id
 * @param nonce base64url of 32 bytes, the only one ever sent for this grant
 * @param end of the text that counts, the extension's once there is one: until then the service
 *     could offer it again
 * @param minutes longest use by the extension that counts; null while there is none
 * @param answer null until the service answered
 * @param open whether a medium was about to be opened and not yet closed: found by the next start
 *     after a kill or a power cut
 */
record Activation(
    String grant,
    String nonce,
    Instant end,
    @Nullable Integer minutes,
    @Nullable Answer answer,
    boolean open) {
  /**
   * The verified answer.
   *
   * @param serverTime when it was activated, by the service
   * @param deadline by the service's clock; rises only by an extension
   * @param boot the terminal's boot in which {@code deadlineSinceBoot} counts
   * @param deadlineSinceBoot the authority for closing, by the boot clock
   */
  record Answer(Instant serverTime, Instant deadline, String boot, Duration deadlineSinceBoot) {}

  static Activation asking(String grant, String nonce, Instant end) {
    return new Activation(grant, nonce, end, null, null, false);
  }

  Activation answered(Answer verified) {
    return new Activation(grant, nonce, end, minutes, verified, open);
  }

  Activation withOpen(boolean now) {
    return new Activation(grant, nonce, end, minutes, answer, now);
  }

  /** What counts: the grant's own text, or what was made of it. */
  ExportGrant limits(ExportGrant own) {
    return minutes == null ? own : own.extended(own.reason(), end, minutes);
  }

  /**
   * As it is when a use under {@code own} may last as long as {@code longer} says; empty when that
   * is no longer than now.
   */
  Optional<Activation> lengthened(ExportGrant own, ExportGrant longer) {
    ExportGrant counts = limits(own);
    Answer held = answer;
    if (held == null || !counts.isExtendedBy(longer)) {
      return Optional.empty();
    }
    Instant begun = held.serverTime();
    Duration more = Duration.between(counts.deadline(begun), longer.deadline(begun));
    if (more.isNegative() || more.isZero()) {
      return Optional.empty();
    }
    Answer later =
        new Answer(
            begun, held.deadline().plus(more), held.boot(), held.deadlineSinceBoot().plus(more));
    return Optional.of(new Activation(grant, nonce, longer.end(), longer.minutes(), later, open));
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("grant", grant);
    fields.put("nonce", nonce);
    fields.put("end", end.toString());
    fields.put("open", open);
    if (minutes != null) {
      fields.put("minutes", minutes);
    }
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
      Integer minutes =
          map.containsKey("minutes") ? Math.toIntExact(fields.integer("minutes")) : null;
      return new Activation(
          grant, nonce, Instant.parse(fields.text("end")), minutes, answer, fields.flag("open"));
    } catch (java.time.DateTimeException | ArithmeticException e) {
      throw new MalformedException("activation's times");
    }
  }
}
