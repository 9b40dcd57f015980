package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A case of 漏えい等 and its reports; the entry's {@code person} did the step. What its items,
 * references and reasons say is never in the log, the hash {@code detail} of the items is.
 */
public sealed interface BreachEvent extends AuditEvent {
  private static Map<String, Object> of(String breach, String number) {
    Map<String, Object> data = new TreeMap<>();
    data.put("breach", breach);
    data.put("number", number);
    return data;
  }

  /**
   * It was opened, its items filled in as far as the service knew them.
   *
   * @param breach its id, base64url of 16 bytes
   * @param number what people call it, such as {@code B-0007}
   * @param known ISO-8601 UTC: when any department first knew of it
   * @param kinds what applies of 規則2条: {@code system malice public hundred}
   * @param origin {@code grant medium emergency entry}; null for none of them
   * @param item its id, number or index; null without {@code origin}
   * @param detail base64url SHA-256 of the nine items
   * @param filled how many of them say something
   */
  record Opened(
      String breach,
      String number,
      String known,
      List<String> kinds,
      @Nullable String origin,
      @Nullable String item,
      String detail,
      int filled)
      implements BreachEvent {
    public Opened {
      kinds = List.copyOf(kinds);
    }

    @Override
    public String type() {
      return "breach.opened";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = of(breach, number);
      data.put("known", known);
      data.put("kinds", kinds);
      data.put("detail", detail);
      data.put("filled", filled);
      if (origin != null && item != null) {
        data.put("origin", origin);
        data.put("item", item);
      }
      return data;
    }
  }

  /** Its kinds or items were written anew; fields as of {@link Opened}. */
  record Amended(String breach, String number, List<String> kinds, String detail, int filled)
      implements BreachEvent {
    public Amended {
      kinds = List.copyOf(kinds);
    }

    @Override
    public String type() {
      return "breach.amended";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = of(breach, number);
      data.put("kinds", kinds);
      data.put("detail", detail);
      data.put("filled", filled);
      return data;
    }
  }

  /**
   * The entry's person says that a report was made.
   *
   * @param report {@code preliminary} (速報), {@code final} (確報) or {@code both}
   * @param date the day on which it was made
   * @param detail base64url SHA-256 of the nine items as they were when that was written down
   */
  record Reported(String breach, String number, String report, String date, String detail)
      implements BreachEvent {
    @Override
    public String type() {
      return "breach.reported";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = of(breach, number);
      data.put("report", report);
      data.put("date", date);
      data.put("detail", detail);
      return data;
    }
  }

  /**
   * The last day for a report passed and nobody wrote down that it was made; told by the clock.
   *
   * @param report {@code preliminary} or {@code final}
   * @param day the day that passed
   */
  record Overdue(String breach, String number, String report, String day) implements BreachEvent {
    @Override
    public String type() {
      return "breach.overdue";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = of(breach, number);
      data.put("report", report);
      data.put("day", day);
      return data;
    }
  }

  /**
   * It is over.
   *
   * @param result {@code reported} when both reports were made, {@code not-due} when it was decided
   *     that none is due
   */
  record Closed(String breach, String number, String result) implements BreachEvent {
    @Override
    public String type() {
      return "breach.closed";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = of(breach, number);
      data.put("result", result);
      return data;
    }
  }

  /**
   * A step was refused and nothing was changed.
   *
   * @param step {@code open amend report close}
   * @param breach the id asked for; null when none was made or its form is wrong
   */
  record Refused(String step, @Nullable String breach, Refusal reason) implements BreachEvent {
    @Override
    public String type() {
      return "breach.refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("step", step);
      if (breach != null) {
        data.put("breach", breach);
      }
      return data;
    }
  }
}
