package jp.sekisho.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.WireJson;
import org.keycloak.Config;

/** A service behind TLS that answers its routes as a test says. */
final class FakeService implements AutoCloseable {
  private static final String ROUTES = "/agent/v1/services/";

  private final HttpsServer server;
  private final TestKeys keys;
  private final Map<String, Function<JsonNode, Object>> routes = new ConcurrentHashMap<>();

  FakeService() throws IOException, GeneralSecurityException, InterruptedException {
    keys = TestKeys.shared();
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(keys.server()));
    server.createContext(ROUTES, this::answer);
    server.start();
  }

  /** {@code answer}: what it makes of the request, a wire record or a {@link Refusal}. */
  void on(String route, Function<JsonNode, Object> answer) {
    routes.put(route, answer);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode asked = new ObjectMapper().readTree(exchange.getRequestBody());
      Object said =
          routes
              .getOrDefault(
                  exchange.getRequestURI().getPath().substring(ROUTES.length()),
                  unknown -> Refusal.NOT_FOUND)
              .apply(asked);
      int status = said instanceof Refusal refusal ? refusal.httpStatus() : 200;
      byte[] body =
          WireJson.write(
              said instanceof Refusal refusal
                  ? RefusalBody.of(refusal, Locale.JAPANESE, Map.of())
                  : said);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** Keycloak's settings for it. */
  Config.Scope scope() {
    Map<String, String> settings =
        Map.of(
            "service",
            "https://localhost:" + server.getAddress().getPort(),
            "certificate",
            keys.certificate().toString(),
            "key",
            keys.key().toString(),
            "trust",
            keys.trust().toString(),
            "realm",
            "city",
            "help-line",
            "1234");
    return Fake.of(
        Config.Scope.class,
        Map.of(
            "get",
            (Fake.Answer)
                asked ->
                    settings.getOrDefault(
                        String.valueOf(asked[0]),
                        asked.length > 1 ? String.valueOf(asked[1]) : null)));
  }

  SekishoService client() throws IOException, GeneralSecurityException {
    return new SekishoService(ServiceSettings.of(scope()));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
