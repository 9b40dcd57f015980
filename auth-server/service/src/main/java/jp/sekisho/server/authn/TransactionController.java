package jp.sekisho.server.authn;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.InetAddress;
import java.time.LocalDate;
import jp.sekisho.protocol.AnswerAccepted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.TransactionCreated;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.authn.Answer.Passkey.Posted;
import jp.sekisho.server.authn.Logins.Outcome;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.Doors;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import org.jspecify.annotations.Nullable;

/**
 * The people's side of a login: {@code /authn/v1} of {@code docs/protocol.md}. That a request comes
 * from our own page is checked by the filter in front.
 */
@Controller("/authn/v1")
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class TransactionController {
  /** The largest body: an opaque answer and its frame. */
  private static final int MAX_BODY = 64 * 1024;

  private final Logins logins;
  private final Sessions sessions;
  private final Approvals approvals;
  private final RefusalTally tally;
  private final Answers answers;

  TransactionController(
      Logins logins, Sessions sessions, Approvals approvals, RefusalTally tally, Answers answers) {
    this.logins = logins;
    this.sessions = sessions;
    this.approvals = approvals;
    this.tally = tally;
    this.answers = answers;
  }

  @Post("/transactions")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> ask(HttpRequest<?> request, @Body byte[] body) {
    NewTransaction asked;
    Purpose purpose;
    try {
      asked = WireJson.read(body, NewTransaction.class);
      purpose = Purpose.parse(asked.purpose());
    } catch (MalformedException e) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    String subject = asked.subject();
    boolean about = purpose == Purpose.APPROVE || purpose == Purpose.STEP_UP;
    if (about != (subject != null)) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    if (purpose == Purpose.STEP_UP && subject != null && !StepUps.isAction(subject)) {
      return answers.refuse(StepUps.malformed(subject), request);
    }
    Token session = SessionCookies.read(request, SessionCookies.SESSION).orElse(null);
    if (subject != null) {
      return askWithin(request, session, purpose, subject);
    }
    return created(
        request, logins.ask(purpose, origin(request), source(request).getHostAddress(), session));
  }

  private HttpResponse<?> askWithin(
      HttpRequest<?> request, @Nullable Token token, Purpose purpose, String subject) {
    if (token == null) {
      return unattributed(request, Refusal.SESSION_NONE);
    }
    return switch (sessions.resolve(token, Sessions.Use.ACTIVITY, source(request))) {
      case Resolution.Refused(Refusal reason) -> unattributed(request, reason);
      case Resolution.Suspended _ -> answers.refuse(Refusal.SESSION_SUSPENDED, request);
      case Resolution.Active(Session session) when session.isUndecided() ->
          answers.refuse(Refusal.POST_NEEDED, request);
      case Resolution.Active(Session session) when purpose == Purpose.STEP_UP ->
          created(
              request,
              logins.askStepUp(
                  session, subject, origin(request), source(request).getHostAddress()));
      case Resolution.Active(Session approver) ->
          switch (approvals.matter(approver, subject)) {
            case Verdict.Refused<Matter>(Refusal reason) -> answers.refuse(reason, request);
            case Verdict.Passed<Matter>(Matter matter) ->
                created(
                    request,
                    logins.askApproval(
                        approver, matter, origin(request), source(request).getHostAddress()));
          };
    };
  }

  private HttpResponse<?> created(HttpRequest<?> request, Verdict<Asked> verdict) {
    return switch (verdict) {
      case Verdict.Refused<Asked>(Refusal reason) -> unattributed(request, reason);
      case Verdict.Passed<Asked>(Asked asked) ->
          answers
              .json(
                  HttpStatus.CREATED,
                  new TransactionCreated(
                      asked.transaction().id(), asked.transaction().expires().toString()))
              .cookie(SessionCookies.set(SessionCookies.PRELOGIN, asked.cookie()));
    };
  }

  private static String origin(HttpRequest<?> request) {
    return request.getHeaders().getOrigin().orElse("");
  }

  @Post("/transactions/{id}/answer")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> answer(HttpRequest<?> request, @PathVariable String id, @Body byte[] body) {
    if (body.length > MAX_BODY) {
      return answers.refuse(Refusal.INPUT_TOO_LARGE, request);
    }
    return Answer.Card.read(body)
        .<HttpResponse<?>>map(answer -> answered(request, id, answer))
        .orElseGet(() -> unattributed(request, Refusal.INPUT_MALFORMED));
  }

  @Post("/transactions/{id}/passkey")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> passkey(HttpRequest<?> request, @PathVariable String id, @Body byte[] body) {
    if (body.length > MAX_BODY) {
      return answers.refuse(Refusal.INPUT_TOO_LARGE, request);
    }
    return switch (Answer.Passkey.read(body)) {
      case Posted.Vouched(Answer answer) -> answered(request, id, answer);
      case Posted.NoTerminal() -> unattributed(request, Refusal.TERMINAL_NONE);
      case Posted.Malformed() -> unattributed(request, Refusal.INPUT_MALFORMED);
    };
  }

  private HttpResponse<?> answered(HttpRequest<?> request, String id, Answer answer) {
    Token cookie = SessionCookies.read(request, SessionCookies.PRELOGIN).orElse(null);
    return switch (logins.answer(id, cookie, answer)) {
      case Outcome.Opened(Token token, boolean news, LocalDate ends) ->
          going(first(news, ends), token);
      case Outcome.Resumed(Token token) -> going("/log", token);
      case Outcome.Approved(String page) -> answers.ok(new AnswerAccepted(page));
      // Impossible: what a relying service asked is unknown here.
      case Outcome.Vouched _ -> answers.refuse(Refusal.TRANSACTION_UNKNOWN, request);
      case Outcome.SteppedUp(Token token) -> going("/authenticators", token);
      case Outcome.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Outcome.Unattributed(Refusal reason) -> unattributed(request, reason);
    };
  }

  /** A session is there or goes on, under this secret from now on. */
  private HttpResponse<?> going(String page, Token token) {
    return answers
        .ok(new AnswerAccepted(page))
        .cookie(SessionCookies.set(SessionCookies.SESSION, token));
  }

  /** The page after a login: what the person should know first, else the ordinary one. */
  private static String first(boolean news, @Nullable LocalDate ends) {
    if (ends != null) {
      return "/authenticators?ends=" + ends;
    }
    return news ? "/authenticators" : "/log";
  }

  @Post("/logout")
  @Consumes(MediaType.ALL)
  HttpResponse<?> logout(HttpRequest<?> request) {
    SessionCookies.read(request, SessionCookies.SESSION)
        .ifPresent(token -> sessions.logout(token, source(request)));
    return HttpResponse.noContent().cookie(SessionCookies.clear(SessionCookies.SESSION));
  }

  private HttpResponse<?> unattributed(HttpRequest<?> request, Refusal reason) {
    tally.count(source(request), reason);
    return answers.refuse(reason, request);
  }

  private static InetAddress source(HttpRequest<?> request) {
    return Doors.source(request);
  }
}
