package jp.sekisho.server.setup;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.SetupAdministrator;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SetupEvent;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.person.Authority;
import jp.sekisho.server.person.Offices;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.terminal.Registration;
import jp.sekisho.server.terminal.Tickets;
import org.jdbi.v3.core.Handle;

/**
 * What the browser that entered the code may do, and nothing else: one administrator with one card,
 * one terminal. Each power ends when what it is for is there: a code that comes into wrong hands
 * later adds nobody beside the first administrator and no card beside theirs. Thread-safe.
 */
public final class SetupSteps {
  private static final String HEADER =
      "staff_number,name,organ,division,division_name,post,from,until,roles\n";

  private static final Duration TICKET_LIFE = Duration.ofHours(2);

  private final Transactions transactions;
  private final Setup setup;
  private final PersonImport directory;
  private final Offices offices;
  private final CardRegistry registry;
  private final Authenticators cards;
  private final Terminals terminals;
  private final InstantSource clock;

  /** Tickets and confirmations. */
  public record Terminals(Tickets tickets, Registration registration) {}

  public SetupSteps(
      Transactions transactions,
      Setup setup,
      PersonImport directory,
      Offices offices,
      CardRegistry registry,
      Authenticators cards,
      Terminals terminals,
      InstantSource clock) {
    this.transactions = transactions;
    this.setup = setup;
    this.directory = directory;
    this.offices = offices;
    this.registry = registry;
    this.cards = cards;
    this.terminals = terminals;
    this.clock = clock;
  }

  /** What became of a step. */
  public sealed interface Outcome {
    /**
     * Done.
     *
     * @param ticket to be shown once; empty after other steps
     */
    record Done(String ticket) implements Outcome {}

    /** Refused; the log says so when somebody with the code asked. */
    record Refused(Refusal reason) implements Outcome {}
  }

  /** How far the holder of the code has come. */
  public enum Next {
    /** Register the first administrator with a card. */
    ADMINISTRATOR,
    /** Make a ticket for the first terminal, or confirm it. */
    TERMINAL,
    /** Log in there with that card: the code reaches no further. */
    LOGIN
  }

  /** Whether the secret is the holder's now. */
  public boolean isHolder(Token secret) {
    return transactions.read(handle -> setup.isHolder(handle, secret, clock.instant()));
  }

  /** What comes next. */
  public Next next() {
    return transactions.read(handle -> next(handle, clock.instant()));
  }

  private Next next(Handle handle, Instant now) {
    boolean ready = administrators(handle, now).stream().anyMatch(one -> hasCard(handle, one));
    if (!ready) {
      return Next.ADMINISTRATOR;
    }
    return terminals.registration().anyActive(handle) ? Next.LOGIN : Next.TERMINAL;
  }

  private List<String> administrators(Handle handle, Instant now) {
    return offices.held(handle, now).entrySet().stream()
        .filter(one -> one.getValue().contains(Role.ADMIN))
        .map(Map.Entry::getKey)
        .toList();
  }

  private boolean hasCard(Handle handle, String person) {
    return !cards.ofPerson(handle, person).isEmpty();
  }

  /** Registers the first administrator and that person's card; again after a card was refused. */
  public Outcome administrator(Token secret, SetupAdministrator first, byte[] certificate) {
    Optional<Refusal> early = obstacle(secret, "administrator", Next.ADMINISTRATOR);
    if (early.isPresent()) {
      return new Outcome.Refused(early.get());
    }
    PersonImport.Outcome taken = directory.run(file(first), false, new First(secret, first));
    if (taken instanceof PersonImport.Outcome.Refused) {
      return new Outcome.Refused(Refusal.ORDER_INVALID);
    }
    return switch (registry.by(new Holder(secret)).register(first.number(), certificate)) {
      case CardRegistry.Outcome.Registered _, CardRegistry.Outcome.Changed _ ->
          new Outcome.Done("");
      case CardRegistry.Outcome.Waits _ ->
          throw new IllegalStateException("the setup's word is enough for a first card");
      case CardRegistry.Outcome.Refused(Refusal reason, String _) -> new Outcome.Refused(reason);
    };
  }

  /** The personnel file of one row that the directory takes like any other. */
  private byte[] file(SetupAdministrator first) {
    List<String> cells =
        List.of(
            first.number(),
            first.name(),
            first.organ(),
            first.division(),
            first.divisionName(),
            first.post(),
            Validity.day(clock.instant()).toString(),
            "",
            "CLERK;ADMIN");
    return (HEADER
            + cells.stream()
                .map(cell -> '"' + cell.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(","))
            + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A ticket for the first terminal. */
  public Outcome ticket(Token secret, String terminal, String organ) {
    Optional<Refusal> early = obstacle(secret, "ticket", Next.TERMINAL);
    if (early.isPresent()) {
      return new Outcome.Refused(early.get());
    }
    return switch (terminals.tickets().make(terminal, organ, TICKET_LIFE)) {
      case Tickets.Made.Refused _ -> refused("ticket", Refusal.INPUT_MALFORMED);
      case Tickets.Made.Ticket(var ticket, var _) -> done("ticket", terminal, ticket.text());
    };
  }

  /** Confirms the terminal that used the ticket. */
  public Outcome confirm(Token secret, String terminal, String fingerprint) {
    Optional<Refusal> early = obstacle(secret, "terminal", Next.TERMINAL);
    if (early.isPresent()) {
      return new Outcome.Refused(early.get());
    }
    return switch (terminals.registration().confirm(terminal, fingerprint)) {
      case DONE -> done("terminal", terminal, "");
      case UNKNOWN, OTHER_FINGERPRINT -> refused("terminal", Refusal.SETUP_FINGERPRINT);
      case ALREADY_ACTIVE, ALREADY_REVOKED -> refused("terminal", Refusal.SETUP_TAKEN);
    };
  }

  private Outcome done(String action, String about, String ticket) {
    EntryReceipt _ =
        transactions.write(
            change -> change.record(Entry.Subject.NONE, new SetupEvent.Done(action, about)));
    return new Outcome.Done(ticket);
  }

  private Outcome refused(String action, Refusal reason) {
    return new Outcome.Refused(
        transactions.<Refusal, RuntimeException>write(
            change -> Setup.refuse(change, Entry.Subject.NONE, action, List.of(), reason)));
  }

  /** Why the holder of this secret may not take this step now; a refused holder is an entry. */
  private Optional<Refusal> obstacle(Token secret, String action, Next step) {
    return transactions.<Optional<Refusal>, RuntimeException>write(change -> {
      Optional<Refusal> why = obstacle(change, secret, step);
      if (why.filter(Refusal.SETUP_TAKEN::equals).isPresent()) {
        Setup.refuse(change, Entry.Subject.NONE, action, List.of(), Refusal.SETUP_TAKEN);
      } else {
        change.unchanged();
      }
      return why;
    });
  }

  private Optional<Refusal> obstacle(Change change, Token secret, Next step) {
    Handle handle = change.handle();
    if (!setup.isOpen(handle)) {
      return Optional.of(Refusal.NOT_FOUND);
    }
    if (!setup.isHolder(handle, secret, change.now())) {
      return Optional.of(Refusal.SETUP_SESSION);
    }
    return next(handle, change.now()) == step ? Optional.empty() : Optional.of(Refusal.SETUP_TAKEN);
  }

  /** The holder of the code, who may enter one administrator and nobody beside. */
  private final class First implements Authority {
    private final Token secret;
    private final SetupAdministrator first;

    First(Token secret, SetupAdministrator first) {
      this.secret = secret;
      this.first = first;
    }

    @Override
    public Entry.Subject subject() {
      return Entry.Subject.NONE;
    }

    @Override
    public boolean covers(Handle handle, String organ, Instant at) {
      return organ.equals(first.organ())
          && setup.isHolder(handle, secret, at)
          && administrators(handle, at).stream().allMatch(first.number()::equals);
    }
  }

  /** The holder of the code, registering a card for an administrator who has none. */
  private final class Holder implements CardRegistry.Asker {
    private final Token secret;

    Holder(Token secret) {
      this.secret = secret;
    }

    @Override
    public Optional<Refusal> obstacle(Change change, String holder) {
      boolean may =
          setup.isHolder(change.handle(), secret, change.now())
              && administrators(change.handle(), change.now()).contains(holder)
              && !hasCard(change.handle(), holder);
      return may
          ? Optional.empty()
          : Optional.of(
              Setup.refuse(change, Entry.Subject.NONE, "card", List.of(), Refusal.SETUP_TAKEN));
    }

    @Override
    public void done(Change change, String holder) {
      EntryReceipt _ =
          change.record(Entry.Subject.NONE, new SetupEvent.Done("administrator", holder));
    }
  }
}
