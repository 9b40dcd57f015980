package jp.sekisho.smartcard.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * Runs one command many times in one process: a JSON array of its arguments per line in, its JSON
 * answer with the exit code per line out, in the same order.
 */
final class Batch {
  private Batch() {}

  /** A command that answers with values instead of printing them. */
  interface Answering {
    Answer answer();
  }

  /** What a command would print, and exit with. */
  record Answer(Map<String, Object> values, int exit) {}

  /** Reads lines until the input ends; empty ones are passed over. */
  static int run(String name, Supplier<? extends Answering> command, PrintWriter out)
      throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (!line.isBlank()) {
        Answer answer = answer(name, command, line);
        Map<String, Object> values = new LinkedHashMap<>(answer.values());
        values.put("exit", answer.exit());
        Output.print(out, Json.of(values));
      }
    }
    return Output.OK;
  }

  private static Answer answer(String name, Supplier<? extends Answering> command, String line) {
    try {
      List<String> arguments = new ArrayList<>(JsonStrings.parse(line));
      if (!arguments.isEmpty() && arguments.get(0).equals(name)) {
        arguments.remove(0);
      }
      Answering one = command.get();
      new CommandLine(one).parseArgs(arguments.toArray(String[]::new));
      return one.answer();
    } catch (CommandLine.ParameterException | IllegalArgumentException e) {
      return unusable(String.valueOf(e.getMessage()));
    }
  }

  /** Input that cannot be judged at all. */
  static Answer unusable(String reason) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("valid", false);
    values.put("reason", reason);
    values.put("clause", "input");
    return new Answer(values, Output.USAGE);
  }
}
