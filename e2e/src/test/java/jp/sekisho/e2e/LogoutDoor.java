package jp.sekisho.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An application's address for OpenID Connect Back-Channel Logout. */
final class LogoutDoor implements AutoCloseable {
  private static final String FIELD = "logout_token=";
  private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<String> tokens = new CopyOnWriteArrayList<>();

  LogoutDoor() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/logout",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (body.startsWith(FIELD)) {
            tokens.add(body.substring(FIELD.length()));
          }
          exchange.sendResponseHeaders(tokens.isEmpty() ? 400 : 200, -1);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/logout";
  }

  /**
   * Whether the end of this session was told, as the standard has it (OpenID Connect Back-Channel
   * Logout 1.0, 2.6): by a token that the realm signed for this very application.
   *
   * @param issuer URL of the realm, whose keys are asked for
   * @throws AssertionError when it was told by a token that no application may believe
   */
  boolean heardOf(String session, String issuer, String client) {
    for (String token : tokens) {
      if (part(token, 1).path("sid").asText().equals(session)) {
        check(token, keys(issuer), issuer, client);
        return true;
      }
    }
    return false;
  }

  /** Refuses, by an error, a token that is not signed, not of this issuer or for somebody else. */
  static void check(String token, JsonNode keys, String issuer, String client) {
    JsonNode claims = part(token, 1);
    if (!isSigned(token, keys)
        || !claims.path("iss").asText().equals(issuer)
        || !claims.path("aud").asText().equals(client)
        || claims.path("sub").asText().isEmpty()
        || claims.path("jti").asText().isEmpty()
        || !claims.path("events").has(EVENT)
        || claims.path("exp").asLong() <= claims.path("iat").asLong()
        || claims.has("nonce")) {
      throw new AssertionError("no logout token of " + issuer + " for " + client + ": " + claims);
    }
  }

  private static boolean isSigned(String token, JsonNode keys) {
    JsonNode header = part(token, 0);
    int end = token.lastIndexOf('.');
    try {
      for (JsonNode key : keys.path("keys")) {
        if (header.path("alg").asText().equals("RS256")
            && key.path("kid").asText().equals(header.path("kid").asText())) {
          Signature signature = Signature.getInstance("SHA256withRSA");
          signature.initVerify(
              KeyFactory.getInstance("RSA")
                  .generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e"))));
          signature.update(token.substring(0, end).getBytes(StandardCharsets.US_ASCII));
          return signature.verify(Base64.getUrlDecoder().decode(token.substring(end + 1)));
        }
      }
      return false;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(token, e);
    }
  }

  private static BigInteger number(JsonNode key, String name) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(key.path(name).asText()));
  }

  private static JsonNode part(String token, int index) {
    try {
      return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[index]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode keys(String issuer) {
    try (var in = URI.create(issuer + "/protocol/openid-connect/certs").toURL().openStream()) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
