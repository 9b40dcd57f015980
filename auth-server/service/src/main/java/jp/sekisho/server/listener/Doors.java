package jp.sekisho.server.listener;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** Facts about how a request came in, taken from its socket and never from a header. */
@Singleton
@Requires(beans = ListenerSettings.class)
public final class Doors {
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  private final int agentsPort;

  Doors(ListenerSettings settings) {
    this.agentsPort = settings.agentsPort();
  }

  /** Whether the request came to the agents' port. */
  public boolean isAgents(HttpRequest<?> request) {
    return request.getServerAddress().getPort() == agentsPort;
  }

  /** The peer's address. */
  public static InetAddress source(HttpRequest<?> request) {
    InetAddress address = request.getRemoteAddress().getAddress();
    if (address != null) {
      return address;
    }
    try {
      // An unresolved peer cannot happen on a socket; 0.0.0.0 keeps it countable all the same.
      return InetAddress.getByAddress(new byte[4]);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Why a request's body may not come in; null when it may. Its length must be declared, because a
   * limit that is found out half way has cost us the half.
   *
   * @param limit in bytes
   */
  public static @Nullable Refusal bodyRefusal(HttpRequest<?> request, int limit) {
    HttpHeaders headers = request.getHeaders();
    // A packed body is as long as it says only until it is unpacked.
    if (headers.contains(HttpHeaders.TRANSFER_ENCODING)
        || headers.contains(HttpHeaders.CONTENT_ENCODING)) {
      return Refusal.INPUT_MALFORMED;
    }
    List<String> lengths = headers.getAll(HttpHeaders.CONTENT_LENGTH);
    if (lengths.isEmpty()) {
      return null;
    }
    if (lengths.size() != 1 || !LENGTH.matcher(lengths.get(0)).matches()) {
      return Refusal.INPUT_MALFORMED;
    }
    return Long.parseLong(lengths.get(0)) > limit ? Refusal.INPUT_TOO_LARGE : null;
  }
}
