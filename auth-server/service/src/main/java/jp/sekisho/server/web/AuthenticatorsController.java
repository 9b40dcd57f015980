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
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NamedPasskey;
import jp.sekisho.protocol.NewPasskey;
import jp.sekisho.protocol.PasskeyOptions;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.Authenticator.State;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardNews;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.web.AuthenticatorsPage.Content;
import jp.sekisho.server.web.AuthenticatorsPage.Row;
import jp.sekisho.server.webauthn.Passkey;
import jp.sekisho.server.webauthn.PasskeyEnrolment;
import jp.sekisho.server.webauthn.PasskeyEnrolment.Outcome;
import org.jspecify.annotations.Nullable;

/** One's own authenticators: the page, and what it does with passkeys. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class AuthenticatorsController {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(LogFilter.JAPAN);

  private final Pages pages;
  private final PasskeyEnrolment passkeys;
  private final Authenticators cards;
  private final DeskContent desk;
  private final OnceAnswers once;
  private final Transactions transactions;
  private final Answers answers;
  private final InstantSource clock;

  AuthenticatorsController(
      Pages pages,
      PasskeyEnrolment passkeys,
      DeskContent desk,
      OnceAnswers once,
      Installation installation,
      Answers answers) {
    this.pages = pages;
    this.passkeys = passkeys;
    this.cards = new Authenticators(installation.seal());
    this.transactions = installation.transactions();
    this.desk = desk;
    this.once = once;
    this.answers = answers;
    this.clock = installation.clock();
  }

  @Get("/authenticators")
  @Produces(MediaType.ALL)
  HttpResponse<?> page(HttpRequest<?> request) {
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          render(request, HttpStatus.LOCKED, session, null);
      case Resolution.Active(Session session) ->
          render(request, HttpStatus.OK, session, content(request, session));
    };
  }

  private HttpResponse<?> render(
      HttpRequest<?> request, HttpStatus status, Session session, @Nullable Content content) {
    return pages.page(
        status,
        request,
        "authenticators.jte",
        "page",
        new AuthenticatorsPage(
            pages.frame(request), session.person(), session.terminal(), content));
  }

  private Content content(HttpRequest<?> request, Session session) {
    Words words = pages.frame(request).words();
    List<Row> rows = new ArrayList<>();
    Instant now = clock.instant();
    List<CardNews.News> news =
        transactions.read(handle -> cards.news().of(handle, session.person()));
    transactions
        .read(handle -> cards.ofPerson(handle, session.person()))
        .forEach(found -> {
          if (found instanceof Authenticators.Found.Sound(Authenticator card)) {
            rows.add(row(card, news, words, now));
          }
        });
    List<Passkey> own = passkeys.of(session.person());
    own.forEach(passkey -> rows.add(row(passkey, words, now)));
    return new Content(
        rows, rows.stream().anyMatch(Row::fresh), desk.waitsFor(session), ends(request));
  }

  /** The day that a login found near; only something that is a day is shown. */
  private static @Nullable String ends(HttpRequest<?> request) {
    String day = request.getParameters().get("ends");
    try {
      return day == null ? null : LocalDate.parse(day).toString();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static Row row(Authenticator card, List<CardNews.News> news, Words words, Instant now) {
    Optional<CardNews.News> told =
        news.stream().filter(one -> one.spki().equals(card.spki())).findFirst();
    return new Row(
        card.spki(),
        false,
        words.text(
            switch (card.kind()) {
              case STAFF_PIV -> "web.authenticators.card";
              case JPKI -> "web.authenticators.card.jpki";
              case PKCS11 -> "web.authenticators.card.pkcs11";
            }),
        "—",
        card.state().name().toLowerCase(Locale.ROOT),
        words(card.state(), words),
        card.assurance() == Assurance.LOW,
        time(told.map(CardNews.News::registered).orElse(null)),
        "—",
        told.filter(one -> one.isNews(now)).isPresent());
  }

  private static Row row(Passkey passkey, Words words, Instant now) {
    return new Row(
        passkey.id(),
        true,
        passkey.label(),
        passkey.model().isEmpty() ? "—" : passkey.model(),
        passkey.state().name().toLowerCase(Locale.ROOT),
        words(passkey.state(), words),
        passkey.assurance() == Assurance.LOW,
        time(passkey.registered()),
        time(passkey.lastUsed()),
        passkey.isNews(now));
  }

  /** A state of a card or passkey in words. */
  static String words(State state, Words words) {
    return switch (state) {
      case ACTIVE -> words.text("web.authenticators.state.active");
      case SUSPENDED -> words.text("web.authenticators.state.suspended");
      case REVOKED -> words.text("web.authenticators.state.revoked");
    };
  }

  private static String time(@Nullable Instant instant) {
    return instant == null ? "—" : MINUTE.format(instant);
  }

  @Post("/api/v1/passkeys/options")
  @Consumes(MediaType.ALL)
  HttpResponse<?> options(HttpRequest<?> request) {
    return switch (passkeys.begin(CurrentSession.active(request))) {
      case Outcome.Refused<PasskeyOptions>(Refusal reason) -> answers.refuse(reason, request);
      case Outcome.Done<PasskeyOptions>(PasskeyOptions options) -> answers.ok(options);
    };
  }

  @Post("/api/v1/passkeys")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> register(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    NewPasskey made = WireJson.read(body, NewPasskey.class);
    Session by = CurrentSession.active(request);
    return once.answer(
        request, by, body, () -> named(request, HttpStatus.CREATED, passkeys.finish(by, made)));
  }

  @Post("/api/v1/passkeys/remove")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> remove(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    NamedPasskey named = WireJson.read(body, NamedPasskey.class);
    return named(
        request, HttpStatus.OK, passkeys.remove(CurrentSession.active(request), named.id()));
  }

  private HttpResponse<?> named(
      HttpRequest<?> request, HttpStatus status, Outcome<Passkey> outcome) {
    return switch (outcome) {
      case Outcome.Refused<Passkey>(Refusal reason) -> answers.refuse(reason, request);
      case Outcome.Done<Passkey>(Passkey passkey) ->
          answers.json(status, new NamedPasskey(passkey.id()));
    };
  }

  @Post("/api/v1/passkeys/seen")
  @Consumes(MediaType.ALL)
  HttpResponse<?> seen(HttpRequest<?> request) {
    passkeys.seen(CurrentSession.active(request));
    return HttpResponse.noContent();
  }
}
