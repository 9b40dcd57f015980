package jp.sekisho.audit.published;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import jp.sekisho.audit.FormatException;

/** A published log on a server that is not trusted; see the package for the limits. */
public final class ServedFiles implements LogFiles {
  /** Longest time for one answer, body included. */
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int NOT_FOUND = 404;
  private static final int GONE = 410;
  private static final int OK = 200;

  private final URI base;
  private final Duration timeout;
  private final HttpClient client;

  private ServedFiles(URI base, Duration timeout) {
    this.base = base;
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout.compareTo(CONNECT_TIMEOUT) < 0 ? timeout : CONNECT_TIMEOUT)
            .build();
  }

  /** Returns whether an argument is meant as an address. */
  public static boolean isAddress(String argument) {
    return argument.regionMatches(true, 0, "http://", 0, 7)
        || argument.regionMatches(true, 0, "https://", 0, 8);
  }

  /**
   * Takes the address of a log, to which {@code /checkpoint} and {@code /tile/…} are appended.
   *
   * @throws FormatException if it is neither https nor http on a loopback address, or has a query,
   *     a fragment or a name and password
   */
  public static ServedFiles of(String address) throws FormatException {
    return of(address, TIMEOUT);
  }

  static ServedFiles of(String address, Duration timeout) throws FormatException {
    URI base;
    try {
      base = new URI(address.endsWith("/") ? address : address + "/");
    } catch (URISyntaxException e) {
      throw refused("not an address");
    }
    if (base.getHost() == null
        || base.getRawQuery() != null
        || base.getRawFragment() != null
        || base.getRawUserInfo() != null) {
      throw refused("the address has no host, or a query, a fragment, or a name before the host");
    }
    boolean secure = "https".equalsIgnoreCase(base.getScheme());
    if (!secure && !isLoopback(base.getHost())) {
      throw refused("http is for this machine only; use https");
    }
    return new ServedFiles(base, timeout);
  }

  /** Looks at the text alone: a name other than localhost could be pointed anywhere. */
  private static boolean isLoopback(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    boolean literal = host.matches("[0-9.]+") || host.startsWith("[");
    try {
      return literal && InetAddress.getByName(host).isLoopbackAddress();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public byte[] read(String path, int limit) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path))
            .header("Accept-Encoding", "identity")
            .timeout(timeout)
            .GET()
            .build();
    HttpResponse<byte[]> answer;
    try {
      answer = WholeAnswer.of(client, request, limit, timeout);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
    return contents(answer, path, limit);
  }

  private static byte[] contents(HttpResponse<byte[]> response, String path, int limit)
      throws IOException {
    int status = response.statusCode();
    if (status == NOT_FOUND || status == GONE) {
      throw new NoSuchFileException(path);
    }
    if (status != OK) {
      throw new IOException(path + ": the server answered " + status);
    }
    String coding = response.headers().firstValue("Content-Encoding").orElse("identity");
    if (!coding.equals("identity")) {
      throw new IOException(path + ": the server sent a coding that was not asked for");
    }
    if (response.body().length > limit) {
      throw new TooLongException(path, limit);
    }
    return response.body();
  }

  private static FormatException refused(String detail) {
    return new FormatException(FormatException.Code.ADDRESS_REFUSED, detail);
  }

  /** Returns the address. */
  @Override
  public String toString() {
    return base.toString();
  }

  @Override
  public void close() {}
}
