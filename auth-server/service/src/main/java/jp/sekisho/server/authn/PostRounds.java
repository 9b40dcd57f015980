package jp.sekisho.server.authn;

import io.micronaut.context.annotation.Requires;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Optional;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.PersonnelOrders;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.storage.Transactions;

/**
 * Ends sessions that outlived their post, within 15 seconds of 00:00 in Japan or of an order.
 * Logins and roles need no round: they ask the dates themselves.
 */
@Singleton
@Requires(beans = Installation.class)
final class PostRounds {
  private final Transactions transactions;
  private final InstantSource clock;
  private final PersonnelOrders orders;
  private final Sessions sessions;
  private final Persons persons;

  /** Day and orders when it was looked last; posts change with nothing else. */
  private volatile Optional<String> seen = Optional.empty();

  PostRounds(
      Transactions transactions,
      InstantSource clock,
      PersonnelOrders orders,
      Sessions sessions,
      Persons persons) {
    this.transactions = transactions;
    this.clock = clock;
    this.orders = orders;
    this.sessions = sessions;
    this.persons = persons;
  }

  @Scheduled(fixedDelay = "15s", initialDelay = "15s")
  void look() {
    String now = Validity.day(clock.instant()) + " " + transactions.read(orders::state);
    if (!seen.filter(now::equals).isPresent()) {
      sessions.endWithoutPost(persons::holds);
      seen = Optional.of(now);
    }
  }
}
