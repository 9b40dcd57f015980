package jp.sekisho.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.server.config.BackupList;
import jp.sekisho.server.listener.Listeners;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shaded jar as it is delivered: init, serve, console beside it, SIGTERM, SIGKILL, recovery.
 */
class ServerJarIT {
  private static final Path JAR = Path.of("target", "sekisho-server.jar").toAbsolutePath();
  private static final int SIGTERM_EXIT = 143;

  @TempDir Path directory;

  private ProcessBuilder command(List<String> args) {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString()));
    line.addAll(args);
    return new ProcessBuilder(line).redirectError(directory.resolve("stderr").toFile());
  }

  private String run(String... args) throws Exception {
    Process process = command(List.of(args)).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> stderr());
    return out;
  }

  private String stderr() {
    try {
      return Files.readString(directory.resolve("stderr"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Process serve(String data, List<String> ports) throws Exception {
    Process process =
        command(List.of("serve", "--data", data, "--json"))
            .redirectError(directory.resolve("serve.err").toFile())
            .start();
    BufferedReader lines = process.inputReader();
    for (int i = 0; i < 2; i++) {
      String line = lines.readLine();
      if (line == null) {
        Assertions.fail(Files.readString(directory.resolve("serve.err")));
      }
      ports.add(line);
    }
    return process;
  }

  @Test
  @Timeout(300)
  void servesWithTheConsoleBesideItAndSurvivesBeingKilled() throws Exception {
    String data = directory.resolve("data").toString();
    int people = Listeners.freePort();
    String origin = "http://localhost:" + people;
    run(
        "init",
        "--data",
        data,
        "--organ",
        "mayor:市長部局",
        "--origin",
        origin,
        "--agents-host",
        "localhost",
        "--trial",
        "--people-port",
        String.valueOf(people),
        "--agents-port",
        "0",
        "--help-line",
        "内線 1");
    Path csv = directory.resolve("p.csv");
    Files.writeString(
        csv,
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        S1,山田 花子,mayor,J01,住民課,主事,2026-04-01,,CLERK
        """);
    List<String> ports = new ArrayList<>();
    Process killed = serve(data, ports);
    try {
      assertEquals("{\"port\":\"people\",\"url\":\"" + origin + "\"}", ports.get(0));
      assertTrue(ports.get(1).startsWith("{\"port\":\"agents\",\"url\":\"https://localhost:"));
      HttpResponse<String> health =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(origin + "/health")).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertEquals(200, health.statusCode(), health.body());
      assertEquals("{\"status\":\"up\"}", health.body());
      run("person", "import", csv.toString(), "--data", data);
    } finally {
      killed.destroyForcibly().waitFor();
    }
    Process stopped = serve(data, ports);
    stopped.destroy();
    assertTrue(stopped.waitFor(60, TimeUnit.SECONDS));
    assertEquals(SIGTERM_EXIT, stopped.exitValue());
    BackupList.requireNames(Path.of(data), Path.of(data));

    Path bundle = directory.resolve("system.zip");
    run("log", "export", "--log", "system", "--out", bundle.toString(), "--data", data);
    VerifierKey key =
        VerifierKey.parse(run("log", "key", "--log", "system", "--data", data).strip());
    assertTrue(
        new BundleVerifier(new TrustedKeys(key, List.of()), true).verify(bundle)
            instanceof Verification.Verified);
    try (var zip = new java.util.zip.ZipFile(bundle.toFile())) {
      String entries =
          new String(
              zip.getInputStream(zip.getEntry("entries.jsonl")).readAllBytes(),
              StandardCharsets.UTF_8);
      List<String> types =
          entries
              .lines()
              .map(line -> line.replaceAll(".*\"type\":\"([a-z.-]+)\".*", "$1"))
              .toList();
      assertEquals(
          List.of(
              "service.initialised",
              "setup.code-made",
              "service.started",
              "person.order-applied",
              "service.started",
              "service.stopped"),
          types);
    }
  }
}
