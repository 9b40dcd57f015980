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
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.OrderNamed;
import jp.sekisho.protocol.OrderPreview;
import jp.sekisho.protocol.PersonLines;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.cli.PersonWords;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.desk.Desk;
import jp.sekisho.server.desk.DeskOrders;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.person.Directory;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.PersonnelOrder;
import jp.sekisho.server.person.RowFault;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.web.PeoplePage.Content;
import jp.sekisho.server.web.PeoplePage.OrderLine;
import jp.sekisho.server.web.PeoplePage.Row;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** People and posts of the session's 機関: the list, and personnel files looked at, taken, undone. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PeopleController {
  private static final int PAGE = 50;
  private static final int LONGEST_QUERY = 40;

  private final Pages pages;
  private final Desk desk;
  private final DeskOrders orders;
  private final Directory directory;
  private final Installation installation;
  private final OnceAnswers once;
  private final Answers answers;

  PeopleController(
      Pages pages,
      Desk desk,
      DeskOrders orders,
      Installation installation,
      OnceAnswers once,
      Answers answers) {
    this.pages = pages;
    this.desk = desk;
    this.orders = orders;
    this.directory = new Directory(installation.seal());
    this.installation = installation;
    this.once = once;
    this.answers = answers;
  }

  @Get("/people")
  @Produces(MediaType.ALL)
  HttpResponse<?> list(HttpRequest<?> request) {
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          render(request, HttpStatus.LOCKED, session, null);
      case Resolution.Active(Session session) when !desk.holds(session, Desk.ADMINISTRATORS) -> {
        desk.notShown(session, "people", "", Refusal.ROLE_MISSING);
        yield render(
            request,
            HttpStatus.FORBIDDEN,
            session,
            new Content(text(request, Refusal.ROLE_MISSING), "", List.of(), 0, null, List.of()));
      }
      case Resolution.Active(Session session) -> {
        String query = request.getParameters().get("q");
        String after = request.getParameters().get("after");
        if (query != null && query.length() > LONGEST_QUERY) {
          yield answers.refuse(Refusal.INPUT_MALFORMED, request);
        }
        desk.viewed(session, "people", "");
        yield render(
            request,
            HttpStatus.OK,
            session,
            content(request, session, query == null ? "" : query, after == null ? "" : after));
      }
    };
  }

  private RefusalText text(HttpRequest<?> request, Refusal reason) {
    return RefusalText.of(reason, Answers.language(request), Map.of("help", answers.helpLine()));
  }

  private HttpResponse<?> render(
      HttpRequest<?> request, HttpStatus status, Session session, @Nullable Content content) {
    PeoplePage page =
        new PeoplePage(pages.frame(request), session.person(), session.terminal(), content);
    return pages.page(status, request, "people.jte", "page", page);
  }

  private Content content(HttpRequest<?> request, Session session, String query, String after) {
    Words words = pages.frame(request).words();
    PersonWords said = new PersonWords(words.locale());
    Instant now = installation.clock().instant();
    List<OrderLine> taken =
        orders.orders(session).stream().map(order -> line(order, now, words)).toList();
    return installation
        .transactions()
        .read(handle -> {
          List<String> found = directory.find(handle, session.organ(), query, Validity.day(now));
          List<String> rest = found.stream().filter(number -> number.compareTo(after) > 0).toList();
          List<Row> rows =
              rest.stream()
                  .limit(PAGE)
                  .map(number -> row(handle, number, session, now, said))
                  .toList();
          String next =
              rest.size() <= PAGE
                  ? null
                  : "/people?q="
                      + URLEncoder.encode(query, StandardCharsets.UTF_8)
                      + "&after="
                      + rows.getLast().number();
          return new Content(null, query, rows, found.size(), next, taken);
        });
  }

  private Row row(Handle handle, String number, Session session, Instant now, PersonWords said) {
    LocalDate today = Validity.day(now);
    Directory.Profile person =
        directory.profile(handle, number, session.organ(), today).orElseThrow();
    String posts =
        person.posts().stream()
            .filter(Directory.Post::current)
            .map(post -> post.divisionName() + " " + post.title())
            .collect(Collectors.joining("、"));
    String roles =
        person.roles().stream()
            .filter(Directory.Office::current)
            .map(office -> said.role(office.role().name()))
            .distinct()
            .collect(Collectors.joining("、"));
    return new Row(
        number,
        person.name(),
        posts.isEmpty() ? "—" : posts,
        roles.isEmpty() ? "—" : roles,
        person.isCurrent());
  }

  private static OrderLine line(PersonnelOrder order, Instant now, Words words) {
    boolean undoable = order.isUndoable(now);
    String state =
        words.text(
            order.state() == PersonnelOrder.State.UNDONE
                ? "web.orders.state.undone"
                : undoable ? "web.orders.state.waiting" : "web.orders.state.applied");
    return new OrderLine(
        order.id(),
        Validity.day(order.applied()).toString(),
        order.effective().toString(),
        order.persons(),
        state,
        undoable);
  }

  @Post("/api/v1/people/check")
  @Consumes(MediaType.ALL)
  HttpResponse<?> check(HttpRequest<?> request, @Body byte[] file) {
    return switch (orders.check(CurrentSession.active(request), file)) {
      case DeskOrders.Outcome.Refused<PersonImport.Outcome>(Refusal reason) ->
          answers.refuse(reason, request);
      case DeskOrders.Outcome.Answered<PersonImport.Outcome>(PersonImport.Outcome outcome) ->
          answers.ok(preview(Sha256.text(file), outcome, Answers.language(request)));
    };
  }

  private static OrderPreview preview(String file, PersonImport.Outcome outcome, Locale language) {
    PersonWords said = new PersonWords(language);
    return switch (outcome) {
      case PersonImport.Outcome.Refused(List<RowFault> faults) ->
          new OrderPreview(
              file, null, 0, List.of(), faults.stream().map(said::fault).toList(), List.of());
      case PersonImport.Outcome.Done done -> {
        LocalDate effective = done.effective();
        yield new OrderPreview(
            file,
            effective == null ? null : effective.toString(),
            done.unchanged(),
            done.changed().stream()
                .map(one ->
                    new PersonLines(said.head(one), one.steps().stream().map(said::step).toList()))
                .toList(),
            List.of(),
            done.gaps().stream().map(said::gap).toList());
      }
    };
  }

  @Post("/api/v1/people/apply")
  @Consumes(MediaType.ALL)
  HttpResponse<?> apply(HttpRequest<?> request, @Body byte[] file) {
    Session by = CurrentSession.active(request);
    return once.answer(request, by, file, () -> applied(request, orders.apply(by, file)));
  }

  private HttpResponse<?> applied(
      HttpRequest<?> request, DeskOrders.Outcome<PersonImport.Outcome> applied) {
    return switch (applied) {
      case DeskOrders.Outcome.Refused<PersonImport.Outcome>(Refusal reason) ->
          answers.refuse(reason, request);
      case DeskOrders.Outcome.Answered<PersonImport.Outcome>(PersonImport.Outcome outcome) ->
          switch (outcome) {
            case PersonImport.Outcome.Done done -> {
              String order = done.order();
              yield answers.ok(new OrderNamed(order == null ? "" : order));
            }
            case PersonImport.Outcome.Refused(List<RowFault> faults) ->
                answers.refuse(
                    faults.stream().allMatch(fault -> fault.line() == 0)
                        ? Refusal.ORDER_UNDERSTAFFED
                        : Refusal.ORDER_INVALID,
                    request);
          };
    };
  }

  @Post("/api/v1/people/undo")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> undo(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    String order = WireJson.read(body, OrderNamed.class).order();
    return switch (orders.undo(CurrentSession.active(request), order)) {
      case DeskOrders.Outcome.Refused<PersonImport.Undone>(Refusal reason) ->
          answers.refuse(reason, request);
      case DeskOrders.Outcome.Answered<PersonImport.Undone>(PersonImport.Undone undone) ->
          switch (undone) {
            case PersonImport.Undone.Done done -> answers.ok(new OrderNamed(done.order().id()));
            case PersonImport.Undone.Understaffed _ ->
                answers.refuse(Refusal.ORDER_UNDERSTAFFED, request);
            case PersonImport.Undone.Unknown _,
                PersonImport.Undone.TooLate _,
                PersonImport.Undone.ChangedSince _ ->
                answers.refuse(Refusal.ORDER_NOT_UNDOABLE, request);
          };
    };
  }
}
