package jp.sekisho.server.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.cookie.SameSite;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.ScriptNonce;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;

/** Makes pages of precompiled templates, with the headers every page carries. Thread-safe. */
final class Pages {
  private static final TemplateEngine TEMPLATES =
      TemplateEngine.createPrecompiled(ContentType.Html);
  private static final Duration LANGUAGE_KEPT = Duration.ofDays(365);
  private static final String FRAME = "sekisho.frame";

  private final Settings settings;
  private final BooleanSupplier modelListed;
  private final Rights rights;

  /**
   * What pages are made with.
   *
   * @param agentUrl where a page finds the agent of its own terminal
   * @param helpLine whom to call
   */
  record Settings(boolean trial, String agentUrl, String helpLine) {}

  /**
   * What pages ask of a session's person, to show the links that lead somewhere.
   *
   * @param people looks after people and cards
   * @param temporary hands out temporary cards
   * @param emergencies how many unreported emergencies the person looks after
   * @param measures may see the register of exceptional measures
   * @param breaches how many cases of 漏えい等 that the person may see have a report overdue
   * @param setup whether the first start is open, in which those who look after people go on
   */
  record Rights(
      Predicate<Session> people,
      Predicate<Session> temporary,
      ToIntFunction<Session> emergencies,
      Predicate<Session> measures,
      ToIntFunction<Session> breaches,
      BooleanSupplier setup) {}

  /**
   * @param modelListed whether any model of passkeys may be registered; a trial needs no list
   */
  Pages(Settings settings, BooleanSupplier modelListed, Rights rights) {
    this.settings = settings;
    this.modelListed = modelListed;
    this.rights = rights;
  }

  /**
   * What stands around a page's content, in the language of {@code request}; made when it is first
   * asked for, since a page asks for its words and again for the whole, and some links count rows.
   */
  Frame frame(HttpRequest<?> request) {
    return request
        .getAttribute(FRAME, Frame.class)
        .orElseGet(() -> {
          Frame frame = made(request);
          request.setAttribute(FRAME, frame);
          return frame;
        });
  }

  private Frame made(HttpRequest<?> request) {
    Words words = Words.of(Answers.language(request));
    return new Frame(
        words,
        settings.trial(),
        settings.agentUrl(),
        settings.trial() || modelListed.getAsBoolean(),
        may(request, rights.people()),
        may(request, rights.temporary()),
        count(request, rights.emergencies()),
        may(request, rights.measures()),
        count(request, rights.breaches()),
        may(request, rights.people()) && rights.setup().getAsBoolean(),
        ScriptNonce.of(request),
        KnownRefusal.all(words, settings.helpLine()));
  }

  private static int count(HttpRequest<?> request, ToIntFunction<Session> what) {
    return request
            .getAttribute(SessionFilter.RESOLUTION, Resolution.class)
            .filter(Resolution.Active.class::isInstance)
            .isPresent()
        ? what.applyAsInt(CurrentSession.active(request))
        : 0;
  }

  private static boolean may(HttpRequest<?> request, Predicate<Session> right) {
    return request
        .getAttribute(SessionFilter.RESOLUTION, Resolution.class)
        .filter(worth -> worth instanceof Resolution.Active(Session who) && right.test(who))
        .isPresent();
  }

  /** A page of {@code template} with its one parameter. */
  MutableHttpResponse<byte[]> page(
      HttpStatus status, HttpRequest<?> request, String template, String name, Object parameter) {
    StringOutput out = new StringOutput();
    TEMPLATES.render(template, Map.of(name, parameter), out);
    MutableHttpResponse<byte[]> response =
        HttpResponse.<byte[]>status(status)
            .body(out.toString().getBytes(StandardCharsets.UTF_8))
            .header(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
            .header(HttpHeaders.CACHE_CONTROL, "no-store");
    return keepLanguage(request, response);
  }

  /** How something is laid out that is printed. */
  CurrentSession.Layout<PaperPage.Content> paper(HttpRequest<?> request) {
    return (session, content) ->
        page(
            content == null ? HttpStatus.LOCKED : HttpStatus.OK,
            request,
            "paper.jte",
            "page",
            new PaperPage(frame(request), session.person(), session.terminal(), content));
  }

  private static MutableHttpResponse<byte[]> keepLanguage(
      HttpRequest<?> request, MutableHttpResponse<byte[]> response) {
    return request.getParameters().contains("lang")
        ? response.cookie(
            Cookie.of(Answers.LANGUAGE_COOKIE, Answers.language(request).getLanguage())
                .path("/")
                .secure(true)
                .httpOnly(true)
                .sameSite(SameSite.Strict)
                .maxAge(LANGUAGE_KEPT.toSeconds()))
        : response;
  }
}
