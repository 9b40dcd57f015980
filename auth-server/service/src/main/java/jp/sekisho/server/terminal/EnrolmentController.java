package jp.sekisho.server.terminal;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.RenewRequest;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.Doors;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.RefusalCounter;

/** {@code POST /agent/v1/enroll} and {@code /agent/v1/renew}. */
@Controller(value = "/agent/v1", port = AgentPort.PORT)
@Requires(beans = ListenerSettings.class)
final class EnrolmentController {
  private final Enrolment enrolment;
  private final Answers answers;
  private final RefusalCounter strangers;

  EnrolmentController(Enrolment enrolment, Answers answers, RefusalCounter strangers) {
    this.enrolment = enrolment;
    this.answers = answers;
    this.strangers = strangers;
  }

  @Post("/enroll")
  HttpResponse<?> enroll(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    return answer(request, enrolment.enroll(WireJson.read(body, EnrollRequest.class)));
  }

  @Post("/renew")
  HttpResponse<?> renew(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    return answer(
        request,
        enrolment.renew(AgentPort.terminal(request), WireJson.read(body, RenewRequest.class)));
  }

  private HttpResponse<?> answer(HttpRequest<?> request, Enrolment.Outcome outcome) {
    return switch (outcome) {
      case Enrolment.Outcome.Certified(var reply) -> answers.ok(reply);
      case Enrolment.Outcome.Refused(var refusal, boolean logged) -> {
        if (!logged) {
          strangers.count(Doors.source(request), refusal);
        }
        yield answers.refuse(refusal, request);
      }
    };
  }
}
