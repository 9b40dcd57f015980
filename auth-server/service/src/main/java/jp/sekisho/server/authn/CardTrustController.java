package jp.sekisho.server.authn;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.nio.charset.StandardCharsets;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.card.CardTrusts;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.terminal.AgentPort;

/**
 * {@code GET /agent/v1/card-trust}: what the service judges cards by now, and its parts by their
 * hashes (ADR 0020).
 */
@Controller(value = "/agent/v1/card-trust", port = AgentPort.PORT)
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class CardTrustController {
  private final CardTrusts trusts;
  private final Answers answers;

  CardTrustController(CardTrusts trusts, Answers answers) {
    this.trusts = trusts;
    this.answers = answers;
  }

  @Get(headRoute = false)
  HttpResponse<?> list(HttpRequest<?> request) {
    CardTrusts.Offer offer = trusts.offer();
    String tag = '"' + offer.tag() + '"';
    if (tag.equals(request.getHeaders().get(HttpHeaders.IF_NONE_MATCH))) {
      return HttpResponse.notModified().header(HttpHeaders.ETAG, tag);
    }
    return HttpResponse.ok(offer.list().getBytes(StandardCharsets.UTF_8))
        .contentType(MediaType.APPLICATION_JSON_TYPE)
        .header(HttpHeaders.ETAG, tag);
  }

  @Get(value = "/{name}", headRoute = false)
  HttpResponse<?> part(HttpRequest<?> request, @PathVariable String name) {
    byte[] part = trusts.offer().parts().get(name);
    return part == null
        ? answers.refuse(Refusal.NOT_FOUND, request)
        : HttpResponse.ok(part).contentType(MediaType.APPLICATION_OCTET_STREAM_TYPE);
  }
}
