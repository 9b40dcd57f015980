package jp.sekisho.server.authn;

import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Optional;
import jp.sekisho.server.config.Installation;

/**
 * Where our page sends a passkey's answer that a relying service asked for: by question, in memory,
 * for as long as that lives. Thread-safe.
 */
@Singleton
@Requires(beans = Installation.class)
public final class ReturnAddresses {
  private static final int MOST = 10_000;

  private record Address(String url, Instant until) {}

  private final InstantSource clock;
  // In order of their ends; guarded by this.
  private final LinkedHashMap<String, Address> addresses = new LinkedHashMap<>();

  ReturnAddresses(Installation installation) {
    this.clock = installation.clock();
  }

  /** Keeps the address of a question; the oldest makes room. */
  synchronized void keep(OpenTransaction question, String url) {
    Instant now = clock.instant();
    Iterator<Address> oldestFirst = addresses.values().iterator();
    while (oldestFirst.hasNext()
        && (!now.isBefore(oldestFirst.next().until()) || addresses.size() >= MOST)) {
      oldestFirst.remove();
    }
    addresses.put(question.id(), new Address(url, question.expires()));
  }

  /** The address of a question that can still be answered. */
  public synchronized Optional<String> find(String question) {
    return Optional.ofNullable(addresses.get(question))
        .filter(address -> clock.instant().isBefore(address.until()))
        .map(Address::url);
  }
}
