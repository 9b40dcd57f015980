package jp.sekisho.server.listener;

import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
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
 * in the service's log; its message goes to nobody else. A {@link TamperedException} becomes an
 * entry first.
 */
@Singleton
@Primary
@Requires(beans = ListenerSettings.class)
final class Failures implements ErrorResponseProcessor<byte[]> {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private final Answers answers;
  private final Transactions transactions;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final PerMinute bound = new PerMinute();

  Failures(Answers answers, Transactions transactions, InstantSource clock) {
    this.answers = answers;
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public MutableHttpResponse<byte[]> processResponse(
      ErrorContext context, MutableHttpResponse<?> base) {
    Throwable cause = context.getRootCause().orElse(null);
    Refusal refusal = refusal(cause, base.code());
    MutableHttpResponse<byte[]> answer;
    if (refusal == Refusal.INTERNAL) {
      byte[] bytes = new byte[5];
      random.nextBytes(bytes);
      String reference = HexFormat.of().withUpperCase().formatHex(bytes);
      LOG.error("error {} at {}", reference, context.getRequest().getPath(), cause);
      answer = answers.internal(context.getRequest(), reference);
    } else {
      answer = answers.refuse(refusal, context.getRequest());
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

  /** Writes the entry apart: the failure may be handled on a thread that must not wait. */
  private void report(TamperedException tampered) {
    LOG.error("{}", tampered.getMessage());
    if (!bound.first(tampered.table() + ' ' + tampered.row(), clock.instant())) {
      return;
    }
    Thread.ofVirtual()
        .name("state-tampered")
        .start(() -> {
          try {
            transactions.write(change ->
                change.record(
                    Entry.Subject.NONE,
                    new ServiceEvent.StateTampered(tampered.table(), tampered.row())));
          } catch (RuntimeException e) {
            LOG.error("the entry for a tampered row could not be written", e);
          }
        });
  }
}
