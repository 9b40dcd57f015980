package jp.sekisho.agent.loopback;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.protocol.Refusal;

/**
 * Who may speak to the loopback port: pages of a listed origin, in a program of a user who has a
 * seat here. Decided in that order, and before the request is looked at.
 */
final class Gate {
  /** How far a request came. */
  sealed interface Passage {
    /** A browser asks whether a page of this listed origin may ask. */
    record Preflight(String origin) implements Passage {
      @Override
      public <R> R match(
          Function<? super Preflight, R> preflight,
          Function<? super Admitted, R> admitted,
          Function<? super Stopped, R> stopped) {
        return preflight.apply(this);
      }
    }

    /** A page of a listed origin at a seat. */
    record Admitted(Seat seat, String origin) implements Passage {
      @Override
      public <R> R match(
          Function<? super Preflight, R> preflight,
          Function<? super Admitted, R> admitted,
          Function<? super Stopped, R> stopped) {
        return admitted.apply(this);
      }
    }

    /**
     * {@code ORIGIN_FOREIGN} or {@code PEER_FOREIGN}.
     *
     * @param readableBy the listed origin whose page may read the refusal; empty for none
     */
    record Stopped(Refusal reason, Optional<String> readableBy) implements Passage {
      @Override
      public <R> R match(
          Function<? super Preflight, R> preflight,
          Function<? super Admitted, R> admitted,
          Function<? super Stopped, R> stopped) {
        return stopped.apply(this);
      }
    }

    <R> R match(
        Function<? super Preflight, R> preflight,
        Function<? super Admitted, R> admitted,
        Function<? super Stopped, R> stopped);
  }

  private final List<String> hosts;
  private final Peers peers;
  private final Seats seats;
  private final Supplier<List<String>> origins;
  private final Strikes strikes;

  Gate(int port, Peers peers, Seats seats, Supplier<List<String>> origins, Strikes strikes) {
    // Any other name means that a foreign site's name was made to point here (DNS rebinding).
    this.hosts = List.of("127.0.0.1:" + port, "localhost:" + port);
    this.peers = peers;
    this.seats = seats;
    this.origins = origins;
    this.strikes = strikes;
  }

  Passage pass(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    Optional<String> host = only(headers, "Host");
    Optional<String> origin = only(headers, "Origin");
    if (host.filter(hosts::contains).isEmpty()
        || origin.filter(origins.get()::contains).isEmpty()) {
      strikes.count(Refusal.ORIGIN_FOREIGN);
      return new Passage.Stopped(Refusal.ORIGIN_FOREIGN, Optional.empty());
    }
    // A preflight tells nothing but that the origin is listed; the question itself is checked.
    if (exchange.getRequestMethod().equals("OPTIONS")) {
      return new Passage.Preflight(origin.get());
    }
    OptionalInt uid = peers.uidOf(exchange.getRemoteAddress(), exchange.getLocalAddress());
    Optional<Seat> seat = uid.isPresent() ? seats.ofUid(uid.getAsInt()) : Optional.empty();
    if (seat.isEmpty()) {
      strikes.count(Refusal.PEER_FOREIGN);
      return new Passage.Stopped(Refusal.PEER_FOREIGN, origin);
    }
    return new Passage.Admitted(seat.get(), origin.get());
  }

  /**
   * The value of a header that must be there once: two could be read differently by two readers.
   */
  private static Optional<String> only(Headers headers, String name) {
    List<String> values = headers.get(name);
    return values != null && values.size() == 1
        ? Optional.ofNullable(values.get(0))
        : Optional.empty();
  }
}
