package jp.sekisho.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An application's address for OpenID Connect Back-Channel Logout. */
final class LogoutDoor implements AutoCloseable {
  private static final String FIELD = "logout_token=";

  private final HttpServer server;
  private final List<JsonNode> tokens = new CopyOnWriteArrayList<>();

  LogoutDoor() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/logout",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (body.startsWith(FIELD)) {
            tokens.add(
                new ObjectMapper()
                    .readTree(
                        Base64.getUrlDecoder()
                            .decode(body.substring(FIELD.length()).split("\\.", -1)[1])));
          }
          exchange.sendResponseHeaders(tokens.isEmpty() ? 400 : 200, -1);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/logout";
  }

  /** Whether the end of this session was told, as the standard has it. */
  boolean heardOf(String session) {
    return tokens.stream()
        .anyMatch(token ->
            token.path("sid").asText().equals(session)
                && token.path("events").has("http://schemas.openid.net/event/backchannel-logout"));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
