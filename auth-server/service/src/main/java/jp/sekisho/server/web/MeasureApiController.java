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
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.MeasureNote;
import jp.sekisho.protocol.NewMeasure;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.measure.MeasureRegister;
import jp.sekisho.server.measure.Measures;
import jp.sekisho.server.session.Session;

/**
 * {@code /api/v1/measures}: what people do with exceptional measures (例外措置), except the CISO's
 * permission, which is a card's answer to a transaction.
 */
@Controller("/api/v1/measures")
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class MeasureApiController {
  private final Measures measures;
  private final MeasureRegister register;
  private final Looks looks;
  private final OnceAnswers once;
  private final Answers answers;

  MeasureApiController(
      Measures measures, MeasureRegister register, Looks looks, OnceAnswers once, Answers answers) {
    this.measures = measures;
    this.register = register;
    this.looks = looks;
    this.once = once;
    this.answers = answers;
  }

  @Get
  HttpResponse<?> list(HttpRequest<?> request) {
    return answers.tagged(
        request, looks.measures(CurrentSession.active(request)), Refusal.ROLE_MISSING);
  }

  @Get("/{id}")
  HttpResponse<?> one(HttpRequest<?> request, @PathVariable String id) {
    return answers.tagged(
        request, looks.measure(CurrentSession.active(request), id), Refusal.MEASURE_UNKNOWN);
  }

  @Post
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> request(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Session by = CurrentSession.active(request);
    NewMeasure wanted = WireJson.read(body, NewMeasure.class);
    return once.answer(
        request,
        by,
        body,
        () -> answer(request, by, HttpStatus.CREATED, measures.request(by, wanted)));
  }

  @Post("/{id}/withdraw")
  @Consumes(MediaType.ALL)
  HttpResponse<?> withdraw(HttpRequest<?> request, @PathVariable String id) {
    Session by = CurrentSession.active(request);
    return answer(request, by, HttpStatus.OK, measures.withdraw(by, id));
  }

  @Post("/{id}/reject")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> reject(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    return answer(request, by, HttpStatus.OK, measures.reject(by, id, note(body)));
  }

  @Post("/{id}/review")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> review(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    return answer(request, by, HttpStatus.OK, measures.review(by, id, note(body)));
  }

  @Post("/{id}/end")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> end(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    return answer(request, by, HttpStatus.OK, measures.end(by, id, note(body)));
  }

  private static MeasureNote note(byte[] body) throws MalformedException {
    return WireJson.read(body, MeasureNote.class);
  }

  private HttpResponse<?> answer(
      HttpRequest<?> request, Session by, HttpStatus status, Verdict<String> done) {
    return StepAnswers.json(
        answers,
        request,
        status,
        done.then(id -> Verdict.of(register.find(by, id), Refusal.MEASURE_UNKNOWN)));
  }
}
