package jp.sekisho.server.listener;

import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.BasicHttpAttributes;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of an exception and of Micronaut's own errors: always a {@link
 * jp.sekisho.protocol.RefusalBody}, with the status of its refusal.
 *
 * <p>An error nobody foresaw is INTERNAL with a random reference that stands beside the stack trace
 * in the service's log; its message goes to nobody else. It becomes an entry, as does a {@link
 * TamperedException}.
 *
 * <p>Every request of a person that is to change something, or to search or export a log, is an
 * act, opened by {@code web.SessionFilter} and closed here or by its answer: one that ends in an
 * error is written as a failure of that person ({@link SessionEvent.ActFailed}). One that is
 * answered, be it by a refusal, says in entries of its own what became of it.
 */
@Singleton
@Primary
@Requires(beans = ListenerSettings.class)
final class Failures implements ErrorResponseProcessor<byte[]> {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  /** What no code refused: the work was left by an exception. */
  private static final Set<Refusal> ERRORS =
      Set.of(Refusal.INTERNAL, Refusal.STORAGE_FAILED, Refusal.STATE_TAMPERED);

  /** Looking that is an entry itself. */
  private static final String LOGS = "/api/v1/log/";

  private static final Pattern WORD = Pattern.compile("[a-z-]{0,24}|v1");

  private final Answers answers;
  private final Transactions transactions;
  private final InstantSource clock;
  private final List<ActingPerson> people;
  private final SecureRandom random = new SecureRandom();
  private final PerMinute bound = new PerMinute();

  Failures(
      Answers answers, Transactions transactions, InstantSource clock, List<ActingPerson> people) {
    this.answers = answers;
    this.transactions = transactions;
    this.clock = clock;
    this.people = List.copyOf(people);
  }

  @Override
  public MutableHttpResponse<byte[]> processResponse(
      ErrorContext context, MutableHttpResponse<?> base) {
    Throwable cause = context.getRootCause().orElse(null);
    Refusal refusal = refusal(cause, base.code());
    MutableHttpResponse<byte[]> answer;
    String reference = null;
    if (refusal == Refusal.INTERNAL) {
      byte[] bytes = new byte[5];
      random.nextBytes(bytes);
      reference = HexFormat.of().withUpperCase().formatHex(bytes);
      LOG.error("error {} at {}", reference, at(context.getRequest()), cause);
      report(at(context.getRequest()), reference);
      answer = answers.internal(context.getRequest(), reference);
    } else {
      answer = answers.refuse(refusal, context.getRequest());
    }
    if (ERRORS.contains(refusal) && isAct(context.getRequest())) {
      reportAct(context.getRequest(), reference, refusal);
    }
    // Requests that are no HTTP reach no filter, so these two are set here.
    answer
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .header("X-Content-Type-Options", "nosniff");
    String allowed = base.getHeaders().get(HttpHeaders.ALLOW);
    return allowed == null ? answer : answer.header(HttpHeaders.ALLOW, allowed);
  }

  private Refusal refusal(@Nullable Throwable cause, int status) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      switch (t) {
        case TamperedException tampered -> {
          report(tampered);
          return Refusal.STATE_TAMPERED;
        }
        case StorageException storage -> {
          LOG.error("storage failed", storage);
          return Refusal.STORAGE_FAILED;
        }
        case MalformedException _ -> {
          return Refusal.INPUT_MALFORMED;
        }
        default -> {}
      }
    }
    return switch (status) {
      case 404, 405 -> Refusal.NOT_FOUND;
      case 413 -> Refusal.INPUT_TOO_LARGE;
      case 429 -> Refusal.TOO_MANY;
      default -> status < 500 ? Refusal.INPUT_MALFORMED : Refusal.INTERNAL;
    };
  }

  private void report(TamperedException tampered) {
    LOG.error("{}", tampered.getMessage());
    report(
        tampered.table() + ' ' + tampered.row(),
        new ServiceEvent.StateTampered(tampered.table(), tampered.row()));
  }

  private void report(String at, String reference) {
    report(at, new ServiceEvent.Failed(reference, at));
  }

  /**
   * Writes the entry apart: the failure may be handled on a thread that must not wait. Of one kind
   * the first in a minute, so that nobody can fill the log.
   */
  private void report(String kind, ServiceEvent event) {
    if (!bound.first(kind, clock.instant())) {
      return;
    }
    Thread.ofVirtual()
        .name("failure")
        .start(() -> {
          try {
            transactions.write(change -> change.record(Entry.Subject.NONE, event));
          } catch (RuntimeException e) {
            LOG.error("the entry {} could not be written", event.type(), e);
          }
        });
  }

  private static boolean isAct(HttpRequest<?> request) {
    return request.getMethod() == HttpMethod.POST || request.getPath().startsWith(LOGS);
  }

  /**
   * Writes the entry apart, for the same reason, with whoever is logged in. Of one session and
   * route the first in a minute; one that could not be written does not count.
   */
  private void reportAct(HttpRequest<?> request, @Nullable String reference, Refusal refusal) {
    String route = route(request);
    List<Supplier<Optional<Entry.Subject>>> asked =
        people.stream().map(person -> person.of(request)).toList();
    Thread.ofVirtual()
        .name("failed-act")
        .start(() -> {
          PerMinute.Call call = bound.call();
          try {
            for (Supplier<Optional<Entry.Subject>> person : asked) {
              Optional<Entry.Subject> subject = person.get();
              if (subject.isPresent()
                  && call.first(subject.get().session() + " " + route, clock.instant())) {
                transactions.write(change ->
                    change.record(
                        subject.get(), new SessionEvent.ActFailed(route, reference, refusal)));
              }
            }
          } catch (RuntimeException e) {
            call.takeBack();
            LOG.error("the entry of a failed act could not be written", e);
          }
        });
  }

  /** Method and path of the route, its variables by their names. */
  private static String route(HttpRequest<?> request) {
    return request.getMethodName()
        + ' '
        + BasicHttpAttributes.getUriTemplate(request).orElseGet(() -> path(request));
  }

  /**
   * Method and path for the log. What somebody typed must not get into it with the path: only parts
   * of small letters stay, and {@code v1}.
   */
  static String at(HttpRequest<?> request) {
    return request.getMethodName() + ' ' + path(request);
  }

  private static String path(HttpRequest<?> request) {
    return Stream.of(request.getPath().split("/", 12))
        .map(part -> WORD.matcher(part).matches() ? part : "*")
        .collect(Collectors.joining("/"));
  }
}
