package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import org.jspecify.annotations.Nullable;

/**
 * What became of what people copied at a terminal: names of programs, formats, sizes and scores,
 * never a content. Said by the user's own session process: what it does not say is not here.
 */
public sealed interface ClipboardEvent extends AgentEvent {
  /**
   * What was to be pasted.
   *
   * @param board {@code clipboard} or {@code primary}
   * @param from name of the program it was copied in; empty when it is not known
   * @param to name of the program that wanted it; empty when it is not known
   * @param formats {@code text}, {@code rich-text}, {@code image}, {@code files}; empty when it is
   *     not known
   * @param bytes how much
   * @param score the highest of possible 個人番号 in it: {@code none}, {@code low}, {@code high}, or
   *     {@code unsearched}
   */
  record Copy(
      String board, String from, String to, List<String> formats, long bytes, String score) {
    public Copy {
      formats = List.copyOf(formats);
    }

    private Map<String, Object> data(@Nullable String grant, @Nullable Integer count) {
      Map<String, Object> data = new TreeMap<>();
      data.put("board", board);
      data.put("from", from);
      data.put("to", to);
      data.put("formats", formats);
      data.put("bytes", bytes);
      data.put("score", score);
      if (grant != null) {
        data.put("grant", grant);
      }
      if (count != null) {
        data.put("count", count);
      }
      return data;
    }
  }

  /**
   * Whether the clipboard is treated as the policy says, as the session process reports it,
   * changed.
   *
   * @param mode {@code block}, {@code guard}, {@code audit} or {@code allow}
   * @param state {@code effective} 有効 or {@code misconfigured} 設定不良
   * @param fault why not, a stable word; empty when effective
   */
  record Held(String mode, String state, String fault) implements ClipboardEvent {
    @Override
    public String type() {
      return "clipboard.held";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("mode", mode, "state", state, "fault", fault);
    }
  }

  /**
   * Something was let over a boundary; durable before it was.
   *
   * @param grant id of the grant under which it was, each one then recorded; null for none
   * @param effect {@code audit}, {@code warn} (the person was told so) or {@code allow}, under a
   *     grant
   * @param rule id of the rule that decided, or that the grant went over
   * @param count null for one; else how many there were within a minute that have no record of
   *     their own, of which this is the newest
   */
  record Crossed(
      @Nullable String grant, Copy copy, String effect, String rule, @Nullable Integer count)
      implements ClipboardEvent {
    /** This one for {@code number}. */
    public Crossed counted(int number) {
      return new Crossed(grant, copy, effect, rule, number);
    }

    @Override
    public String type() {
      return "clipboard.crossed";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = copy.data(grant, count);
      data.put("effect", effect);
      data.put("rule", rule);
      return data;
    }
  }

  /**
   * A paste was refused.
   *
   * @param grant id of the grant that was in use and did not reach so far; null for none
   * @param rule id of the rule that decided; empty where none did
   * @param count as of {@link Crossed}
   */
  record Refused(
      @Nullable String grant, Copy copy, String rule, @Nullable Integer count, Refusal reason)
      implements ClipboardEvent {
    /** This one for {@code number}. */
    public Refused counted(int number) {
      return new Refused(grant, copy, rule, number, reason);
    }

    @Override
    public String type() {
      return "clipboard.refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = copy.data(grant, count);
      data.put("rule", rule);
      return data;
    }
  }

  /**
   * Nothing held the clipboard of somebody at the screen: the session process ended or fell silent.
   *
   * @param mode of the policy
   * @param locked whether the screen was locked for it
   * @param seconds how long, rounded up; null while it goes on
   * @param reason CLIPBOARD_GAP
   */
  record Gap(String mode, boolean locked, @Nullable Long seconds, Refusal reason)
      implements ClipboardEvent {
    @Override
    public String type() {
      return "clipboard.gap";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("mode", mode);
      data.put("locked", locked);
      if (seconds != null) {
        data.put("seconds", seconds);
      }
      return data;
    }
  }

  /**
   * From now on a person may copy over boundaries under a grant; durable before they do.
   *
   * @param approval base64url of the SHA-256 of the approver's card statement
   * @param until ISO-8601 UTC by the service's clock: the end at the latest
   * @param bytes that are left of what was approved
   */
  record Opened(String grant, String person, String approval, String until, long bytes)
      implements ClipboardEvent {
    @Override
    public String type() {
      return "clipboard.opened";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "grant", grant, "person", person, "approval", approval, "until", until, "bytes", bytes);
    }
  }

  /**
   * That is over.
   *
   * @param copies how many were let over since it was opened
   * @param bytes how much in all
   */
  record Closed(String grant, Cause cause, int copies, long bytes) implements ClipboardEvent {
    @Override
    public String type() {
      return "clipboard.closed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "cause", cause.text(), "copies", copies, "bytes", bytes);
    }
  }
}
