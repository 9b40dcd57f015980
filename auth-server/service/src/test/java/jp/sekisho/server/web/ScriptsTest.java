package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the scripts of the pages may use, read from their text. */
class ScriptsTest {
  private static final Path STATIC = Path.of("src", "main", "resources", "static");

  /** All that is read of it; an element of such a name would take its place. */
  private static final Set<String> OF_DOCUMENT =
      Set.of(
          "addEventListener",
          "body",
          "createElement",
          "documentElement",
          "getElementById",
          "hasFocus",
          "hidden",
          "querySelector",
          "querySelectorAll");

  private static List<Path> files(Path directory, String ending) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static List<Path> scripts() throws IOException {
    return files(STATIC, ".js");
  }

  @Test
  void noScriptReadsANameThatAnElementCouldTakeOver() throws IOException {
    Set<String> used = new TreeSet<>();
    for (Path file : scripts()) {
      String text = Files.readString(file);
      assertTrue(
          text.contains("\"use strict\";"), file + ": an undeclared name is no element's id");
      Matcher of = Pattern.compile("\\bdocument\\s*(?:\\.\\s*(\\w+)|\\[)").matcher(text);
      while (of.find()) {
        used.add(String.valueOf(of.group(1)));
      }
    }
    used.removeAll(OF_DOCUMENT);
    assertEquals(Set.of(), used);

    Set<String> taken = new TreeSet<>();
    for (Path file : files(Path.of("src", "main", "jte"), ".jte")) {
      Matcher named =
          Pattern.compile("\\s(?:id|name)=\"([^\"]*)\"").matcher(Files.readString(file));
      while (named.find()) {
        taken.add(String.valueOf(named.group(1)));
      }
    }
    assertTrue(taken.contains("login-button"), "names were found");
    taken.retainAll(OF_DOCUMENT);
    assertEquals(Set.of(), taken);
  }

  /** Classic scripts of one page share their names: declared twice, the later one never runs. */
  @Test
  void noScriptDeclaresANameOfTheOneThatEveryPageHas() throws IOException {
    Path everywhere = STATIC.resolve("sekisho.js");
    Set<String> known = declared(everywhere);
    assertTrue(known.contains("byId"), known.toString());
    for (Path file : scripts()) {
      Set<String> twice = declared(file);
      twice.retainAll(known);
      assertTrue(twice.isEmpty() || file.equals(everywhere), file + " " + twice);
    }
  }

  private static Set<String> declared(Path script) throws IOException {
    Set<String> names = new TreeSet<>();
    Matcher declared =
        Pattern.compile("^(?:const|let|class|(?:async )?function) (\\w+)", Pattern.MULTILINE)
            .matcher(Files.readString(script));
    while (declared.find()) {
      names.add(String.valueOf(declared.group(1)));
    }
    return names;
  }

  @Test
  void textIsNeverReadAsMarkupOrCodeAndNothingIsKeptInTheBrowser() throws IOException {
    Pattern markup =
        Pattern.compile(
            "innerHTML|outerHTML|insertAdjacent|setHTML|DOMParser|createContextualFragment"
                + "|\\beval\\b|\\bFunction\\(|document\\.write|setTimeout\\(\\s*[\"'`]"
                + "|localStorage|sessionStorage|indexedDB|document\\.cookie|postMessage");
    for (Path file : scripts()) {
      assertFalse(markup.matcher(Files.readString(file)).find(), file.toString());
    }
  }
}
