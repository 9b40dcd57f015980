package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jp.sekisho.server.webauthn.PasskeyModels;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The buttons for passkeys, on the login page and on the lock over every other page. */
final class PasskeyButtonTest {
  private static final String MODEL = "ee882879-721c-4913-9775-3dfcce97072a.pem";

  @TempDir Path directory;

  private void assertButtons(boolean expected, boolean trial, Path models) {
    Pages pages =
        new Pages(
            new Pages.Settings(trial, "http://127.0.0.1:47621", "内線 1234"),
            new PasskeyModels(models)::listsAny,
            new Pages.Rights(_ -> false, _ -> false, _ -> 0, _ -> false, _ -> 0, () -> false));
    HttpRequest<?> request = HttpRequest.GET("/");
    Frame frame = pages.frame(request);
    LogPage locked = new LogPage(frame, "記録", "100042", "T-0042", null);
    assertEquals(expected, isOffered(pages, request, "login.jte", "frame", frame, "login-button"));
    assertEquals(expected, isOffered(pages, request, "log.jte", "page", locked, "unlock-button"));
  }

  /** Whether the page has a button for passkeys beside the one for cards. */
  private static boolean isOffered(
      Pages pages,
      HttpRequest<?> request,
      String template,
      String name,
      Object parameter,
      String card) {
    byte[] body = pages.page(HttpStatus.OK, request, template, name, parameter).body();
    String page = new String(body == null ? new byte[0] : body, StandardCharsets.UTF_8);
    assertEquals(2, page.split("id=\"" + card + "\"", -1).length, page);
    return page.contains("passkey-button\"");
  }

  @Test
  @DisplayName("where no model is listed there is no button that can only end in a refusal")
  void noModel() throws IOException {
    assertButtons(false, false, directory.resolve("absent"));
    assertButtons(false, false, directory);
    Files.writeString(directory.resolve("README"), "model: none\n");
    Files.writeString(directory.resolve("key.pem"), "model: not by its AAGUID\n");
    assertButtons(false, false, directory);
  }

  @Test
  @DisplayName("a listed model brings the buttons, at once, and so does a trial without a list")
  void listedOrTrial() throws IOException {
    Files.writeString(directory.resolve(MODEL), "model: Example Key\n");
    assertButtons(true, false, directory);
    assertButtons(true, true, directory.resolve("absent"));
  }
}
