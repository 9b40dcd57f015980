package jp.sekisho.server.authn;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.Doors;
import jp.sekisho.server.terminal.AgentPort;

/**
 * The terminals' side of a login, on the agents' port: binds a question to the first terminal that
 * asks for it and tells that one what it is.
 */
@Controller(value = "/agent/v1/transactions", port = AgentPort.PORT)
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class FetchController {
  private final Logins logins;
  private final Answers answers;

  FetchController(Logins logins, Answers answers) {
    this.logins = logins;
    this.answers = answers;
  }

  @Post("/{id}/fetch")
  @Consumes(MediaType.ALL)
  HttpResponse<?> fetch(HttpRequest<?> request, @PathVariable String id) {
    try {
      Base64Url.decode(id, 16);
    } catch (MalformedException e) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    String address = Doors.source(request).getHostAddress();
    return switch (logins.fetch(id, AgentPort.terminal(request).subject(), address)) {
      case Verdict.Refused<OpenTransaction>(Refusal reason) -> answers.refuse(reason, request);
      case Verdict.Passed<OpenTransaction>(OpenTransaction question) ->
          answers.ok(details(question));
    };
  }

  private static TransactionDetails details(OpenTransaction question) {
    Matter matter = question.matter();
    return new TransactionDetails(
        question.id(),
        question.nonce(),
        question.purpose().text(),
        question.origin(),
        question.expires().toString(),
        matter == null ? null : matter.shown(),
        matter == null ? null : matter.detail());
  }
}
