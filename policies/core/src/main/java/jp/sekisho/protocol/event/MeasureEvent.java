package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The life of an exceptional measure (例外措置), step by step; the entry's {@code person} did the step.
 * Its reason, its substitute measure and what was found are never in the log, the hash {@code
 * detail} of its text is.
 */
public sealed interface MeasureEvent extends AuditEvent {
  /** What passed without anybody having done what was due. */
  enum Due {
    /** The day by which it was to be looked at again (見直し期限). */
    REVIEW("review"),
    /** Its last day. */
    END("end");

    private final String text;

    Due(String text) {
      this.text = text;
    }

    /** The word in the log. */
    public String text() {
      return text;
    }
  }

  /**
   * Somebody asked for it.
   *
   * @param measure its id, base64url of 16 bytes
   * @param number what people call it, such as {@code E-0007}
   * @param detail base64url SHA-256 of the text
   * @param terminals ids of terminals; empty for none
   * @param division code of a division; null for none
   * @param rule id of a rule; null for none
   * @param from first day, as {@code 2026-11-22}
   * @param review day by which it must be looked at again
   * @param until last day
   * @param renews number of the measure that it carries on; null for none
   */
  record Requested(
      String measure,
      String number,
      String detail,
      List<String> terminals,
      @Nullable String division,
      @Nullable String rule,
      String from,
      String review,
      String until,
      @Nullable String renews)
      implements MeasureEvent {
    public Requested {
      terminals = List.copyOf(terminals);
    }

    @Override
    public String type() {
      return "measure.requested";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("measure", measure);
      data.put("number", number);
      data.put("detail", detail);
      data.put("terminals", terminals);
      data.put("from", from);
      data.put("review", review);
      data.put("until", until);
      put(data, "division", division);
      put(data, "rule", rule);
      put(data, "renews", renews);
      return data;
    }
  }

  private static void put(Map<String, Object> data, String name, @Nullable String value) {
    if (value != null) {
      data.put(name, value);
    }
  }

  /**
   * The CISO's card signed the text.
   *
   * @param transaction the service's question
   * @param detail base64url SHA-256 of the signed text
   * @param statement base64url of the card statement's bytes
   * @param signature base64url of the card's signature over them
   * @param spki base64url of the DER of the card's SubjectPublicKeyInfo
   */
  record Permitted(
      String measure,
      String number,
      String transaction,
      String detail,
      String statement,
      String signature,
      String spki)
      implements MeasureEvent {
    @Override
    public String type() {
      return "measure.permitted";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "measure",
          measure,
          "number",
          number,
          "transaction",
          transaction,
          "detail",
          detail,
          "statement",
          statement,
          "signature",
          signature,
          "spki",
          spki);
    }
  }

  private static Map<String, Object> of(String measure, String number) {
    return Map.of("measure", measure, "number", number);
  }

  /** The CISO said no (不許可). */
  record Rejected(String measure, String number) implements MeasureEvent {
    @Override
    public String type() {
      return "measure.rejected";
    }

    @Override
    public Map<String, Object> data() {
      return of(measure, number);
    }
  }

  /** Who asked took it back before it was decided. */
  record Withdrawn(String measure, String number) implements MeasureEvent {
    @Override
    public String type() {
      return "measure.withdrawn";
    }

    @Override
    public Map<String, Object> data() {
      return of(measure, number);
    }
  }

  /** Its last day passed before anybody decided. */
  record Expired(String measure, String number) implements MeasureEvent {
    @Override
    public String type() {
      return "measure.expired";
    }

    @Override
    public Map<String, Object> data() {
      return of(measure, number);
    }
  }

  /** Somebody other than who asked looked at it again (見直し); it goes on until its last day. */
  record Reviewed(String measure, String number) implements MeasureEvent {
    @Override
    public String type() {
      return "measure.reviewed";
    }

    @Override
    public Map<String, Object> data() {
      return of(measure, number);
    }
  }

  /**
   * Another permission carries it on.
   *
   * @param by number of the measure that does
   */
  record Renewed(String measure, String number, String by) implements MeasureEvent {
    @Override
    public String type() {
      return "measure.renewed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("measure", measure, "number", number, "by", by);
    }
  }

  /** What deviated is as the standard wants it again, as the entry's person says. */
  record Ended(String measure, String number) implements MeasureEvent {
    @Override
    public String type() {
      return "measure.ended";
    }

    @Override
    public Map<String, Object> data() {
      return of(measure, number);
    }
  }

  /**
   * A day passed by which something was to be done, and it was not; told by the clock.
   *
   * @param what which
   * @param day the day that passed
   */
  record Overdue(String measure, String number, Due what, String day) implements MeasureEvent {
    @Override
    public String type() {
      return "measure.overdue";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("measure", measure, "number", number, "what", what.text(), "day", day);
    }
  }

  /**
   * A step was refused and nothing was changed.
   *
   * @param step {@code request approve reject withdraw review end}
   * @param measure the id asked for; null when none was made or its form is wrong
   */
  record Refused(String step, @Nullable String measure, Refusal reason) implements MeasureEvent {
    @Override
    public String type() {
      return "measure.refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("step", step);
      put(data, "measure", measure);
      return data;
    }
  }
}
