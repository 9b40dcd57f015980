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
import org.jspecify.annotations.Nullable;

/** A published log on a server that is not trusted; see the package for the limits. */
public final class ServedFiles implements LogFiles {
  /** Longest time for one answer, body included. */
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** Longest cookie of a session, in characters. */
  public static final int MAX_SESSION = 4096;

  private static final String ENTRIES = "tile/entries/";
  private static final int NOT_FOUND = 404;
  private static final int GONE = 410;
  private static final int OK = 200;

  private final URI base;
  private final Duration timeout;
  private final HttpClient client;
  private final @Nullable String session;

  private ServedFiles(URI base, Duration timeout, HttpClient client, @Nullable String session) {
    this.base = base;
    this.timeout = timeout;
    this.client = client;
    this.session = session;
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
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout.compareTo(CONNECT_TIMEOUT) < 0 ? timeout : CONNECT_TIMEOUT)
            .build();
    return new ServedFiles(base, timeout, client, null);
  }

  /**
   * Returns the same log, read as one whose session this is: a server may show entries to auditors
   * only. The session goes with the requests for entries and with no other.
   *
   * @param cookie {@code name=value}, visible ASCII, at most {@value #MAX_SESSION} characters
   * @throws FormatException if it is not of this form; the message does not repeat it
   */
  public ServedFiles as(String cookie) throws FormatException {
    if (cookie.length() > MAX_SESSION || !cookie.matches("[!-~]+=[!-~]+")) {
      throw refused("the session is not one line name=value");
    }
    return new ServedFiles(base, timeout, client, cookie);
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
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .header("Accept-Encoding", "identity")
            .timeout(timeout)
            .GET();
    if (session != null && path.startsWith(ENTRIES)) {
      request.header("Cookie", session);
    }
    HttpResponse<byte[]> answer;
    try {
      answer = WholeAnswer.of(client, request.build(), limit, timeout);
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
