package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micronaut.web.router.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jp.sekisho.server.terminal.RunningServer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code docs/openapi.json} describes every route that the router has, and no other. */
final class OpenApiTest {
  @Test
  @DisplayName("every route of both ports is described, and none that does not exist")
  void routes() throws Exception {
    Set<String> routed;
    try (RunningServer server = RunningServer.startAt(Instant.parse("2026-11-21T00:00:00Z"))) {
      routed =
          server
              .context
              .getBean(Router.class)
              .uriRoutes()
              .map(route ->
                  route.getHttpMethodName()
                      + " "
                      + OpenApi.path(route.getUriMatchTemplate().toPathString()))
              .filter(route -> !route.contains("/probe") && !route.startsWith("OPTIONS "))
              .filter(route -> !route.startsWith("HEAD "))
              .collect(Collectors.toCollection(TreeSet::new));
    }
    assertEquals(
        routed,
        ApiRoutes.all().stream()
            .map(route -> route.method() + " " + route.path())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  @DisplayName(
      "what the document calls open is open, but for the first start's routes and the agents' port")
  void open() {
    for (ApiRoutes.Route route : ApiRoutes.all()) {
      if (route.path().startsWith("/agent/")) {
        continue;
      }
      boolean anybody = route.who() == ApiRoutes.Who.ANYBODY && !route.path().contains("/setup");
      String path =
          route
              .path()
              .replace("{file}", "page.css")
              .replaceAll("\\{(question|id)}", "A".repeat(22))
              .replace("{log}", "mayor")
              .replace("{generation}", "1")
              .replace("{rest}", "0/000");
      assertEquals(anybody, SessionFilter.isOpen(path), path);
    }
  }

  @Test
  @DisplayName("the file is what the routes and the wire records make of it")
  void document() throws IOException {
    Path made = Path.of("target", "openapi.json");
    Files.writeString(made, OpenApi.document());
    assertEquals(-1, Files.mismatch(made, OpenApi.FILE), "copy " + made + " to " + OpenApi.FILE);
  }
}
