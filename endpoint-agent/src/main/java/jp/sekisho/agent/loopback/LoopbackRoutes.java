package jp.sekisho.agent.loopback;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.LoopbackLogin;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * The three routes of the loopback port, for callers that the {@link Gate} let pass. Thread-safe.
 */
final class LoopbackRoutes {
  /** Largest body read. A {@link LoopbackLogin} has some fifty bytes. */
  static final int MAX_BODY_BYTES = 4 * 1024;

  private static final System.Logger LOG = System.getLogger(LoopbackRoutes.class.getName());
  private static final String STATUS = "/v1/status";
  private static final String LOGIN = "/v1/login";
  private static final String PASSKEY = "/v1/passkey";

  /**
   * An answer with a body.
   *
   * @param body a record of the wire
   */
  private record Reply(int status, Object body) {}

  private final LoopbackCalls calls;
  private final Supplier<String> help;
  private final Set<Integer> uidsLoggingIn = ConcurrentHashMap.newKeySet();

  LoopbackRoutes(LoopbackCalls calls, Supplier<String> help) {
    this.calls = calls;
    this.help = help;
  }

  /** Answers one exchange; the caller closes it. */
  void serve(HttpExchange exchange, Gate.Passage passage) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Vary", "Origin");
    Locale locale = Languages.of(exchange.getRequestHeaders().get("Accept-Language"));
    Optional<Reply> answer =
        passage.match(
            preflight -> preflight(exchange, preflight, locale),
            admitted -> {
              headers.set("Access-Control-Allow-Origin", admitted.origin());
              return Optional.of(answer(exchange, admitted, locale));
            },
            stopped -> {
              stopped
                  .readableBy()
                  .ifPresent(origin -> headers.set("Access-Control-Allow-Origin", origin));
              return Optional.of(refusal(stopped.reason(), locale, null, null));
            });
    if (answer.isEmpty()) {
      exchange.sendResponseHeaders(204, -1);
      return;
    }
    Reply reply = answer.get();
    headers.set("Content-Type", "application/json");
    byte[] body = WireJson.write(reply.body());
    exchange.sendResponseHeaders(reply.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  /** Empty stands for an answer without a body. */
  private Optional<Reply> preflight(
      HttpExchange exchange, Gate.Passage.Preflight preflight, Locale locale) {
    String path = exchange.getRequestURI().getPath();
    if (!STATUS.equals(path) && !LOGIN.equals(path) && !PASSKEY.equals(path)) {
      return Optional.of(refusal(Refusal.NOT_FOUND, locale, null, null));
    }
    Headers headers = exchange.getResponseHeaders();
    headers.set("Access-Control-Allow-Origin", preflight.origin());
    headers.set("Access-Control-Allow-Methods", "GET, POST");
    headers.set("Access-Control-Allow-Headers", "content-type");
    headers.set("Access-Control-Allow-Private-Network", "true");
    return Optional.empty();
  }

  private Reply answer(HttpExchange exchange, Gate.Passage.Admitted caller, Locale locale) {
    try {
      String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      return switch (request) {
        case "GET " + STATUS -> new Reply(200, calls.status(caller.seat(), locale));
        case "POST " + LOGIN -> asked(exchange, locale, body -> login(body, caller, locale));
        case "POST " + PASSKEY -> asked(exchange, locale, body -> passkey(body, caller, locale));
        default -> refusal(Refusal.NOT_FOUND, locale, null, null);
      };
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a loopback request failed", e);
      return refusal(Refusal.INTERNAL, locale, null, null);
    }
  }

  private Reply asked(HttpExchange exchange, Locale locale, Function<LoopbackLogin, Reply> route) {
    LoopbackLogin request;
    try {
      if (!isJson(exchange.getRequestHeaders().get("Content-Type"))) {
        return refusal(Refusal.INPUT_MALFORMED, locale, null, null);
      }
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
      if (body.length > MAX_BODY_BYTES) {
        return refusal(Refusal.INPUT_TOO_LARGE, locale, null, null);
      }
      request = WireJson.read(body, LoopbackLogin.class);
      requireTransaction(request);
    } catch (MalformedException | IOException e) {
      return refusal(Refusal.INPUT_MALFORMED, locale, null, null);
    }
    return route.apply(request);
  }

  private Reply passkey(LoopbackLogin request, Gate.Passage.Admitted caller, Locale locale) {
    return calls
        .vouch(caller.seat(), caller.origin(), request)
        .match(
            vouched -> new Reply(200, vouched.voucher()),
            refused -> refusal(refused.reason(), locale, null, null));
  }

  private Reply login(LoopbackLogin request, Gate.Passage.Admitted caller, Locale locale) {
    Seat seat = caller.seat();
    if (!uidsLoggingIn.add(seat.uid())) {
      return refusal(Refusal.CARD_BUSY, locale, null, null);
    }
    try {
      return calls
          .login(seat, caller.origin(), request, locale)
          .match(
              answered -> new Reply(200, new PostedAnswer(answered.opaqueAnswer())),
              refused ->
                  refusal(refused.reason(), locale, refused.triesLeft(), refused.readerName()));
    } finally {
      uidsLoggingIn.remove(seat.uid());
    }
  }

  private static void requireTransaction(LoopbackLogin request) throws MalformedException {
    // A record's component is null when its name is absent from the JSON.
    @Nullable String transaction = request.transaction();
    if (transaction == null) {
      throw new MalformedException("no transaction");
    }
    Base64Url.decode(transaction, 16);
  }

  private static boolean isJson(@Nullable List<String> contentType) {
    return contentType != null
        && contentType.size() == 1
        && contentType.get(0).split(";", 2)[0].strip().equalsIgnoreCase("application/json");
  }

  private Reply refusal(
      Refusal reason, Locale locale, @Nullable Integer triesLeft, @Nullable String readerName) {
    Map<String, String> values = new HashMap<>();
    values.put("help", help.get());
    if (triesLeft != null) {
      values.put("tries", triesLeft.toString());
    }
    if (readerName != null) {
      values.put("reader", readerName);
    }
    RefusalText text = RefusalText.of(reason, locale, values);
    return new Reply(reason.httpStatus(), new RefusalBody(reason, text, triesLeft, null));
  }
}
