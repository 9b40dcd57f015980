package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.audit.Resumption;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.RowSeal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The log page of an installation whose database was restored: two generations, one border. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GenerationsPageTest {
  private static final String AUDITOR = "100007";

  @SuppressWarnings("NullAway.Init") // by start()
  private DeskScene scene;

  @BeforeAll
  void start(@TempDir Path root) throws Exception {
    scene = new DeskScene(root, GenerationsPageTest::restore);
  }

  @AfterAll
  void stop() {
    scene.close();
  }

  /** Three entries of somebody, then one that the backup does not have. */
  private static void restore(DataDirectory directory, ServiceConfig config, Clock clock)
      throws IOException {
    Path backup = directory.root().resolve("backup.db");
    write(directory, config, clock, 3);
    Files.copy(directory.database(), backup);
    write(directory, config, clock, 1);
    Files.move(backup, directory.database(), StandardCopyOption.REPLACE_EXISTING);
    try (var database = Installation.database(directory, config);
        Resumption resumption =
            Resumption.begin(
                    database,
                    directory.keys(),
                    new RowSeal(Files.readAllBytes(directory.rowKey())),
                    clock,
                    Duration.ZERO)
                .orElseThrow()) {
      assertInstanceOf(Resumption.Outcome.Opened.class, resumption.resume("mayor", List.of()));
    }
  }

  private static void write(DataDirectory directory, ServiceConfig config, Clock clock, int entries)
      throws IOException {
    try (Installation installation = Installation.open(directory, config, clock)) {
      for (int i = 0; i < entries; i++) {
        var _ =
            installation
                .transactions()
                .write(change ->
                    change.record(
                        Entry.Subject.person("mayor", DeskScene.CLERK),
                        new SessionEvent.Resumed()));
      }
      installation.logs().integrateNow();
    }
  }

  @Test
  void thePageSaysWhereTheBorderIsAndAsksTheSameOfTheOtherSide() throws Exception {
    Token auditor = scene.session(AUDITOR);
    scene.installation.logs().integrateNow();
    String question = "&person=" + DeskScene.CLERK + "&event=session.resumed&lang=en";
    String page = scene.get("/log?" + question.substring(1), auditor).body();
    assertTrue(page.contains("id=\"generations-border\""), page);
    assertTrue(page.contains("Of the 4 entries that were signed in the one before, 3 are"), page);
    assertFalse(page.contains("data-type=\"session.resumed\""), "they are beyond the border");
    String link = "/log?person=100042&amp;event=session.resumed&amp;generation=1";
    assertTrue(page.contains("id=\"earlier-link\" rel=\"next\" href=\"" + link), page);

    String closed = scene.get("/log?generation=1" + question, auditor).body();
    assertEquals(3, closed.split("data-type=\"session.resumed\"", -1).length - 1, closed);
    assertTrue(closed.contains("name=\"generation\" value=\"1\""), "the form stays there");
    assertFalse(closed.contains("id=\"hold-form\""), "nothing is held in a closed one");
    assertEquals(
        404, scene.get("/log?generation=3", auditor).statusCode(), "there is no such generation");
  }

  @Test
  void programsAndExportsNameTheGenerationAndTheLogSaysWhich() throws Exception {
    Token auditor = scene.session(AUDITOR);
    scene.installation.logs().integrateNow();
    String search = "/api/v1/log/search?log=mayor&event=session.resumed";
    assertTrue(
        scene.get(search, auditor).body().startsWith("{\"log\":\"mayor\",\"generation\":2,"));
    String found = scene.get(search + "&generation=1", auditor).body();
    assertTrue(found.startsWith("{\"log\":\"mayor\",\"generation\":1,"), found);
    assertTrue(found.contains("{\"index\":2,"), found);
    HttpResponse<String> lines =
        scene.get("/api/v1/log/export.jsonl?log=mayor&generation=1", auditor);
    assertEquals(3, lines.body().lines().count());
    assertTrue(
        lines.headers().firstValue("Content-Disposition").orElse("").contains("sekisho-mayor-1-3."),
        lines.headers().toString());
    assertEquals(
        Refusal.NOT_FOUND,
        DeskScene.refusal(scene.get("/api/v1/log/export?log=mayor&generation=9", auditor)));
    String tile = "/log/mayor/1/tile/entries/000.p/1";
    assertEquals(200, scene.get(tile, auditor).statusCode());
    scene.installation.logs().integrateNow();
    String seen = scene.get("/api/v1/log/export.jsonl?log=mayor", auditor).body();
    assertTrue(seen.contains("\"scope\":\"mayor@1\""), seen);
    assertTrue(seen.contains("\"from\":0,\"scope\":\"mayor@1\",\"to\":0"), seen);
  }
}
