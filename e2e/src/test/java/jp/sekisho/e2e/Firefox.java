package jp.sekisho.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.bidi.Command;
import org.openqa.selenium.bidi.Connection;
import org.openqa.selenium.remote.http.ClientConfig;
import org.openqa.selenium.remote.http.HttpClient;

/**
 * A headless Firefox with a fresh profile, driven by WebDriver BiDi, which it speaks itself: Debian
 * has no geckodriver. It knows what a page without a server needs, no more.
 */
final class Firefox implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/firefox-esr");
  private static final Pattern LISTENS = Pattern.compile("WebDriver BiDi listening on (ws://\\S+)");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Programs programs;
  private final Process process;
  private final HttpClient client;
  private final Connection connection;
  private final String context;

  private Firefox(Programs programs, Process process, String url) {
    this.programs = programs;
    this.process = process;
    this.client =
        HttpClient.Factory.createDefault()
            .createClient(ClientConfig.defaultConfig().baseUri(URI.create(url)));
    this.connection = new Connection(client, url);
    Map<String, Object> _ = send("session.new", Map.of("capabilities", Map.of()));
    Map<String, Object> tree = send("browsingContext.getTree", Map.of());
    this.context = text(first(tree, "contexts"), "context");
  }

  /** Starts it; its profile and its log lie in {@code directory}. */
  static Firefox open(Path directory) throws IOException {
    if (!Files.isExecutable(PROGRAM)) {
      throw new AssertionError("Firefox is missing: apt-get install firefox-esr");
    }
    Path home = Files.createDirectories(directory.resolve("firefox"));
    Programs programs = new Programs(home, Map.of("HOME", home.toString(), "MOZ_HEADLESS", "1"));
    Process process =
        programs.start(
            "firefox",
            List.of(
                PROGRAM.toString(),
                "--headless",
                "--no-remote",
                "--profile",
                Files.createDirectories(home.resolve("profile")).toString(),
                "--remote-debugging-port",
                "0"));
    programs.awaitReady("firefox", process, LIMIT, () -> address(programs).find());
    Matcher address = address(programs);
    boolean _ = address.find();
    return new Firefox(programs, process, address.group(1) + "/session");
  }

  private static Matcher address(Programs programs) {
    try {
      return LISTENS.matcher(Files.readString(programs.log("firefox"), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, Object> send(String method, Map<String, Object> parameters) {
    Map<String, @Nullable Object> sent = new HashMap<>(parameters);
    return connection.sendAndWait(new Command<Map<String, Object>>(method, sent, Map.class), LIMIT);
  }

  /** Goes to a page and waits until it is loaded. */
  void go(String url) {
    Map<String, Object> _ =
        send(
            "browsingContext.navigate", Map.of("context", context, "url", url, "wait", "complete"));
  }

  /** Runs a script in the page and returns its value as text. */
  String script(String script) {
    Map<String, Object> answer =
        send(
            "script.evaluate",
            Map.of(
                "expression",
                "String((() => { " + script + " })())",
                "target",
                Map.of("context", context),
                "awaitPromise",
                false,
                "userActivation",
                true));
    if (!text(answer, "type").equals("success")) {
      throw new AssertionError(script + ": " + answer);
    }
    return text(map(Objects.requireNonNull(answer.get("result"))), "value");
  }

  /** Chooses a file in a file field. */
  void choose(String id, Path file) {
    Map<String, Object> found =
        send(
            "browsingContext.locateNodes",
            Map.of("context", context, "locator", Map.of("type", "css", "value", "#" + id)));
    String element = text(first(found, "nodes"), "sharedId");
    Map<String, Object> _ =
        send(
            "input.setFiles",
            Map.of(
                "context",
                context,
                "element",
                Map.of("sharedId", element),
                "files",
                List.of(file.toAbsolutePath().toString())));
  }

  private static Map<String, Object> first(Map<String, Object> map, String name) {
    List<?> all = (List<?>) Objects.requireNonNull(map.get(name), name);
    return map(Objects.requireNonNull(all.getFirst()));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  private static String text(Map<String, Object> map, String name) {
    return String.valueOf(map.get(name));
  }

  @Override
  public void close() {
    connection.close();
    client.close();
    Programs.stop(process);
    programs.close();
  }
}
