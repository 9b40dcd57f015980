package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jp.sekisho.protocol.DeputyList;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NamedAbsence;
import jp.sekisho.protocol.NewAbsence;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Reviews;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Session;

/** {@code /api/v1/deputies} and {@code /api/v1/absences}: who decides in whose place (代決). */
@Controller("/api/v1")
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class DeputyController {
  private final Reviews reviews;
  private final Looks looks;
  private final Answers answers;

  DeputyController(Reviews reviews, Looks looks, Answers answers) {
    this.reviews = reviews;
    this.looks = looks;
    this.answers = answers;
  }

  @Get("/deputies")
  HttpResponse<?> list(HttpRequest<?> request) {
    return answers.ok(looks.deputies(CurrentSession.active(request)));
  }

  @Post("/absences")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> absent(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    NewAbsence wanted = WireJson.read(body, NewAbsence.class);
    Session session = CurrentSession.active(request);
    return answer(request, session, reviews.absent(session, wanted));
  }

  @Post("/absences/end")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> back(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    NamedAbsence named = WireJson.read(body, NamedAbsence.class);
    Session session = CurrentSession.active(request);
    return answer(request, session, reviews.back(session, named));
  }

  private HttpResponse<?> answer(
      HttpRequest<?> request, Session session, Verdict<DeputyList> done) {
    return StepAnswers.json(
        answers,
        request,
        HttpStatus.OK,
        done.then(list -> Verdict.passed(looks.deputies(session, list))));
  }
}
