package jp.sekisho.server.authn;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.terminal.AgentPort;

/** {@code GET /agent/v1/logins}: who is logged in online at the terminal that asks (ADR 0027). */
@Controller(value = "/agent/v1/logins", port = AgentPort.PORT)
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class OnlineLoginsController {
  private final OnlineHere online;
  private final Answers answers;

  OnlineLoginsController(OnlineHere online, Answers answers) {
    this.online = online;
    this.answers = answers;
  }

  @Get(headRoute = false)
  @Produces("application/json")
  HttpResponse<?> list(HttpRequest<?> request) {
    return answers.ok(online.at(AgentPort.terminal(request).id()));
  }
}
