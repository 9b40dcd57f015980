package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A CRL fetched over HTTP and held in memory. No login waits for the network once there is a list:
 * {@link #refresh} is called by a timer of the owner; a check only fetches while there is none yet.
 * What cannot be fetched or read leaves the list before in force until it is too old. The transport
 * need not be trusted, a CRL is signed. Thread-safe.
 */
public final class CrlUrl implements PathRevocation {
  private static final int LARGEST = 64 << 20;
  private static final Duration RETRY = Duration.ofSeconds(30);

  private final HttpClient client;
  private final URI address;
  private final Duration maxAge;
  private final Duration timeout;
  private final InstantSource clock;
  private final Consumer<String> notices;
  private final AtomicBoolean fetching = new AtomicBoolean();
  private volatile Held held = new Held(List.of(), 0, Instant.MIN);

  private record Held(List<Crl> crls, long generation, Instant tried) {}

  /**
   * Of one address.
   *
   * @param maxAge how old {@code thisUpdate} may be, whatever {@code nextUpdate} promises
   * @param timeout of one fetch
   * @param notices told of each fetch that failed
   */
  public CrlUrl(
      HttpClient client,
      URI address,
      Duration maxAge,
      Duration timeout,
      InstantSource clock,
      Consumer<String> notices) {
    this.client = client;
    this.address = address;
    this.maxAge = maxAge;
    this.timeout = timeout;
    this.clock = clock;
    this.notices = notices;
  }

  /** Fetches the list now, unless another thread is at it; false when that failed. */
  public boolean refresh() {
    if (!fetching.compareAndSet(false, true)) {
      return !held.crls.isEmpty();
    }
    try {
      List<Crl> crls = fetch();
      held = new Held(crls, held.generation + 1, clock.instant());
      return true;
    } catch (IOException e) {
      notices.accept(address + ": " + e.getMessage());
    } catch (MalformedException e) {
      notices.accept(address + ": " + e.failure().detail());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      fetching.set(false);
    }
    held = new Held(held.crls, held.generation, clock.instant());
    return false;
  }

  @Override
  public long generation() {
    return held.generation;
  }

  @Override
  public Optional<Failure> check(ValidPath path, Instant now) {
    Held current = held;
    if (current.crls.isEmpty() && !current.tried.plus(RETRY).isAfter(now)) {
      refresh();
    }
    return new CrlCheck(held.crls, Optional.of(maxAge), path.pool(), now).check(path);
  }

  @Override
  public Status check(List<X509Certificate> chain, Instant now) {
    try {
      return PathRevocation.status(check(X509.path(chain), now));
    } catch (MalformedException e) {
      return new Status.Unknown(e.failure().detail());
    }
  }

  private List<Crl> fetch() throws IOException, InterruptedException, MalformedException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(timeout).GET().build();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("HTTP " + response.statusCode());
      }
      byte[] content = body.readNBytes(LARGEST + 1);
      if (content.length > LARGEST) {
        throw new IOException("larger than 64 MiB");
      }
      List<Crl> crls = new ArrayList<>();
      for (byte[] der : Pem.blocks(content, "X509 CRL")) {
        crls.add(Crl.parse(der));
      }
      return crls;
    }
  }
}
