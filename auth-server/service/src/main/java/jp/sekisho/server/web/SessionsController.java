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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NamedSession;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.SessionLine;
import jp.sekisho.protocol.SessionLines;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.desk.Desk;
import jp.sekisho.server.desk.DeskSessions;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.session.Cause;
import jp.sekisho.server.session.Relying;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.web.SessionsPage.Content;
import jp.sekisho.server.web.SessionsPage.Organ;
import jp.sekisho.server.web.SessionsPage.Row;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Open sessions: the page, the list, and their end. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class SessionsController {
  /** Sessions on a page of those in the 機関. */
  static final int PAGE = 50;

  private static final int LONGEST_QUERY = 64;
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(LogFilter.JAPAN);

  private final Pages pages;
  private final Desk desk;
  private final DeskSessions sessions;
  private final Persons persons;
  private final Transactions transactions;
  private final Answers answers;

  SessionsController(
      Pages pages, Desk desk, DeskSessions sessions, Installation installation, Answers answers) {
    this.pages = pages;
    this.desk = desk;
    this.sessions = sessions;
    this.persons = new Persons(installation.seal());
    this.transactions = installation.transactions();
    this.answers = answers;
  }

  /**
   * A page of what was found.
   *
   * @param next place of the last one of this page; null on the last page
   */
  private record Found(List<Session> rows, int total, @Nullable String next) {}

  /** What is asked of the 機関's sessions; both are empty where nothing was asked. */
  private record Question(String query, String after) {
    static Optional<Question> of(HttpRequest<?> request) {
      String query = request.getParameters().get("q");
      String after = request.getParameters().get("after");
      Question asked = new Question(query == null ? "" : query.strip(), after == null ? "" : after);
      return asked.query().length() <= LONGEST_QUERY && asked.after().length() <= LONGEST_QUERY
          ? Optional.of(asked)
          : Optional.empty();
    }

    boolean finds(Session session) {
      return query.isEmpty()
          || session.person().equalsIgnoreCase(query)
          || session.terminal().equalsIgnoreCase(query);
    }
  }

  @Get("/sessions")
  @Produces(MediaType.ALL)
  HttpResponse<?> page(HttpRequest<?> request) {
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          render(request, HttpStatus.LOCKED, session, null);
      case Resolution.Active(Session session) ->
          Question.of(request)
              .<HttpResponse<?>>map(asked ->
                  render(request, HttpStatus.OK, session, content(request, session, asked)))
              .orElseGet(() -> answers.refuse(Refusal.INPUT_MALFORMED, request));
    };
  }

  private HttpResponse<?> render(
      HttpRequest<?> request, HttpStatus status, Session session, @Nullable Content content) {
    SessionsPage page =
        new SessionsPage(pages.frame(request), session.person(), session.terminal(), content);
    return pages.page(status, request, "sessions.jte", "page", page);
  }

  private Content content(HttpRequest<?> request, Session session, Question asked) {
    Words words = pages.frame(request).words();
    boolean administers = desk.holds(session, Desk.ADMINISTRATORS);
    if (administers) {
      desk.viewed(session, "sessions", "");
    }
    return transactions.read(handle -> {
      List<Row> own =
          sessions.own(handle, session).stream()
              .map(one -> row(handle, one, session, words))
              .toList();
      return new Content(
          request.getParameters().contains("ended"),
          own,
          administers ? organ(handle, session, asked, words) : null);
    });
  }

  private Organ organ(Handle handle, Session session, Question asked, Words words) {
    Found found = found(handle, session, asked);
    String next =
        found.next() == null
            ? null
            : "/sessions?q="
                + URLEncoder.encode(asked.query(), StandardCharsets.UTF_8)
                + "&after="
                + found.next();
    return new Organ(
        asked.query(),
        found.rows().stream().map(one -> row(handle, one, session, words)).toList(),
        found.total(),
        next);
  }

  private Found found(Handle handle, Session session, Question asked) {
    List<Session> all = sessions.ofOrgan(handle, session).stream().filter(asked::finds).toList();
    List<Session> rest =
        all.stream().filter(one -> DeskSessions.place(one).compareTo(asked.after()) > 0).toList();
    List<Session> rows = rest.stream().limit(PAGE).toList();
    return new Found(
        rows, all.size(), rest.size() <= PAGE ? null : DeskSessions.place(rows.getLast()));
  }

  private Row row(Handle handle, Session one, Session asker, Words words) {
    boolean active = one.state() == Session.State.ACTIVE;
    Relying relying = one.relying();
    return new Row(
        one.name(),
        one.person(),
        persons.name(handle, one.person()).orElse(""),
        one.terminal(),
        one.state().name().toLowerCase(Locale.ROOT),
        words.text(active ? "web.sessions.active" : "web.sessions.suspended"),
        cause(one.cause(), words),
        MINUTE.format(one.created()),
        MINUTE.format(one.absoluteEnd()),
        relying == null ? "" : relying.service(),
        one.name().equals(asker.name()),
        one.person().equals(asker.person()));
  }

  private static String cause(@Nullable Cause cause, Words words) {
    return switch (cause) {
      case CARD_REMOVED -> words.text("web.lock.card-removed");
      case SEAT_LOST -> words.text("web.lock.seat-lost");
      case IDLE -> words.text("web.lock.idle");
      case TERMINAL_SILENT -> words.text("web.lock.terminal-silent");
      case TERMINAL_STOPPED -> words.text("web.lock.terminal-stopped");
      case LOGOUT,
          ABSOLUTE_LIMIT,
          LOCK_TO_END,
          OTHER_PERSON,
          REPLACED,
          REVOKED,
          REBOOT,
          BY_HOLDER,
          BY_ADMINISTRATOR ->
          "";
      case null -> "";
    };
  }

  @Get("/api/v1/sessions")
  HttpResponse<?> own(HttpRequest<?> request) {
    Session asker = CurrentSession.active(request);
    return answers.tagged(
        request,
        transactions.<SessionLines>read(handle ->
            new SessionLines(
                sessions.own(handle, asker).stream().map(one -> line(handle, one, asker)).toList(),
                null)));
  }

  @Get("/api/v1/sessions/organ")
  HttpResponse<?> ofOrgan(HttpRequest<?> request) {
    Session asker = CurrentSession.active(request);
    Optional<Question> asked = Question.of(request);
    if (asked.isEmpty()) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    if (!desk.holds(asker, Desk.ADMINISTRATORS)) {
      return answers.refuse(Refusal.ROLE_MISSING, request);
    }
    return answers.tagged(
        request,
        transactions.<SessionLines>read(handle -> {
          Found found = found(handle, asker, asked.get());
          return new SessionLines(
              found.rows().stream().map(one -> line(handle, one, asker)).toList(), found.next());
        }));
  }

  private SessionLine line(Handle handle, Session one, Session asker) {
    Cause cause = one.cause();
    Relying relying = one.relying();
    return new SessionLine(
        one.name(),
        one.person(),
        persons.name(handle, one.person()).orElse(""),
        one.terminal(),
        one.state().name().toLowerCase(Locale.ROOT),
        cause == null ? null : cause.text(),
        one.created().toString(),
        one.absoluteEnd().toString(),
        relying == null ? null : relying.service(),
        one.name().equals(asker.name()));
  }

  @Post("/api/v1/sessions/end")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> end(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    NamedSession named = WireJson.read(body, NamedSession.class);
    return sessions
        .end(CurrentSession.active(request), named.session())
        .<HttpResponse<?>>map(reason -> answers.refuse(reason, request))
        .orElseGet(() -> answers.ok(named));
  }
}
