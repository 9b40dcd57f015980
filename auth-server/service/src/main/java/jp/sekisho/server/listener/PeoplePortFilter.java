package jp.sekisho.server.listener;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.Order;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.server.annotation.PreMatching;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The guard of the people's port: only our own host names (against DNS rebinding), POST only from
 * our own pages, other sites may link to pages and do nothing else (Fetch Metadata, where the
 * browser sends it), no agents' route, bodies up to 64 KiB; and the security headers of every
 * answer.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Requires(beans = ListenerSettings.class)
@Order(-1000)
final class PeoplePortFilter {
  private static final int MAX_BODY = 64 * 1024;

  /** Routes that take files: as large as any body may be. */
  private static final Set<String> FILES =
      Set.of("/api/v1/people/check", "/api/v1/people/apply", "/api/v1/setup/policy");

  /**
   * Where browsers report what a page's policy stopped. Nothing of a report is read: anybody can
   * send one, so it is counted by source and minute like a refusal.
   */
  static final String REPORTS = "/csp-report";

  /** As docs/protocol.md promises; the agent's loopback port is the only foreign host. */
  private static final String CSP =
      "default-src 'none'; script-src %s; style-src 'self'; img-src 'self'; connect-src 'self'"
          + " http://127.0.0.1:47621; object-src 'none'; form-action 'self'; frame-ancestors 'none';"
          + " base-uri 'none'; report-uri "
          + REPORTS;

  /** Two years, for this host alone and what stands below it. */
  private static final String HSTS = "max-age=63072000; includeSubDomains";

  /**
   * Of the page that posts a passkey's answer back to a relying service: browsers hold each address
   * that the answer to a form leads to against its form-action, and those applications' addresses
   * nobody here knows. Its form goes to the registered origin only.
   */
  private static final String CSP_BACK = CSP.replace(" form-action 'self';", "");

  /** Of answers that are no page, which most are: made once. */
  private static final String CSP_WITHOUT_SCRIPT = CSP.formatted("'none'");

  private static final String CSP_BACK_WITHOUT_SCRIPT = CSP_BACK.formatted("'none'");

  private final Doors doors;
  private final Answers answers;
  private final RefusalCounter strangers;
  private final Set<String> origins;
  private final Set<String> hosts;
  private final boolean trial;

  PeoplePortFilter(
      ListenerSettings settings, Doors doors, Answers answers, RefusalCounter strangers) {
    this.doors = doors;
    this.answers = answers;
    this.strangers = strangers;
    this.origins = Set.copyOf(settings.originTexts());
    this.hosts =
        settings.origins().stream().map(URI::getAuthority).collect(Collectors.toUnmodifiableSet());
    this.trial = settings.trial();
  }

  @RequestFilter
  @PreMatching
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    if (doors.isAgents(request)) {
      return null;
    }
    Refusal refusal = refusal(request);
    if (refusal == null) {
      return null;
    }
    strangers.count(Doors.source(request), refusal);
    MutableHttpResponse<byte[]> answer =
        refusal == Refusal.CSP_VIOLATION
            ? HttpResponse.noContent()
            : answers.refuse(refusal, request);
    secure(request, answer);
    return answer;
  }

  private @Nullable Refusal refusal(HttpRequest<?> request) {
    List<String> host = request.getHeaders().getAll(HttpHeaders.HOST);
    if (host.size() != 1 || !hosts.contains(host.get(0))) {
      return Refusal.ORIGIN_FOREIGN;
    }
    if (request.getPath().startsWith("/agent/")) {
      return Refusal.NOT_FOUND;
    }
    HttpMethod method = request.getMethod();
    if (method == HttpMethod.GET || method == HttpMethod.HEAD) {
      return isOwn(request) || isLink(request) ? null : Refusal.CROSS_SITE;
    }
    if (method != HttpMethod.POST) {
      return Refusal.NOT_FOUND;
    }
    if (request.getPath().equals(REPORTS)) {
      return report(request);
    }
    List<String> origin = request.getHeaders().getAll(HttpHeaders.ORIGIN);
    if (origin.size() != 1 || !origins.contains(origin.get(0)) || !isOwn(request)) {
      return Refusal.CROSS_SITE;
    }
    return Doors.bodyRefusal(
        request, FILES.contains(request.getPath()) ? Listeners.MAX_BODY : MAX_BODY);
  }

  /** A browser sends it for a page that names no referrer, so its origin may be {@code null}. */
  private Refusal report(HttpRequest<?> request) {
    List<String> origin = request.getHeaders().getAll(HttpHeaders.ORIGIN);
    boolean foreign =
        !isOwn(request)
            || origin.size() > 1
            || (origin.size() == 1
                && !origin.get(0).equals("null")
                && !origins.contains(origin.get(0)));
    if (foreign) {
      return Refusal.CROSS_SITE;
    }
    Refusal body = Doors.bodyRefusal(request, MAX_BODY);
    return body == null ? Refusal.CSP_VIOLATION : body;
  }

  /** Whether no other site asked; programs and old browsers do not say. */
  private static boolean isOwn(HttpRequest<?> request) {
    List<String> site = request.getHeaders().getAll("Sec-Fetch-Site");
    return site.isEmpty() || site.equals(List.of("same-origin")) || site.equals(List.of("none"));
  }

  /** Whether somebody followed a link to a page; a cookie of ours does not come along. */
  private static boolean isLink(HttpRequest<?> request) {
    return request.getHeaders().getAll("Sec-Fetch-Mode").equals(List.of("navigate"))
        && request.getHeaders().getAll("Sec-Fetch-Dest").equals(List.of("document"))
        && !request.getPath().startsWith("/api/");
  }

  @ResponseFilter
  void secure(HttpRequest<?> request, MutableHttpResponse<?> response) {
    if (doors.isAgents(request)) {
      return;
    }
    boolean back = request.getPath().startsWith("/relying/");
    String policy =
        ScriptNonce.made(request)
            .map(nonce -> (back ? CSP_BACK : CSP).formatted("'nonce-" + nonce + "'"))
            .orElse(back ? CSP_BACK_WITHOUT_SCRIPT : CSP_WITHOUT_SCRIPT);
    response.getHeaders().set("Content-Security-Policy", policy);
    response.getHeaders().set("X-Content-Type-Options", "nosniff");
    response.getHeaders().set("Referrer-Policy", "no-referrer");
    response.getHeaders().set("Cross-Origin-Opener-Policy", "same-origin");
    response.getHeaders().set("Cross-Origin-Resource-Policy", "same-origin");
    if (!trial) {
      response.getHeaders().set("Strict-Transport-Security", HSTS);
    }
    boolean says =
        request.getPath().startsWith("/static/")
            || response.getHeaders().contains(HttpHeaders.CACHE_CONTROL);
    if (!says || response.code() != 200) {
      response.getHeaders().set(HttpHeaders.CACHE_CONTROL, "no-store");
    }
  }
}
