package jp.sekisho.smartcard.verify;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The body of an HTTP answer, whole, within one limit of time and one of size. The request's own
 * timeout ends when the header is there; a sender that then dawdles would hold its caller for ever.
 */
final class WholeAnswer {
  private static final int OK = 200;

  private WholeAnswer() {}

  /**
   * Asks and waits.
   *
   * @param limit from the question to the last byte
   * @param largest in bytes; the rest of a longer body is not read
   * @throws IOException also for any other status than 200, a longer body, or no whole answer in
   *     time
   */
  static byte[] of(HttpClient client, HttpRequest request, Duration limit, int largest)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, response -> new Body(largest));
    try {
      HttpResponse<byte[]> response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != OK) {
        throw new IOException("HTTP " + response.statusCode());
      }
      if (response.body().length > largest) {
        throw new IOException("larger than " + (largest >> 10) + " KiB");
      }
      return response.body();
    } catch (TimeoutException e) {
      throw new IOException("no whole answer within " + limit.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    } finally {
      // Without effect on what is done; else it ends the exchange.
      answer.cancel(true);
    }
  }

  /** At most so many bytes; of a longer body one byte more. */
  private static final class Body implements HttpResponse.BodySubscriber<byte[]> {
    private final int largest;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription subscription;

    Body(int largest) {
      this.largest = largest;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        byte[] bytes = new byte[Math.min(buffer.remaining(), largest + 1 - received.size())];
        buffer.get(bytes);
        received.writeBytes(bytes);
      }
      if (received.size() > largest && subscription != null) {
        subscription.cancel();
        whole.complete(received.toByteArray());
      }
    }

    @Override
    public void onError(Throwable failure) {
      whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      whole.complete(received.toByteArray());
    }
  }
}
