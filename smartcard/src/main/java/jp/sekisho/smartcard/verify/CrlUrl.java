package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.math.BigInteger;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jspecify.annotations.Nullable;

/**
 * A CRL fetched over HTTP and held in memory. No login waits for the network once there is a list:
 * {@link #refresh} is called by a timer of the owner; a check only waits, for a limited time, while
 * there is none yet. What cannot be fetched or read, is not signed by a CA given here, is older
 * than what is held or leaves a part of it out leaves that in force until it is too old: the
 * transport need not be trusted, it can only keep a newer list from us. Thread-safe.
 */
public final class CrlUrl implements PathRevocation {
  private static final int LARGEST = 64 << 20;
  private static final System.Logger LOG = System.getLogger(CrlUrl.class.getName());
  private static final Duration RETRY = Duration.ofSeconds(30);

  private final HttpClient client;
  private final URI address;
  private final Supplier<List<X509Certificate>> signers;
  private final CrlDemands demands;
  private final Duration timeout;
  private final Duration patience;
  private final InstantSource clock;
  private final Notices notices;
  private final CrlNumbers numbers;
  private final AtomicReference<@Nullable CompletableFuture<Boolean>> running =
      new AtomicReference<>();
  private volatile Held held = new Held(List.of(), 0, Instant.MIN);

  private record Held(List<Crl> crls, long generation, Instant tried) {}

  /**
   * Of one address.
   *
   * @param signers the CAs of whose lists there may be one; asked at each fetch
   * @param maxAge how old {@code thisUpdate} may be, whatever {@code nextUpdate} promises
   * @param timeout of one fetch, to the last byte
   * @param patience how long a check waits for a fetch while nothing is held
   * @param notices told of each fetch that failed
   */
  public CrlUrl(
      HttpClient client,
      URI address,
      Supplier<List<X509Certificate>> signers,
      Duration maxAge,
      Duration timeout,
      Duration patience,
      InstantSource clock,
      Notices notices) {
    this.client = client;
    this.address = address;
    this.signers = signers;
    this.demands = CrlDemands.service(maxAge);
    this.timeout = timeout;
    this.patience = patience;
    this.clock = clock;
    this.notices = notices;
    this.numbers = new CrlNumbers(notice -> notices.refused(address + ": " + notice));
  }

  /** Told of fetches that gave no list; any thread. */
  public interface Notices {
    /** No whole answer came. */
    void unreachable(String notice);

    /** An answer came that is no list of ours, or not the newest one. */
    void refused(String notice);
  }

  /** Fetches the list now, unless another thread is at it; false when that failed. */
  public boolean refresh() {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    if (!running.compareAndSet(null, mine)) {
      return !held.crls.isEmpty();
    }
    return fetch(mine);
  }

  /** Only by whoever is the one running, so that no two replace each other's list. */
  private boolean fetch(CompletableFuture<Boolean> mine) {
    Held before = held;
    Optional<List<Crl>> fetched = Optional.empty();
    try {
      HttpRequest request = HttpRequest.newBuilder(address).timeout(timeout).GET().build();
      fetched = judged(WholeAnswer.of(client, request, timeout, LARGEST), before.crls);
    } catch (IOException e) {
      notices.unreachable(address + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      held =
          new Held(
              fetched.orElse(before.crls),
              before.generation + (fetched.isPresent() ? 1 : 0),
              clock.instant());
      running.set(null);
      mine.complete(fetched.isPresent());
    }
    return fetched.isPresent();
  }

  private Optional<List<Crl>> judged(byte[] answer, List<Crl> before) {
    try {
      List<PathCertificate> known = X509.ours(signers.get());
      List<PublicKey> keys =
          known.stream().filter(CrlUrl::signsLists).flatMap(ca -> ca.key(null).stream()).toList();
      List<Crl> crls = new ArrayList<>();
      for (byte[] der : Pem.blocks(answer, "X509 CRL")) {
        crls.add(Crl.parse(der, keys));
      }
      accept(crls, before, known);
      return Optional.of(List.copyOf(crls));
    } catch (IOException e) {
      notices.refused(address + ": " + e.getMessage());
    } catch (MalformedException e) {
      notices.refused(address + ": " + e.failure().detail());
    }
    return Optional.empty();
  }

  @Override
  public long generation() {
    return held.generation;
  }

  @Override
  public Optional<Failure> check(ValidPath path, Instant now) {
    return new CrlCheck(awaited(now), demands, numbers, path.pool(), now).check(path);
  }

  /** What is held; asks and waits for nothing. */
  List<Crl> held() {
    return held.crls;
  }

  /** What is held; while that is nothing, waits for a fetch, tried at most twice a minute. */
  List<Crl> awaited(Instant now) {
    Held current = held;
    if (current.crls.isEmpty() && !current.tried.plus(RETRY).isAfter(now)) {
      await(started(current));
    }
    return held.crls;
  }

  /**
   * The fetch that runs, or a new one on a thread of its own: who waits for it may give up, and a
   * long list comes all the same.
   */
  private CompletableFuture<Boolean> started(Held seen) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> other = running.compareAndExchange(null, mine);
    if (other != null) {
      return other;
    }
    boolean underWay = false;
    try {
      if (held.equals(seen)) {
        Thread thread = new Thread(() -> fetch(mine), "crl-fetch");
        thread.setDaemon(true);
        thread.start();
        underWay = true;
      }
    } finally {
      if (!underWay) {
        // Another fetch ended meanwhile, or there is no thread to be had: the next may try.
        running.set(null);
        mine.complete(false);
      }
    }
    return mine;
  }

  private void await(CompletableFuture<Boolean> fetch) {
    try {
      fetch.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Whatever came of it, what is held by now counts.
      LOG.log(System.Logger.Level.DEBUG, "no list yet", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whoever stands in the line may keep lists from us, but not exchange a good one, nor take one
   * out of several: what is missing revokes nobody.
   */
  private void accept(List<Crl> crls, List<Crl> before, List<PathCertificate> known)
      throws IOException {
    List<Signed> answer = new ArrayList<>();
    for (Crl crl : crls) {
      PublicKey signer =
          signer(crl, known).orElseThrow(() -> new IOException("none of our CAs signed the list"));
      if (!demands.admit(crl, clock.instant())) {
        throw new IOException("a list of " + crl.thisUpdate + ", out of date or signed with SHA-1");
      }
      answer.add(new Signed(crl, signer));
    }
    for (Crl crl : before) {
      Optional<Signed> held = signer(crl, known).map(key -> new Signed(crl, key));
      if (held.isPresent() && isLost(held.get(), answer)) {
        throw new IOException("the list number " + crl.number + " is missing; it stays in force");
      }
    }
    for (Signed one : answer) {
      if (one.crl.isDelta() && isAstray(one, answer)) {
        throw new IOException(
            "the delta list number " + one.crl.number + " is not of the list beside it");
      }
    }
    for (Signed one : answer) {
      Optional<BigInteger> newer = numbers.above(one.crl, one.key);
      if (newer.isPresent()) {
        throw new IOException(
            "list number "
                + one.crl.number
                + " came after "
                + newer.get()
                + "; the newer one stays in force");
      }
    }
    // Only now: a refused answer must not turn what is held into an older list.
    answer.forEach(one -> numbers.note(one.crl, one.key));
  }

  /** A list and the key that verified it. */
  private record Signed(Crl crl, PublicKey key) {
    boolean isOfScopeOf(Signed other) {
      return key.equals(other.key)
          && crl.issuer.equals(other.crl.issuer)
          && crl.scope.equals(other.crl.scope);
    }
  }

  /** Whether an answer leaves out what is held; an overdue complete list is no loss. */
  private boolean isLost(Signed held, List<Signed> answer) {
    if (!held.crl.isDelta() && !demands.admit(held.crl, clock.instant())) {
      return false;
    }
    return answer.stream()
        .filter(held::isOfScopeOf)
        .noneMatch(one ->
            one.crl.isDelta() == held.crl.isDelta()
                || (held.crl.isDelta() && one.crl.number.compareTo(held.crl.number) >= 0));
  }

  /** Whether a delta stands beside complete lists of its scope, none of which it completes. */
  private static boolean isAstray(Signed delta, List<Signed> answer) {
    List<Crl> complete =
        answer.stream()
            .filter(one -> !one.crl.isDelta() && one.isOfScopeOf(delta))
            .map(Signed::crl)
            .toList();
    return !complete.isEmpty()
        && complete.stream()
            .noneMatch(
                one -> one.isCompletedBy(delta.crl) || one.number.compareTo(delta.crl.number) >= 0);
  }

  private static boolean signsLists(PathCertificate ca) {
    return ca.extensions().allows(KeyUsage.cRLSign);
  }

  private static Optional<PublicKey> signer(Crl crl, List<PathCertificate> known) {
    return known.stream()
        .filter(ca -> ca.subject().equals(crl.issuer) && signsLists(ca))
        .flatMap(ca -> ca.key(null).stream())
        .filter(crl::isSignedBy)
        .findFirst();
  }
}
