package jp.sekisho.policy.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One run of the program within the test's JVM.
 *
 * @param exit exit code
 * @param out standard output
 * @param err standard error
 */
record Program(int exit, String out, String err) {
  /** The profiles that are shipped. */
  static final Path PROFILES = Path.of("..", "profiles");

  static Program run(String... arguments) {
    return runWithInput("", arguments);
  }

  static Program runWithInput(String input, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        PolicyCommand.run(
            arguments,
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            new PrintWriter(out),
            new PrintWriter(err));
    return new Program(exit, out.toString(), err.toString());
  }

  /** Standard output, which must be one JSON value and nothing else. */
  JsonNode json() {
    return JsonMapper.builder().build().readTree(out);
  }
}
