package jp.sekisho.agent.emergency;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jp.sekisho.agent.config.JsonFields;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.BreakGlass;
import org.jspecify.annotations.Nullable;

/**
 * What this terminal durably knows of one case. It never leads to an opening: only a text that the
 * running process made, signed while it waits, does.
 *
 * @param text what was signed, or was to be
 * @param state how far it came; only forward
 * @param deadlineSinceBoot when it must be closed, by the clock of the text's boot; null before
 *     {@code OPEN}
 */
record EmergencyCase(BreakGlass text, State state, @Nullable Duration deadlineSinceBoot) {
  /** How far it came. */
  enum State {
    /** Signatures were waited for. */
    ASKED("asked"),
    /** A medium was about to be opened, and not yet closed. */
    OPEN("open"),
    /** Over, for good. */
    OVER("over");

    private final String text;

    State(String text) {
      this.text = text;
    }

    private static Optional<State> of(String text) {
      for (State state : values()) {
        if (state.text.equals(text)) {
          return Optional.of(state);
        }
      }
      return Optional.empty();
    }
  }

  static EmergencyCase asked(BreakGlass text) {
    return new EmergencyCase(text, State.ASKED, null);
  }

  EmergencyCase opening(Duration deadline) {
    return new EmergencyCase(text, State.OPEN, deadline);
  }

  EmergencyCase over() {
    return new EmergencyCase(text, State.OVER, deadlineSinceBoot);
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("text", Base64Url.encode(text.bytes()));
    fields.put("state", state.text);
    if (deadlineSinceBoot != null) {
      fields.put("deadlineSinceBootMillis", deadlineSinceBoot.toMillis());
    }
    return fields;
  }

  static EmergencyCase parse(Map<String, Object> map) throws MalformedException {
    JsonFields fields = new JsonFields(map);
    State state =
        State.of(fields.text("state"))
            .orElseThrow(() -> new MalformedException("an emergency's state"));
    Duration deadline =
        map.containsKey("deadlineSinceBootMillis")
            ? Duration.ofMillis(fields.integer("deadlineSinceBootMillis"))
            : null;
    return new EmergencyCase(
        BreakGlass.parse(Base64Url.decode(fields.text("text"))), state, deadline);
  }
}
