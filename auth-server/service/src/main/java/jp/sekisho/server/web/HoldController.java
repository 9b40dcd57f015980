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
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.LogHold;
import jp.sekisho.protocol.LogKept;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.audit.Retention;
import jp.sekisho.server.audit.Retentions;
import jp.sekisho.server.auditor.Keeping;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Session;

/**
 * Legal holds of a log, set and lifted by its auditors; the entries name the person. A call that
 * names no log means that of the session's organ; holds of {@code system} are set at the console.
 */
@Controller("/api/v1/log")
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class HoldController {
  private final Auditors auditors;
  private final Retentions retentions;
  private final Installation installation;
  private final OnceAnswers once;
  private final Answers answers;

  HoldController(Auditors auditors, Installation installation, OnceAnswers once, Answers answers) {
    this.auditors = auditors;
    this.retentions = Keeping.of(installation);
    this.installation = installation;
    this.once = once;
    this.answers = answers;
  }

  @Get("/retention")
  HttpResponse<?> kept(HttpRequest<?> request, @QueryValue Optional<String> log) {
    Session session = CurrentSession.active(request);
    String scope = log.orElse(session.organ());
    Optional<HttpResponse<?>> refused =
        refused(request, session, scope, auditors.reads(session, scope));
    if (refused.isPresent()) {
      return refused.get();
    }
    Optional<Retention> retention = retentions.of(scope);
    return answers.ok(
        new LogKept(
            scope,
            retention.map(Retention::years).orElse(0),
            retention.map(Retention::holds).orElse(List.of()).stream()
                .map(hold -> new LogHold(hold.id(), hold.reference()))
                .toList()));
  }

  @Post("/holds")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> set(HttpRequest<?> request, @QueryValue Optional<String> log, @Body byte[] body)
      throws MalformedException {
    Session session = CurrentSession.active(request);
    LogHold wanted = WireJson.read(body, LogHold.class);
    Optional<HttpResponse<?>> refused = mayNotHold(request, session, log);
    if (refused.isPresent()) {
      return refused.get();
    }
    if (!wanted.hold().isEmpty() || !Names.isReference(wanted.reference())) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    return once.answer(
        request,
        session,
        body,
        () ->
            retentions
                .hold(session.subject(), session.organ(), wanted.reference())
                .<HttpResponse<?>>map(hold ->
                    answers.json(HttpStatus.CREATED, new LogHold(hold.id(), hold.reference())))
                .orElseGet(() -> answers.refuse(Refusal.HOLDS_FULL, request)));
  }

  @Post("/holds/lift")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> lift(HttpRequest<?> request, @QueryValue Optional<String> log, @Body byte[] body)
      throws MalformedException {
    Session session = CurrentSession.active(request);
    LogHold named = WireJson.read(body, LogHold.class);
    Optional<HttpResponse<?>> refused = mayNotHold(request, session, log);
    if (refused.isPresent()) {
      return refused.get();
    }
    if (!Names.isReference(named.reference())) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    boolean lifted =
        retentions.lift(session.subject(), session.organ(), named.hold(), named.reference());
    return lifted ? answers.ok(named) : answers.refuse(Refusal.NOT_FOUND, request);
  }

  private Optional<HttpResponse<?>> mayNotHold(
      HttpRequest<?> request, Session session, Optional<String> log) {
    String scope = log.orElse(session.organ());
    boolean may =
        scope.equals(session.organ()) && auditors.audits(session.person(), session.organ());
    return refused(request, session, scope, may);
  }

  private Optional<HttpResponse<?>> refused(
      HttpRequest<?> request, Session session, String scope, boolean may) {
    if (may) {
      return Optional.empty();
    }
    if (!Names.isOrgan(scope)) {
      return Optional.of(answers.refuse(Refusal.INPUT_MALFORMED, request));
    }
    installation
        .transactions()
        .write(change ->
            change.record(
                session.subject(),
                new LogEvent.Refused(
                    installation.logs().names().contains(scope) ? scope : session.organ(),
                    Refusal.ROLE_MISSING)));
    return Optional.of(answers.refuse(Refusal.ROLE_MISSING, request));
  }
}
