package jp.sekisho.policy.source;

import java.io.PrintWriter;
import java.util.Locale;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a command says its result: lines for people, or one JSON object and nothing else.
 *
 * @param out standard output
 * @param messages the language of the lines
 * @param json whether JSON was asked for
 */
record Output(PrintWriter out, Messages messages, boolean json) {
  // ASCII only, so that no terminal's or pipe's encoding can break it.
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /** A new empty object for {@link #result}. */
  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** A new object for {@link #result}. */
  static ObjectNode object(String result) {
    return MAPPER.createObjectNode().put("result", result);
  }

  /** Prints {@code object} if JSON was asked for, else runs {@code lines}. */
  void result(ObjectNode object, Runnable lines) {
    if (json) {
      out.println(MAPPER.writeValueAsString(object));
    } else {
      lines.run();
    }
    out.flush();
  }

  /** A line of text. */
  void line(String line) {
    out.println(line);
  }

  private static String code(InputFile.UnreadableException e) {
    return e.key().replace("error.", "").replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** Says why not, by a stable code and the message of {@code key}; returns the exit code. */
  int refused(String code, String key, String argument) {
    String text = messages.text(key, argument);
    result(object("refused").put("code", code).put("text", text), () -> line(code + ": " + text));
    return Exit.REFUSED.code();
  }

  /** Says that a file gave nothing, and returns the exit code for it. */
  int unreadable(InputFile.UnreadableException e) {
    ObjectNode object =
        object(e.exit() == Exit.ENVIRONMENT ? "error" : "refused")
            .put("code", code(e))
            .put("file", e.argument());
    result(object, () -> line(messages.text(e.key(), e.argument())));
    return e.exit().code();
  }
}
