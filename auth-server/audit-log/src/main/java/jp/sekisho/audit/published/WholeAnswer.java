package jp.sekisho.audit.published;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The answer of a server that is not trusted: of at most a number of bytes, and whole within one
 * deadline. A request's own timeout ends when the header is there; a server that then sends nothing
 * would hold whoever asked for good.
 */
public final class WholeAnswer {
  private WholeAnswer() {}

  /**
   * Asks and waits.
   *
   * @param limit most bytes of the body; of a longer one, one byte more is returned
   * @param patience for connection, header and body together
   * @throws IOException when there is no whole answer in time
   */
  public static HttpResponse<byte[]> of(
      HttpClient client, HttpRequest request, int limit, Duration patience) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, response -> new BoundedBody(limit));
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no whole answer within " + patience.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    }
  }
}
