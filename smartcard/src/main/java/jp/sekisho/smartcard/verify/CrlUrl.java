package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * A CRL fetched over HTTP and held in memory. No login waits for the network once there is a list:
 * {@link #refresh} is called by a timer of the owner; a check only fetches while there is none yet.
 * What cannot be fetched or read, is not signed by a CA given here, or is older than what is held
 * leaves that in force until it is too old: the transport need not be trusted, it can only keep a
 * newer list from us. Thread-safe.
 */
public final class CrlUrl implements PathRevocation {
  private static final int LARGEST = 64 << 20;
  private static final Duration RETRY = Duration.ofSeconds(30);

  private final HttpClient client;
  private final URI address;
  private final Supplier<List<X509Certificate>> signers;
  private final CrlDemands demands;
  private final Duration timeout;
  private final InstantSource clock;
  private final Consumer<String> notices;
  private final CrlNumbers numbers;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile Held held = new Held(List.of(), 0, Instant.MIN);

  private record Held(List<Crl> crls, long generation, Instant tried) {}

  /**
   * Of one address.
   *
   * @param signers the CAs of whose lists there may be one; asked at each fetch
   * @param maxAge how old {@code thisUpdate} may be, whatever {@code nextUpdate} promises
   * @param timeout of one fetch, to the last byte
   * @param notices told of each fetch that failed
   */
  public CrlUrl(
      HttpClient client,
      URI address,
      Supplier<List<X509Certificate>> signers,
      Duration maxAge,
      Duration timeout,
      InstantSource clock,
      Consumer<String> notices) {
    this.client = client;
    this.address = address;
    this.signers = signers;
    this.demands = CrlDemands.service(maxAge);
    this.timeout = timeout;
    this.clock = clock;
    this.notices = notices;
    this.numbers = new CrlNumbers(notice -> notices.accept(address + ": " + notice));
  }

  /** Fetches the list now, unless another thread is at it; false when that failed. */
  public boolean refresh() {
    if (!fetching.tryLock()) {
      return !held.crls.isEmpty();
    }
    try {
      return fetch();
    } finally {
      fetching.unlock();
    }
  }

  /** Only by whoever has the lock, so that no two replace each other's list. */
  private boolean fetch() {
    Held before = held;
    try {
      List<Crl> crls = accepted(download());
      held = new Held(crls, before.generation + 1, clock.instant());
      return true;
    } catch (IOException e) {
      notices.accept(address + ": " + e.getMessage());
    } catch (MalformedException e) {
      notices.accept(address + ": " + e.failure().detail());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    held = new Held(before.crls, before.generation, clock.instant());
    return false;
  }

  @Override
  public long generation() {
    return held.generation;
  }

  @Override
  public Optional<Failure> check(ValidPath path, Instant now) {
    return new CrlCheck(lists(now), demands, numbers, path.pool(), now).check(path);
  }

  /** What is held; fetches while that is nothing, at most twice a minute. */
  List<Crl> lists(Instant now) {
    Held current = held;
    if (current.crls.isEmpty() && !current.tried.plus(RETRY).isAfter(now)) {
      refresh();
    }
    return held.crls;
  }

  private List<Crl> download() throws IOException, InterruptedException, MalformedException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(timeout).GET().build();
    List<Crl> crls = new ArrayList<>();
    for (byte[] der : Pem.blocks(WholeAnswer.of(client, request, timeout, LARGEST), "X509 CRL")) {
      crls.add(Crl.parse(der));
    }
    return crls;
  }

  /** Whoever stands in the line may keep lists from us, but not exchange a good one. */
  private List<Crl> accepted(List<Crl> crls) throws IOException, MalformedException {
    List<PathCertificate> known = X509.ours(signers.get());
    for (Crl crl : crls) {
      PublicKey signer =
          signer(crl, known).orElseThrow(() -> new IOException("none of our CAs signed the list"));
      if (!demands.admit(crl, clock.instant())) {
        throw new IOException("a list of " + crl.thisUpdate + ", out of date or signed with SHA-1");
      }
      if (numbers.newerThan(crl, signer).isPresent()) {
        throw new IOException("the newer list stays in force");
      }
    }
    return crls;
  }

  private static Optional<PublicKey> signer(Crl crl, List<PathCertificate> known) {
    return known.stream()
        .filter(ca -> ca.subject().equals(crl.issuer) && ca.extensions().allows(KeyUsage.cRLSign))
        .flatMap(ca -> ca.key(null).stream())
        .filter(crl::isSignedBy)
        .findFirst();
  }
}
