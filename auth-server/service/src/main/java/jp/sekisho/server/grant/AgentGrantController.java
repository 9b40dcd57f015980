package jp.sekisho.server.grant;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.InstantSource;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.terminal.AgentPort;

/** {@code /agent/v1/grants}: a terminal's own grants, and their activation. */
@Controller(value = "/agent/v1/grants", port = AgentPort.PORT)
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class AgentGrantController {
  private final Activations activations;
  private final Answers answers;
  private final InstantSource clock;

  AgentGrantController(Activations activations, Answers answers, InstantSource clock) {
    this.activations = activations;
    this.answers = answers;
    this.clock = clock;
  }

  @Get(headRoute = false)
  @Produces("application/json")
  HttpResponse<?> list(HttpRequest<?> request) {
    return answers.ok(activations.offers(AgentPort.terminal(request), clock.instant()));
  }

  @Post("/{id}/activate")
  HttpResponse<?> activate(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    ActivateRequest wanted = WireJson.read(body, ActivateRequest.class);
    if (!Activations.wellFormed(wanted)) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    return switch (activations.activate(AgentPort.terminal(request), id, wanted)) {
      case Verdict.Refused<Activated>(Refusal reason) -> answers.refuse(reason, request);
      case Verdict.Passed<Activated>(Activated activated) -> answers.ok(activated);
    };
  }
}
