package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Refusal;

/**
 * The first start (初期設定): from the one-time code until the offices are filled. What was registered
 * meanwhile has entries of its own. The code itself is in no entry.
 */
public sealed interface SetupEvent extends AuditEvent {

  /**
   * The console printed a one-time code; an earlier one does not count any more.
   *
   * @param expires ISO-8601
   */
  record CodeMade(String expires) implements SetupEvent {
    @Override
    public String type() {
      return "setup.code-made";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("expires", expires);
    }
  }

  /** Somebody entered the code; it is used up. */
  record Opened() implements SetupEvent {
    @Override
    public String type() {
      return "setup.opened";
    }
  }

  /**
   * A step was done by the holder of the code.
   *
   * @param action {@code administrator}, {@code card}, {@code ticket} or {@code terminal}
   * @param about staff number or terminal
   */
  record Done(String action, String about) implements SetupEvent {
    @Override
    public String type() {
      return "setup.done";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("action", action, "about", about);
    }
  }

  /**
   * A step, or the end, was refused.
   *
   * @param missing what is not there yet, as words such as {@code NO_AUDITOR mayor}
   */
  record Refused(String action, List<String> missing, Refusal reason) implements SetupEvent {
    public Refused {
      missing = List.copyOf(missing);
    }

    @Override
    public String type() {
      return "setup.refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("action", action, "missing", missing);
    }
  }

  /** The offices are filled: people may log in and ask for exceptions from here on, for good. */
  record Finished() implements SetupEvent {
    @Override
    public String type() {
      return "setup.finished";
    }
  }
}
