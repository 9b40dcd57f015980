package jp.sekisho.smartcard.verify;

import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The certificates one validation may build from, and the search for paths among them. An issuer is
 * found by its key: names must agree, but successive CAs of one authority share theirs; the key
 * identifiers only say which of several to try first. Bounded in steps, whatever the certificates
 * say about each other. Not thread-safe.
 */
final class PathPool {
  private static final int LONGEST_PATH = 16;
  private static final int MOST_STEPS = 4096;
  private static final int MOST_PATHS = 256;

  private final List<PathCertificate> anchors;
  private final List<PathCertificate> intermediates;
  private final Map<List<PathCertificate>, Boolean> signatures = new HashMap<>();

  PathPool(List<PathCertificate> anchors, List<PathCertificate> intermediates) {
    this.anchors = List.copyOf(anchors);
    this.intermediates = intermediates.stream().distinct().toList();
  }

  /** What a caller asks of a path that leads to an anchor; empty = it is the one. */
  interface Judge {
    Optional<Stop> judge(List<PathCertificate> path);
  }

  /**
   * Why a path was not it.
   *
   * @param progress larger = further; below 1000 no anchor was reached
   */
  record Stop(Failure failure, int progress) {}

  /** Outcome of a search. */
  record Search(Optional<List<PathCertificate>> path, Optional<Failure> failure) {}

  /** The same certificates, but only this anchor. */
  PathPool onlyAnchor(PathCertificate anchor) {
    return new PathPool(List.of(anchor), intermediates);
  }

  List<PathCertificate> anchors() {
    return anchors;
  }

  List<PathCertificate> intermediates() {
    return intermediates;
  }

  /** The first path from the certificate to an anchor that the judge accepts. */
  Search search(PathCertificate leaf, Instant now, Judge judge) {
    Walk walk = new Walk(now, judge);
    walk.extend(List.of(leaf));
    return walk.found.isPresent()
        ? new Search(walk.found, Optional.empty())
        : new Search(Optional.empty(), Optional.of(walk.furthest.failure()));
  }

  /** Whether the key of the one verifies the other; a key that cannot say alone may. */
  private boolean mayHaveIssued(PathCertificate issuer, PathCertificate subject) {
    Optional<PublicKey> key = issuer.key(null);
    return key.isPresent()
        ? isSigned(issuer, subject, key.get())
        : Keys.lacksParameters(issuer.keyInfo());
  }

  /**
   * Whether the key verifies the certificate, checked once per pair.
   *
   * @param key the issuer's
   */
  boolean isSigned(PathCertificate issuer, PathCertificate subject, PublicKey key) {
    if (Keys.lacksParameters(issuer.keyInfo())) {
      // Such a key depends on the path above it.
      return subject.isSignedBy(key);
    }
    return signatures.computeIfAbsent(List.of(issuer, subject), pair -> subject.isSignedBy(key));
  }

  private final class Walk {
    private final Instant now;
    private final Judge judge;
    private Optional<List<PathCertificate>> found = Optional.empty();
    private Stop furthest =
        new Stop(new Failure(Clause.UNKNOWN_ISSUER, "6.1", "no path to an anchor"), -1);
    private int steps;
    private int paths;

    Walk(Instant now, Judge judge) {
      this.now = now;
      this.judge = judge;
    }

    void extend(List<PathCertificate> path) {
      PathCertificate last = path.get(path.size() - 1);
      boolean named = false;
      boolean signed = false;
      for (PathCertificate anchor : byLikelihood(anchors, last)) {
        named = true;
        if (isDone()) {
          return;
        }
        if (mayHaveIssued(anchor, last)) {
          signed = true;
          complete(plus(path, anchor));
        }
      }
      if (path.size() < LONGEST_PATH) {
        for (PathCertificate next : byLikelihood(intermediates, last)) {
          if (isDone()) {
            return;
          }
          if (!repeats(path, next)) {
            named = true;
            if (mayHaveIssued(next, last)) {
              signed = true;
              extend(plus(path, next));
            }
          }
        }
      }
      if (!signed && found.isEmpty()) {
        stop(
            new Failure(
                Clause.UNKNOWN_ISSUER,
                named ? "6.1.3(a)(1)" : "6.1.3(a)(4)",
                (named ? "wrong signature: " : "nobody of the issuer's name: ") + last),
            path.size());
      }
    }

    private void complete(List<PathCertificate> path) {
      paths++;
      Optional<Stop> stop = judge.judge(path);
      if (stop.isEmpty()) {
        found = Optional.of(path);
      } else {
        stop(stop.get().failure(), stop.get().progress());
      }
    }

    private void stop(Failure failure, int progress) {
      if (progress > furthest.progress()) {
        furthest = new Stop(failure, progress);
      }
    }

    private boolean isDone() {
      return found.isPresent() || ++steps > MOST_STEPS || paths >= MOST_PATHS;
    }

    private List<PathCertificate> byLikelihood(
        List<PathCertificate> candidates, PathCertificate subject) {
      List<PathCertificate> named = new ArrayList<>();
      for (PathCertificate candidate : candidates) {
        if (candidate.subject().equals(subject.issuer())) {
          named.add(candidate);
        }
      }
      if (named.size() > 1) {
        named.sort(
            Comparator.comparing((PathCertificate issuer) -> !isIdentified(issuer, subject))
                .thenComparing(issuer -> !issuer.isValidAt(now)));
      }
      return named;
    }
  }

  private static boolean isIdentified(PathCertificate issuer, PathCertificate subject) {
    Optional<byte[]> named = subject.extensions().authorityKeyIdentifier;
    Optional<byte[]> own = issuer.extensions().subjectKeyIdentifier;
    return named.isPresent() && own.isPresent() && Arrays.equals(named.get(), own.get());
  }

  /** The same CA, by name and key, twice in a path leads in a circle (RFC 4158 5.2). */
  private static boolean repeats(List<PathCertificate> path, PathCertificate next) {
    return path.stream()
        .anyMatch(earlier ->
            earlier.subject().equals(next.subject()) && earlier.keyInfo().equals(next.keyInfo()));
  }

  private static List<PathCertificate> plus(List<PathCertificate> path, PathCertificate next) {
    List<PathCertificate> longer = new ArrayList<>(path);
    longer.add(next);
    return longer;
  }
}
