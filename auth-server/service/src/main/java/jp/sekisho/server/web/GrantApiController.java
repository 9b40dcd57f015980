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
import jp.sekisho.protocol.HandedOver;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.MoreTime;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.protocol.ReportedUse;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Dossier;
import jp.sekisho.server.grant.Extensions;
import jp.sekisho.server.grant.Overview;
import jp.sekisho.server.grant.Requests;
import jp.sekisho.server.grant.Returns;
import jp.sekisho.server.grant.Reviews;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Session;

/**
 * {@code /api/v1/grants}: what people do with exceptions, except the approval, which is a card's
 * answer to a transaction.
 */
@Controller("/api/v1/grants")
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class GrantApiController {
  private final Requests requests;
  private final Extensions extensions;
  private final Returns returns;
  private final Reviews reviews;
  private final Overview overview;
  private final Looks looks;
  private final OnceAnswers once;
  private final Answers answers;

  GrantApiController(
      Requests requests,
      Extensions extensions,
      Returns returns,
      Reviews reviews,
      Overview overview,
      Looks looks,
      OnceAnswers once,
      Answers answers) {
    this.requests = requests;
    this.extensions = extensions;
    this.returns = returns;
    this.reviews = reviews;
    this.overview = overview;
    this.looks = looks;
    this.once = once;
    this.answers = answers;
  }

  @Get
  HttpResponse<?> list(HttpRequest<?> request) {
    return answers.tagged(request, looks.grants(CurrentSession.active(request)));
  }

  @Get("/{id}")
  HttpResponse<?> one(HttpRequest<?> request, @PathVariable String id) {
    return answers.tagged(
        request, looks.grant(CurrentSession.active(request), id), Refusal.GRANT_UNKNOWN);
  }

  @Post
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> request(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Session by = CurrentSession.active(request);
    NewGrant wanted = WireJson.read(body, NewGrant.class);
    return once.answer(
        request,
        by,
        body,
        () -> answer(request, by, HttpStatus.CREATED, requests.request(by, wanted)));
  }

  @Post("/{id}/remand")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> remand(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    RemandReason said = WireJson.read(body, RemandReason.class);
    return answer(request, by, HttpStatus.OK, requests.remand(by, id, said));
  }

  @Post("/{id}/correct")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> correct(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    NewGrant wanted = WireJson.read(body, NewGrant.class);
    return answer(request, by, HttpStatus.OK, requests.correct(by, id, wanted));
  }

  @Post("/{id}/extend")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> extend(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    MoreTime wanted = WireJson.read(body, MoreTime.class);
    return answer(request, by, HttpStatus.OK, extensions.ask(by, id, wanted));
  }

  @Post("/{id}/report")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> report(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    ReportedUse said = WireJson.read(body, ReportedUse.class);
    return answer(request, by, HttpStatus.OK, returns.report(by, id, said));
  }

  @Post("/{id}/hand-over")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> handOver(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    Session by = CurrentSession.active(request);
    HandedOver said = WireJson.read(body, HandedOver.class);
    return answer(request, by, HttpStatus.OK, returns.handOver(by, id, said));
  }

  @Post("/{id}/{step}")
  @Consumes(MediaType.ALL)
  HttpResponse<?> step(HttpRequest<?> request, @PathVariable String id, @PathVariable String step) {
    Session by = CurrentSession.active(request);
    return switch (step) {
      case "reject" -> answer(request, by, HttpStatus.OK, requests.reject(by, id));
      case "withdraw" -> answer(request, by, HttpStatus.OK, requests.withdraw(by, id));
      case "revoke" -> answer(request, by, HttpStatus.OK, requests.revoke(by, id));
      case "review" -> answer(request, by, HttpStatus.OK, reviews.done(by, id));
      case "return" -> answer(request, by, HttpStatus.OK, returns.confirm(by, id));
      case "erase" -> answer(request, by, HttpStatus.OK, returns.erase(by, id));
      default -> answers.refuse(Refusal.NOT_FOUND, request);
    };
  }

  private HttpResponse<?> answer(
      HttpRequest<?> request, Session by, HttpStatus status, Verdict<Dossier> done) {
    return StepAnswers.json(
        answers, request, status, done.then(dossier -> Verdict.passed(overview.view(by, dossier))));
  }
}
