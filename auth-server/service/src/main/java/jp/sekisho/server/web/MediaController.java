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
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.MediaFound;
import jp.sekisho.protocol.MediumEnd;
import jp.sekisho.protocol.MediumHeld;
import jp.sekisho.protocol.MediumLine;
import jp.sekisho.protocol.MediumLines;
import jp.sekisho.protocol.MediumLoan;
import jp.sekisho.protocol.NamedMedium;
import jp.sekisho.protocol.NewMedium;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.desk.DeskMedia;
import jp.sekisho.server.grant.MediaList.Line;
import jp.sekisho.server.grant.Medium;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.web.MediaPage.MediumRow;
import org.jspecify.annotations.Nullable;

/** The register of media (媒体台帳): its page, and what an administrator does with it. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class MediaController {
  private static final String NOTHING = "—";
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(LogFilter.JAPAN);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(LogFilter.JAPAN);

  private final Pages pages;
  private final DeskMedia media;
  private final Looks looks;
  private final OnceAnswers once;
  private final Answers answers;

  MediaController(Pages pages, DeskMedia media, Looks looks, OnceAnswers once, Answers answers) {
    this.pages = pages;
    this.media = media;
    this.looks = looks;
    this.once = once;
    this.answers = answers;
  }

  @Get("/media")
  @Produces(MediaType.ALL)
  HttpResponse<?> page(HttpRequest<?> request) {
    Frame frame = pages.frame(request);
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          page(
              request,
              HttpStatus.LOCKED,
              new MediaPage(frame, session.person(), session.terminal(), null));
      case Resolution.Active(Session session) -> {
        Optional<List<Line>> lines = looks.media(session);
        yield lines.isEmpty()
            ? answers.refuse(Refusal.ROLE_MISSING, request)
            : page(
                request,
                HttpStatus.OK,
                new MediaPage(
                    frame,
                    session.person(),
                    session.terminal(),
                    new MediaPage.Content(
                        lines.get().stream().map(line -> row(line, frame.words())).toList(),
                        media.keeps(session))));
      }
    };
  }

  private HttpResponse<?> page(HttpRequest<?> request, HttpStatus status, MediaPage page) {
    return pages.page(status, request, "media.jte", "page", page);
  }

  private static MediumRow row(Line line, Words words) {
    Medium medium = line.medium();
    String place = place(line);
    return new MediumRow(
        medium.id(),
        medium.fingerprint(),
        TIME.format(medium.registered()),
        place,
        words.text("web.media.place." + place),
        held(line, words),
        line.overdue(),
        ended(medium));
  }

  /** Who has it, since when, until when and by which document. */
  private static String held(Line line, Words words) {
    Medium.Loan loan = line.medium().loan();
    if (loan == null) {
      return NOTHING;
    }
    String person = loan.person();
    Instant due = loan.due();
    return (person == null ? words.text("web.media.recipient") : person)
        + " "
        + TIME.format(loan.at())
        + (due == null ? "" : " – " + DAY.format(due.minusMillis(1)))
        + " "
        + loan.reference();
  }

  /** Its loss and its disposal. */
  private static String ended(Medium medium) {
    Medium.Loss loss = medium.loss();
    Medium.Disposal disposal = medium.disposal();
    String lost = loss == null ? "" : TIME.format(loss.at()) + " " + loss.reference();
    String gone = disposal == null ? "" : TIME.format(disposal.at()) + " " + disposal.reference();
    String both = (lost + " " + gone).strip();
    return both.isEmpty() ? NOTHING : both;
  }

  private static String place(Line line) {
    return line.place().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static @Nullable MediumHeld held(Line line) {
    Medium.Loan loan = line.medium().loan();
    return loan == null
        ? null
        : new MediumHeld(
            loan.person(),
            loan.at().toString(),
            loan.due() == null ? null : loan.due().toString(),
            line.overdue(),
            loan.reference());
  }

  @Get("/api/v1/media")
  HttpResponse<?> list(HttpRequest<?> request) {
    return answers.tagged(
        request,
        looks.media(CurrentSession.active(request)).map(MediaController::wire),
        Refusal.ROLE_MISSING);
  }

  private static MediumLines wire(List<Line> lines) {
    return new MediumLines(
        lines.stream()
            .map(line -> {
              Medium medium = line.medium();
              Medium.Disposal disposal = medium.disposal();
              Medium.Loss loss = medium.loss();
              return new MediumLine(
                  medium.id(),
                  medium.fingerprint(),
                  medium.registered().toString(),
                  place(line),
                  disposal == null ? null : disposal.at().toString(),
                  disposal == null ? null : disposal.reference(),
                  held(line),
                  loss == null ? null : loss.at().toString(),
                  loss == null ? null : loss.reference());
            })
            .toList());
  }

  @Post("/api/v1/media")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> register(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Session by = CurrentSession.active(request);
    NewMedium wanted = WireJson.read(body, NewMedium.class);
    return once.answer(
        request,
        by,
        body,
        () -> answer(request, by, HttpStatus.CREATED, media.register(by, wanted)));
  }

  @Post("/api/v1/media/dispose")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> dispose(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Session by = CurrentSession.active(request);
    MediumEnd end = WireJson.read(body, MediumEnd.class);
    return answer(request, by, HttpStatus.OK, media.dispose(by, end));
  }

  @Post("/api/v1/media/check-out")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> checkOut(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Session by = CurrentSession.active(request);
    MediumLoan wanted = WireJson.read(body, MediumLoan.class);
    return answer(request, by, HttpStatus.OK, media.checkOut(by, wanted));
  }

  @Post("/api/v1/media/check-in")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> checkIn(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Session by = CurrentSession.active(request);
    NamedMedium back = WireJson.read(body, NamedMedium.class);
    return answer(request, by, HttpStatus.OK, media.checkIn(by, back));
  }

  @Post("/api/v1/media/lose")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> lose(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Session by = CurrentSession.active(request);
    MediumEnd lost = WireJson.read(body, MediumEnd.class);
    return answer(request, by, HttpStatus.OK, media.lose(by, lost));
  }

  @Post("/api/v1/media/count")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> count(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Session by = CurrentSession.active(request);
    MediaFound found = WireJson.read(body, MediaFound.class);
    return StepAnswers.json(answers, request, HttpStatus.OK, media.count(by, found));
  }

  private HttpResponse<?> answer(
      HttpRequest<?> request, Session by, HttpStatus status, Verdict<String> done) {
    return StepAnswers.json(
        answers,
        request,
        status,
        done.then(
            _ -> Verdict.of(media.list(by).map(MediaController::wire), Refusal.ROLE_MISSING)));
  }
}
