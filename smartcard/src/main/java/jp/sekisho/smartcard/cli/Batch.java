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
import picocli.CommandLine.Model.OptionSpec;

/**
 * Runs one command many times in one process: a JSON array of its arguments per line in, its JSON
 * answer with the exit code per line out, in the same order.
 */
final class Batch {
  private static final String BATCH = "--batch";

  private Batch() {}

  /** A command that answers with values instead of printing them. */
  interface Answering {
    Answer answer();
  }

  /** What a command would print, and exit with. */
  record Answer(Map<String, Object> values, int exit) {}

  /**
   * Reads lines until the input ends; empty ones are passed over.
   *
   * @throws CommandLine.ParameterException if the command was given anything a line does not get
   */
  static int run(CommandLine asked, Supplier<? extends Answering> command) throws IOException {
    String name = asked.getCommandName();
    List<String> others = others(name, asked.getParseResult().originalArgs());
    if (!others.isEmpty()) {
      throw new CommandLine.ParameterException(
          asked, "--batch takes each line's arguments from the line, not " + others);
    }
    PrintWriter out = asked.getOut();
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

  /** The words of a command line that would go unheard with {@code --batch}. */
  private static List<String> others(String name, List<String> words) {
    List<String> others = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals(Language.OPTION)) {
        i++;
      } else if (!word.startsWith(Language.OPTION + "=")
          && !List.of(name, BATCH, "--json").contains(word)) {
        others.add(word);
      }
    }
    return others;
  }

  private static Answer answer(String name, Supplier<? extends Answering> command, String line) {
    try {
      List<String> arguments = new ArrayList<>(JsonStrings.parse(line));
      if (!arguments.isEmpty() && arguments.get(0).equals(name)) {
        arguments.remove(0);
      }
      if (arguments.contains(BATCH)) {
        return unusable(BATCH + " within a line");
      }
      Answering one = command.get();
      CommandLine parser = new CommandLine(one);
      // The root's, which every command has; the answers are in no language.
      parser
          .getCommandSpec()
          .addOption(
              OptionSpec.builder(Language.OPTION)
                  .type(Language.class)
                  .converters(new Language.Converter())
                  .build());
      parser.parseArgs(arguments.toArray(String[]::new));
      return one.answer();
    } catch (CommandLine.ParameterException | IllegalArgumentException e) {
      return unusable(String.valueOf(e.getMessage()));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return internal(e);
    }
  }

  /** Input we stumbled over: the lines after it are still answered. */
  static Answer internal(Throwable cause) {
    return unusable("INTERNAL " + cause);
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
