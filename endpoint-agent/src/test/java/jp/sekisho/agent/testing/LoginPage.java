package jp.sekisho.agent.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import jp.sekisho.protocol.LoopbackLogin;
import jp.sekisho.protocol.LoopbackStatus;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;

/** The login page's side of the loopback port. */
public record LoginPage(InetSocketAddress agent) {
  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.getPort() + path))
        .header("Origin", FakeService.ORIGIN)
        .header("Content-Type", "application/json");
  }

  private static HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public @Nullable LoopbackStatus status() {
    HttpResponse<byte[]> response = send(request("/v1/status").GET().build());
    try {
      return response.statusCode() == 200
          ? WireJson.read(response.body(), LoopbackStatus.class)
          : null;
    } catch (jp.sekisho.protocol.MalformedException e) {
      throw new AssertionError(e);
    }
  }

  public PostedAnswer login(String transaction) throws Exception {
    HttpResponse<byte[]> response =
        send(
            request("/v1/login")
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        WireJson.write(new LoopbackLogin(transaction, null))))
                .build());
    assertEquals(200, response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
    return WireJson.read(response.body(), PostedAnswer.class);
  }
}
