package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Certificate revocation lists in local files, DER or PEM: complete, delta, indirect and
 * partitioned ones (RFC 5280 section 6.3). A replaced file counts at the next check, without a
 * restart; a broken one leaves the list it replaced in force and is said once. A question costs a
 * look-up, however long the lists. What no current list answers is {@code Unknown}; so is a list
 * older than one seen before in its place, one whose newest known delta is missing, or, where an
 * age is demanded for logins, one signed with SHA-1. Thread-safe.
 */
public final class CrlFiles implements PathRevocation {
  private static final int LARGEST = 64 << 20;
  private static final System.Logger LOG = System.getLogger(CrlFiles.class.getName());

  private final WatchedFiles<Crl> files;
  private final CrlDemands demands;
  private final CrlNumbers numbers;
  private final Optional<CrlUrl> address;

  private CrlFiles(WatchedFiles.Listing listing, CrlDemands demands, Consumer<String> notices) {
    this(listing, demands, notices, Optional.empty());
  }

  private CrlFiles(
      WatchedFiles.Listing listing,
      CrlDemands demands,
      Consumer<String> notices,
      Optional<CrlUrl> address) {
    files = new WatchedFiles<>(listing, CrlFiles::parse, LARGEST, notices);
    this.demands = demands;
    this.numbers = new CrlNumbers(notices);
    this.address = address;
  }

  /**
   * A fixed set of files.
   *
   * @param maxAge how old {@code thisUpdate} may be, whatever {@code nextUpdate} promises
   */
  public CrlFiles(List<Path> files, Duration maxAge) {
    this(listing(files), CrlDemands.service(maxAge), CrlFiles::warn);
  }

  /** A fixed set of files by RFC 5280 alone, with notices of those that cannot be used. */
  public static CrlFiles of(List<Path> files, Duration maxAge, Consumer<String> notices) {
    return new CrlFiles(listing(files), CrlDemands.rfc(Optional.of(maxAge)), notices);
  }

  /** A fixed set of files by RFC 5280 alone, believed until their own nextUpdate. */
  public static CrlFiles untilNextUpdate(List<Path> files, Consumer<String> notices) {
    return new CrlFiles(listing(files), CrlDemands.rfc(Optional.empty()), notices);
  }

  /**
   * Whatever files of a directory match, at each check.
   *
   * @param pattern e.g. {@code *.crl}
   * @param notices told once of each file that cannot be used
   */
  public static CrlFiles in(
      Path directory, String pattern, Duration maxAge, Consumer<String> notices) {
    return new CrlFiles(WatchedFiles.in(directory, pattern), CrlDemands.service(maxAge), notices);
  }

  /**
   * The same, and what an address has: of two lists the newer one counts, wherever it is from. So
   * an operator's file can be before the address, and the address be out of reach. Only a check
   * that the files leave open while the address has given nothing yet waits for it.
   */
  public static CrlFiles and(
      CrlUrl address, Path directory, String pattern, Duration maxAge, Consumer<String> notices) {
    return new CrlFiles(
        WatchedFiles.in(directory, pattern),
        CrlDemands.service(maxAge),
        notices,
        Optional.of(address));
  }

  /** The same, with notices in the log. */
  public static CrlFiles in(Path directory, String pattern, Duration maxAge) {
    return in(directory, pattern, maxAge, CrlFiles::warn);
  }

  /** One sentence per file that cannot be read now. */
  public List<String> problems() {
    return files.now().problems();
  }

  /**
   * The lists that count now, in DER: of the files, then of the address.
   *
   * @return empty while an address has given nothing yet: then nobody can say what counts
   */
  public Optional<List<byte[]>> lists() {
    List<Crl> held = new ArrayList<>(files.now().items());
    if (address.isPresent()) {
      List<Crl> fetched = address.get().held();
      if (fetched.isEmpty()) {
        return Optional.empty();
      }
      held.addAll(fetched);
    }
    return Optional.of(held.stream().map(Crl::encoded).toList());
  }

  @Override
  public long generation() {
    return files.last().generation() + address.map(CrlUrl::generation).orElse(0L);
  }

  @Override
  public Optional<Failure> check(ValidPath path, Instant now) {
    WatchedFiles.Snapshot<Crl> snapshot = files.now();
    List<Crl> held = address.map(CrlUrl::held).orElse(List.of());
    Optional<Failure> failure = ask(snapshot, held, path, now);
    if (address.isPresent() && held.isEmpty() && isUnanswered(failure)) {
      List<Crl> awaited = address.get().awaited(now);
      if (!awaited.isEmpty()) {
        failure = ask(snapshot, awaited, path, now);
      }
    }
    if (failure.isEmpty()
        || failure.get().clause() == Clause.REVOKED
        || snapshot.problems().isEmpty()) {
      return failure;
    }
    Failure found = failure.get();
    return Optional.of(
        new Failure(
            found.clause(),
            found.section(),
            found.reason() + " (" + String.join("; ", snapshot.problems()) + ")"));
  }

  private Optional<Failure> ask(
      WatchedFiles.Snapshot<Crl> snapshot, List<Crl> fetched, ValidPath path, Instant now) {
    List<Crl> crls = new ArrayList<>(snapshot.items());
    crls.addAll(fetched);
    return new CrlCheck(crls, demands, numbers, path.pool(), now).check(path);
  }

  private static boolean isUnanswered(Optional<Failure> failure) {
    return failure.isPresent() && failure.get().clause() == Clause.REVOCATION_UNKNOWN;
  }

  private static WatchedFiles.Listing listing(List<Path> files) {
    List<Path> copy = List.copyOf(files);
    return () -> copy;
  }

  private static List<Crl> parse(byte[] content) throws IOException, MalformedException {
    List<Crl> crls = new ArrayList<>();
    for (byte[] der : Pem.blocks(content, "X509 CRL")) {
      crls.add(Crl.parse(der));
    }
    return crls;
  }

  private static void warn(String notice) {
    LOG.log(System.Logger.Level.WARNING, "CRL " + notice);
  }
}
