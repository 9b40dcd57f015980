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
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jp.sekisho.protocol.DeskReply;
import jp.sekisho.protocol.DeskRequest;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.PinResetNote;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.desk.Desk;
import jp.sekisho.server.desk.DeskCards;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;

/** The card desk (窓口): a person's page, the page of temporary cards, and what their buttons do. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class DeskController {
  private final Pages pages;
  private final Desk desk;
  private final DeskCards cards;
  private final DeskContent content;
  private final OnceAnswers once;
  private final Answers answers;

  DeskController(
      Pages pages,
      Desk desk,
      DeskCards cards,
      DeskContent content,
      OnceAnswers once,
      Answers answers) {
    this.pages = pages;
    this.desk = desk;
    this.cards = cards;
    this.content = content;
    this.once = once;
    this.answers = answers;
  }

  @Get("/people/{number}")
  @Produces(MediaType.ALL)
  HttpResponse<?> person(HttpRequest<?> request, @PathVariable String number) {
    Frame frame = pages.frame(request);
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          person(
              request,
              HttpStatus.LOCKED,
              new PersonPage(frame, session.person(), session.terminal(), null));
      case Resolution.Active(Session session) -> {
        PersonPage.Content shown =
            !desk.holds(session, Desk.ADMINISTRATORS)
                ? content.refused(frame.words(), Refusal.ROLE_MISSING)
                : content
                    .person(session, number, frame.words(), done(request))
                    .orElseGet(() -> content.refused(frame.words(), Refusal.NOT_FOUND));
        HttpStatus status = HttpStatus.OK;
        if (shown.code().isEmpty()) {
          desk.viewed(session, "person", number);
        } else {
          Refusal reason = Refusal.valueOf(shown.code());
          // The number may be anybody's, or none: only what was found here is named.
          desk.notShown(session, "person", "", reason);
          status = HttpStatus.valueOf(reason.httpStatus());
        }
        yield person(
            request, status, new PersonPage(frame, session.person(), session.terminal(), shown));
      }
    };
  }

  private HttpResponse<?> person(HttpRequest<?> request, HttpStatus status, PersonPage page) {
    return pages.page(status, request, "person.jte", "page", page);
  }

  @Get("/temporary")
  @Produces(MediaType.ALL)
  HttpResponse<?> temporary(HttpRequest<?> request) {
    Frame frame = pages.frame(request);
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          temporary(
              request,
              HttpStatus.LOCKED,
              new TemporaryPage(frame, session.person(), session.terminal(), null));
      case Resolution.Active(Session session) -> {
        boolean may = desk.holds(session, DeskCards.ATTESTERS);
        if (may) {
          desk.viewed(session, "temporary", "");
        } else {
          desk.notShown(session, "temporary", "", Refusal.ROLE_MISSING);
        }
        yield temporary(
            request,
            may ? HttpStatus.OK : HttpStatus.FORBIDDEN,
            new TemporaryPage(
                frame,
                session.person(),
                session.terminal(),
                may
                    ? content.temporary(
                        session,
                        desk.holds(session, Desk.ADMINISTRATORS),
                        frame.words(),
                        done(request))
                    : content.noTemporary(frame.words())));
      }
    };
  }

  private HttpResponse<?> temporary(HttpRequest<?> request, HttpStatus status, TemporaryPage page) {
    return pages.page(status, request, "temporary.jte", "page", page);
  }

  /** For everybody: one's own further card waits here, too. */
  @Get("/confirmations")
  @Produces(MediaType.ALL)
  HttpResponse<?> confirmations(HttpRequest<?> request) {
    Frame frame = pages.frame(request);
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          confirmations(
              request,
              HttpStatus.LOCKED,
              new ConfirmPage(frame, session.person(), session.terminal(), null));
      case Resolution.Active(Session session) ->
          confirmations(
              request,
              HttpStatus.OK,
              new ConfirmPage(
                  frame,
                  session.person(),
                  session.terminal(),
                  content.confirm(
                      session,
                      desk.holds(session, Desk.ADMINISTRATORS),
                      frame.words(),
                      done(request))));
    };
  }

  private HttpResponse<?> confirmations(
      HttpRequest<?> request, HttpStatus status, ConfirmPage page) {
    return pages.page(status, request, "confirm.jte", "page", page);
  }

  private static String done(HttpRequest<?> request) {
    String done = request.getParameters().get("done");
    return done == null ? "" : done;
  }

  @Post("/api/v1/desk")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> desk(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    DeskRequest wish = WireJson.read(body, DeskRequest.class);
    Session by = CurrentSession.active(request);
    return once.answer(request, by, body, () -> answer(request, cards.handle(by, wish)));
  }

  private HttpResponse<?> answer(HttpRequest<?> request, DeskCards.Outcome outcome) {
    return switch (outcome) {
      case DeskCards.Outcome.Refused(Refusal reason) -> answers.refuse(reason, request);
      case DeskCards.Outcome.Done(int changed) -> answers.ok(new DeskReply(changed));
    };
  }

  @Post("/api/v1/desk/pin-reset")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> pinReset(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    PinResetNote note = WireJson.read(body, PinResetNote.class);
    Session by = CurrentSession.active(request);
    return once.answer(request, by, body, () -> answer(request, cards.notePinReset(by, note)));
  }
}
