package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import jp.sekisho.protocol.ReconciledUse;
import jp.sekisho.protocol.ReconciledUses;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.UnmatchedOpening;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.web.Reconciler.Question;
import jp.sekisho.server.web.ReconciliationPage.Content;
import jp.sekisho.server.web.ReconciliationPage.Opening;
import jp.sekisho.server.web.ReconciliationPage.Use;
import org.jspecify.annotations.Nullable;

/** What does not fit between exceptions and the log (突合), as a page and through the API. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ReconciliationController {
  private static final String NOTHING = "—";
  private static final String OPENING = "opening";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(LogFilter.JAPAN);

  private final Pages pages;
  private final Looks looks;
  private final Answers answers;

  ReconciliationController(Pages pages, Looks looks, Answers answers) {
    this.pages = pages;
    this.looks = looks;
    this.answers = answers;
  }

  private static Optional<Question> question(HttpRequest<?> request) {
    var asked = request.getParameters();
    return Question.of(asked.get("openings"), asked.get("uses"), asked.get("all"));
  }

  @Get("/api/v1/reconciliation")
  HttpResponse<?> list(HttpRequest<?> request) {
    Optional<Question> question = question(request);
    if (question.isEmpty()) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    return looks
        .reconciliation(CurrentSession.active(request), question.get())
        .<HttpResponse<?>>map(answers::ok)
        .orElseGet(() -> answers.refuse(Refusal.ROLE_MISSING, request));
  }

  @Get("/reconciliation")
  @Produces(MediaType.ALL)
  HttpResponse<?> page(HttpRequest<?> request) {
    Optional<Question> question = question(request);
    if (question.isEmpty()) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) -> page(request, HttpStatus.LOCKED, session, null);
      case Resolution.Active(Session session) ->
          looks
              .reconciliation(session, question.get())
              .<HttpResponse<?>>map(found ->
                  page(
                      request,
                      HttpStatus.OK,
                      session,
                      content(found, question.get(), pages.frame(request).words())))
              .orElseGet(() -> answers.refuse(Refusal.ROLE_MISSING, request));
    };
  }

  private HttpResponse<?> page(
      HttpRequest<?> request, HttpStatus status, Session session, @Nullable Content content) {
    return pages.page(
        status,
        request,
        "reconciliation.jte",
        "page",
        new ReconciliationPage(
            pages.frame(request), session.person(), session.terminal(), content));
  }

  private static Content content(ReconciledUses found, Question question, Words words) {
    List<ReconciledUse> closed =
        found.uses().stream().filter(ReconciliationController::isUnopened).toList();
    String all = question.all() ? "&all=1" : "";
    return new Content(
        found.openings().stream().map(one -> opening(one, words)).toList(),
        found.olderOpenings() == null ? null : "/reconciliation?openings=" + found.olderOpenings(),
        found.uses().stream()
            .filter(one -> !isUnopened(one) || one.lacks().size() > 1)
            .map(one -> use(one, words))
            .toList(),
        closed.stream().map(one -> use(one, words)).toList(),
        found.olderUses() == null ? null : "/reconciliation?uses=" + found.olderUses() + all,
        question.all(),
        number(found.missing(), "web.reconciliation.missing", words),
        number(found.edited(), "web.reconciliation.edited", words));
  }

  private static boolean isUnopened(ReconciledUse use) {
    return use.lacks().contains(OPENING);
  }

  private static String number(long number, String key, Words words) {
    return number == 0 ? "" : words.text(key).replace("{n}", String.valueOf(number));
  }

  private static Opening opening(UnmatchedOpening one, Words words) {
    String grant = one.grant();
    boolean known = grant != null && !one.doubt().equals("no-grant");
    return new Opening(
        one.index(),
        words.text(
            switch (one.event()) {
              case "opened" -> "web.reconciliation.event.opened";
              case "released" -> "web.reconciliation.event.released";
              case "crossed" -> "web.reconciliation.event.crossed";
              default -> "web.reconciliation.event.written";
            }),
        time(one.at()),
        orNothing(one.terminal()),
        orNothing(one.person()),
        orNothing(one.medium()),
        known ? grant : null,
        one.doubt(),
        words.text("web.reconciliation.doubt." + one.doubt()));
  }

  private static Use use(ReconciledUse one, Words words) {
    String lacks =
        one.lacks().stream()
            .map(lack -> words.text("web.reconciliation.lack." + lack))
            .collect(Collectors.joining(" "));
    boolean fits = one.returnedAt() != null || one.state().equals("closed");
    String none = fits ? "web.reconciliation.fits" : "web.grant.state." + one.state();
    return new Use(
        one.grant(),
        one.person(),
        one.terminal(),
        orNothing(one.medium()),
        time(one.activatedAt()),
        time(one.due()),
        terminals(one, words),
        one.receipt() == null
            ? time(one.returnedAt())
            : time(one.returnedAt())
                + " "
                + words.text("web.reconciliation.receipt").replace("{number}", one.receipt()),
        one.receipt() == null ? time(one.erasedAt()) : NOTHING,
        one.lacks(),
        lacks.isEmpty() ? words.text(none) : lacks);
  }

  private static String terminals(ReconciledUse one, Words words) {
    String opened =
        one.openings() == 0
            ? ""
            : words
                    .text("web.reconciliation.openings")
                    .replace("{n}", String.valueOf(one.openings()))
                + " "
                + time(one.openedAt())
                + " – "
                + time(one.closedAt())
                + " ";
    String passed =
        one.bytes() == 0 && one.files() == 0
            ? ""
            : words
                .text(
                    one.files() == 0 ? "web.reconciliation.crossed" : "web.reconciliation.written")
                .replace("{files}", String.valueOf(one.files()))
                .replace("{bytes}", Sizes.text(one.bytes(), words));
    String both = (opened + passed).strip();
    return both.isEmpty() ? NOTHING : both;
  }

  private static String orNothing(@Nullable String text) {
    return text == null ? NOTHING : text;
  }

  private static String time(@Nullable String instant) {
    return instant == null ? NOTHING : TIME.format(Instant.parse(instant));
  }
}
