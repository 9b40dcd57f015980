package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Requests made to harm the service or the browser that reads its answer; nobody has logged in. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileRequestsTest {
  private static final String ASK = "/authn/v1/transactions";

  private RunningServer server;
  private HttpClient client;
  private String origin;

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.start();
    client = HttpClient.newHttpClient();
    origin = server.settings.originTexts().get(0);
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    server.close();
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(origin + path)).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> post(String path, byte[] body, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin + path))
            .header("Content-Type", "application/json")
            .header("Origin", origin)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private Socket open() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.settings.peoplePort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private String head(String method, String path) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: "
        + URI.create(origin).getAuthority()
        + "\r\nOrigin: "
        + origin
        + "\r\nContent-Type: application/json\r\n";
  }

  @Test
  @DisplayName("clickjacking: no answer may stand in anybody's frame")
  void frames() throws Exception {
    for (String path : List.of("/", "/nothing-here", "/probe/fail/unforeseen")) {
      String policy = get(path).headers().firstValue("Content-Security-Policy").orElse("").strip();
      assertTrue(policy.contains("frame-ancestors 'none';"), path + " " + policy);
      assertFalse(policy.contains("unsafe"), path + " " + policy);
    }
  }

  @Test
  @DisplayName("header injection: no line break of a request reaches a header of its answer")
  void headers() throws Exception {
    for (String path :
        List.of(
            "/?lang=ja%0d%0aSet-Cookie:%20stolen=1",
            "/%0d%0aSet-Cookie:%20stolen=1",
            "/relying/%0d%0aSet-Cookie:%20stolen=1",
            "/people?q=%0d%0aSet-Cookie:%20stolen=1",
            "/sessions?after=%0aSet-Cookie:%20stolen=1")) {
      HttpResponse<byte[]> answer = get(path);
      assertTrue(answer.statusCode() < 500, path + " " + answer.statusCode());
      assertFalse(answer.headers().map().toString().contains("stolen"), path);
    }
    for (String smuggled : List.of("Host: evil.example\r\n", "Origin: https://evil.example\r\n")) {
      try (Socket socket = open()) {
        socket
            .getOutputStream()
            .write(
                bytes(
                    head("POST", ASK)
                        + smuggled
                        + "Content-Length: 2\r\nConnection: close\r\n\r\n{}"));
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
      }
    }
  }

  @Test
  @DisplayName("a body that says two lengths, or a length and chunks, is refused and not half read")
  void smuggling() throws IOException {
    for (String lengths :
        List.of(
            "Content-Length: 2\r\nContent-Length: 40\r\n",
            "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
            "Content-Length: 2, 2\r\n",
            "Content-Length: +2\r\n")) {
      try (Socket socket = open()) {
        socket
            .getOutputStream()
            .write(
                bytes(
                    head("POST", ASK)
                        + lengths
                        + "Connection: close\r\n\r\n{}GET /health HTTP/1.1\r\n\r\n"));
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(answer.startsWith("HTTP/1.1 400 "), lengths + answer);
        assertFalse(answer.substring(9).contains("HTTP/1.1 "), "one answer: " + answer);
      }
    }
  }

  @Test
  @DisplayName("zip bomb: a packed body is refused, however small it arrives")
  void packed() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < 64; i++) {
        out.write(new byte[1 << 20]);
      }
    }
    for (String encoding : List.of("gzip", "deflate", "br", "zstd", "identity", "gzip, gzip")) {
      assertEquals(
          Refusal.INPUT_MALFORMED,
          Agent.refusal(post(ASK, bomb.toByteArray(), Map.of("Content-Encoding", encoding))),
          encoding);
    }
  }

  @Test
  @DisplayName("deep, endless, double and oversized JSON is malformed input and nothing worse")
  void json() throws Exception {
    for (String hostile :
        List.of(
            "[".repeat(60_000),
            "{\"purpose\":".repeat(4_000),
            "{\"purpose\":\"login\",\"purpose\":\"approve\"}",
            "{\"purpose\":\"login\"}{\"purpose\":\"approve\"}",
            "{\"purpose\":" + "9".repeat(50_000) + "}",
            "{\"" + "n".repeat(50_000) + "\":1}",
            "{\"purpose\":1e999999999}",
            "{\"purpose\":[\"login\"]}",
            "{\"purpose\":\"\\ud800\"}",
            "\u0000",
            "")) {
      assertEquals(
          Refusal.INPUT_MALFORMED,
          Agent.refusal(post(ASK, hostile.getBytes(StandardCharsets.UTF_8), Map.of())),
          hostile.substring(0, Math.min(40, hostile.length())));
    }
    assertEquals(
        Refusal.INPUT_TOO_LARGE, Agent.refusal(post(ASK, new byte[64 * 1024 + 1], Map.of())));
  }

  @Test
  @DisplayName("slow requests: three hundred that never end keep nobody else waiting")
  void slow() throws Exception {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        Socket socket = open();
        open.add(socket);
        socket
            .getOutputStream()
            .write(
                bytes(
                    i % 2 == 0
                        ? head("GET", "/log").substring(0, 40)
                        : head("POST", ASK) + "Content-Length: 60000\r\n\r\n{"));
      }
      long before = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        assertEquals(200, get("/").statusCode());
      }
      Duration taken = Duration.ofNanos(System.nanoTime() - before);
      assertTrue(taken.compareTo(Duration.ofSeconds(10)) < 0, taken.toString());
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}
