package jp.sekisho.server.setup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.person.Offices;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.RowFault;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/** What an installation still lacks, and the end of its first start when that is nothing. */
public final class SetupEnd {
  /** Who logs in for the office; officers sign with cards that the root names. */
  private static final Set<Role> WITH_CARD = Set.of(Role.ADMIN, Role.APPROVER, Role.AUDITOR);

  private final Transactions transactions;
  private final Setup setup;
  private final Offices offices;
  private final Authenticators cards;
  private final Predicate<Handle> terminal;
  private final Predicate<Handle> policy;

  /**
   * @param terminal whether any terminal is active
   * @param policy whether officers signed a policy that counts
   */
  public SetupEnd(
      Transactions transactions,
      Setup setup,
      Offices offices,
      Authenticators cards,
      Predicate<Handle> terminal,
      Predicate<Handle> policy) {
    this.transactions = transactions;
    this.setup = setup;
    this.offices = offices;
    this.cards = cards;
    this.terminal = terminal;
    this.policy = policy;
  }

  /** What can be missing; the words of the log and the names of the page's texts. */
  public enum Lack {
    /** No administrator in an organ. */
    NO_ADMIN,
    /** No approver in an organ. */
    NO_APPROVER,
    /** No auditor in an organ. */
    NO_AUDITOR,
    /** Fewer than three persons in the offices of an organ. */
    FEW_PERSONS,
    /** Fewer policy officers than must sign. */
    FEW_OFFICERS,
    /** A person with several offices. */
    SEVERAL_OFFICES,
    /** A holder of an office without a card. */
    NO_CARD,
    /** No active terminal. */
    NO_TERMINAL,
    /** No signed policy. */
    NO_POLICY
  }

  /**
   * One thing that is missing.
   *
   * @param about organ or staff number; {@code *} for the installation
   */
  public record Missing(Lack lack, String about) {
    /** As the log says it. */
    public String text() {
      return lack + " " + about;
    }
  }

  /**
   * Everything that is missing now, in the order in which it is best done.
   *
   * @throws jp.sekisho.server.storage.TamperedException when a row fails its MAC; let it pass
   */
  public List<Missing> missing(Handle handle, Instant now) {
    List<Missing> missing = new ArrayList<>();
    if (!terminal.test(handle)) {
      missing.add(new Missing(Lack.NO_TERMINAL, "*"));
    }
    for (RowFault gap : offices.empty(handle, now)) {
      missing.add(new Missing(Lack.valueOf(gap.code().name()), gap.values().getFirst()));
    }
    Map<String, Set<Role>> held = offices.held(handle, now);
    held.forEach((person, roles) -> {
      if (roles.size() > 1) {
        missing.add(new Missing(Lack.SEVERAL_OFFICES, person));
      }
    });
    held.forEach((person, roles) -> {
      if (roles.stream().anyMatch(WITH_CARD::contains) && !hasCard(handle, person)) {
        missing.add(new Missing(Lack.NO_CARD, person));
      }
    });
    if (!policy.test(handle)) {
      missing.add(new Missing(Lack.NO_POLICY, "*"));
    }
    return List.copyOf(missing);
  }

  private boolean hasCard(Handle handle, String person) {
    return cards.ofPerson(handle, person).stream()
        .anyMatch(found ->
            found instanceof Authenticators.Found.Sound(Authenticator card)
                && card.state() == Authenticator.State.ACTIVE);
  }

  /**
   * Ends the first start.
   *
   * @param by who is named for it; the console has nobody
   * @param obstacle why this one may not, asked within the unit
   * @return why not; empty when it is finished, from here on for good
   */
  public Optional<Refusal> finish(Entry.Subject by, Function<Handle, Optional<Refusal>> obstacle) {
    Optional<Refusal> refused =
        transactions.<Optional<Refusal>, RuntimeException>write(change -> {
          if (!setup.isOpen(change.handle())) {
            change.unchanged();
            return Optional.of(Refusal.NOT_FOUND);
          }
          Optional<Refusal> why = obstacle.apply(change.handle());
          if (why.isPresent()) {
            return Optional.of(Setup.refuse(change, by, "finish", List.of(), why.get()));
          }
          List<Missing> missing = missing(change.handle(), change.now());
          if (!missing.isEmpty()) {
            return Optional.of(
                Setup.refuse(
                    change,
                    by,
                    "finish",
                    missing.stream().map(Missing::text).toList(),
                    Refusal.SETUP_UNFINISHED));
          }
          setup.finish(change, by);
          return Optional.empty();
        });
    if (refused.isEmpty()) {
      setup.finished();
    }
    return refused;
  }
}
