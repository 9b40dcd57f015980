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
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Optional;
import jp.sekisho.protocol.AmendedBreach;
import jp.sekisho.protocol.BreachItems;
import jp.sekisho.protocol.ClosedBreach;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NewBreach;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReportedBreach;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.breach.BreachRegister;
import jp.sekisho.server.breach.Breaches;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Session;

/** {@code /api/v1/breaches}: cases of 漏えい等 and their reports. */
@Controller("/api/v1/breaches")
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class BreachApiController {
  private final Breaches breaches;
  private final BreachRegister register;
  private final BreachPrefill prefill;
  private final Looks looks;
  private final OnceAnswers once;
  private final Answers answers;

  BreachApiController(
      Breaches breaches,
      BreachRegister register,
      BreachPrefill prefill,
      Looks looks,
      OnceAnswers once,
      Answers answers) {
    this.breaches = breaches;
    this.register = register;
    this.prefill = prefill;
    this.looks = looks;
    this.once = once;
    this.answers = answers;
  }

  @Get
  HttpResponse<?> list(HttpRequest<?> request) {
    return answers.tagged(
        request, looks.breaches(CurrentSession.active(request)), Refusal.ROLE_MISSING);
  }

  @Get("/{id}")
  HttpResponse<?> one(HttpRequest<?> request, @PathVariable String id) {
    return answers.tagged(
        request, looks.breach(CurrentSession.active(request), id), Refusal.BREACH_UNKNOWN);
  }

  @Post
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> open(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Session by = CurrentSession.active(request);
    NewBreach wanted = WireJson.read(body, NewBreach.class);
    return once.answer(
        request,
        by,
        body,
        () -> {
          Optional<BreachItems> items =
              prefill.items(by, wanted, Words.of(Answers.language(request)));
          return answer(request, by, HttpStatus.CREATED, breaches.open(by, wanted, items));
        });
  }

  @Post("/{id}/amend")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> amend(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    AmendedBreach said = WireJson.read(body, AmendedBreach.class);
    return answer(request, by, HttpStatus.OK, breaches.amend(by, id, said));
  }

  @Post("/{id}/report")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> report(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    ReportedBreach said = WireJson.read(body, ReportedBreach.class);
    return answer(request, by, HttpStatus.OK, breaches.report(by, id, said));
  }

  @Post("/{id}/close")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> close(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    ClosedBreach said = WireJson.read(body, ClosedBreach.class);
    return answer(request, by, HttpStatus.OK, breaches.close(by, id, said));
  }

  private HttpResponse<?> answer(
      HttpRequest<?> request, Session by, HttpStatus status, Verdict<String> done) {
    return StepAnswers.json(
        answers,
        request,
        status,
        done.then(id -> Verdict.of(register.find(by, id), Refusal.BREACH_UNKNOWN)));
  }
}
