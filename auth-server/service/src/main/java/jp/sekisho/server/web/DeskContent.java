package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.TemporaryCard;
import jp.sekisho.server.card.WaitingCard;
import jp.sekisho.server.cli.PersonWords;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.desk.DeskCards;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.person.Contract;
import jp.sekisho.server.person.Directory;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.person.Standing;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.webauthn.Passkeys;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What the pages of the desk show, read at once; only of the session's 機関. Thread-safe. */
@Singleton
@Requires(beans = Installation.class)
final class DeskContent {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(LogFilter.JAPAN);

  private final Installation installation;
  private final Directory directory;
  private final Persons persons;
  private final Roles roles;
  private final Authenticators cards;
  private final Passkeys passkeys;
  private final DeskCards deskCards;
  private final Answers answers;

  DeskContent(Installation installation, DeskCards deskCards, Answers answers) {
    this.installation = installation;
    this.directory = new Directory(installation.seal());
    this.persons = new Persons(installation.seal());
    this.roles = new Roles(installation.seal());
    this.cards = new Authenticators(installation.seal());
    this.passkeys = new Passkeys(installation.seal());
    this.deskCards = deskCards;
    this.answers = answers;
  }

  private RefusalText text(Words words, Refusal reason) {
    return RefusalText.of(reason, words.locale(), Map.of("help", answers.helpLine()));
  }

  /** A person's page that says why it shows nothing. */
  PersonPage.Content refused(Words words, Refusal reason) {
    return new PersonPage.Content(
        reason.name(),
        text(words, reason),
        null,
        "",
        "",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        false,
        List.of());
  }

  /**
   * A person of the session's 機関; empty for everybody else.
   *
   * @param done action that was just done; anything else says nothing
   */
  Optional<PersonPage.Content> person(Session session, String number, Words words, String done) {
    PersonWords said = new PersonWords(words.locale());
    Instant now = installation.clock().instant();
    LocalDate today = Validity.day(now);
    return installation
        .transactions()
        .read(handle ->
            directory
                .profile(handle, number, session.organ(), today)
                .filter(_ -> persons.belongs(handle, number, session.organ(), now))
                .map(person ->
                    new PersonPage.Content(
                        "",
                        null,
                        done(words, done),
                        number,
                        person.name(),
                        person.posts().stream().map(post -> post(post, said, words)).toList(),
                        person.roles().stream()
                            .map(office ->
                                new PersonPage.Office(
                                    said.role(office.role().name()),
                                    days(office.validity(), words),
                                    office.current()))
                            .toList(),
                        cards(handle, number, words),
                        passkeys(handle, number, words),
                        cards.temporary().awayWith(handle, number).stream()
                            .filter(card -> card.organ().equals(session.organ()))
                            .map(card -> away(handle, card, now))
                            .toList(),
                        cards.waiting().ofOrgan(handle, session.organ(), now).stream()
                            .anyMatch(card -> card.person().equals(number)),
                        deciders(handle, session.organ(), number, now))));
  }

  private List<PersonPage.Decider> deciders(
      Handle handle, String organ, String holder, Instant now) {
    return DeskCards.ATTESTERS.stream()
        .flatMap(role ->
            roles.everHeld(handle, role, organ).stream()
                .filter(one -> roles.has(handle, one, role, organ, now)))
        .distinct()
        .filter(one ->
            !one.equals(holder)
                && persons.currentIn(handle, one, organ, now) instanceof Standing.Current)
        .sorted()
        .map(one -> new PersonPage.Decider(one, persons.name(handle, one).orElse("")))
        .toList();
  }

  private static PersonPage.Post post(Directory.Post post, PersonWords said, Words words) {
    Contract under = post.contract();
    String contract =
        under == null
            ? "—"
            : under.until() + (under.subcontract() ? words.text("web.person.subcontract") : "");
    return new PersonPage.Post(
        post.divisionName(),
        post.title(),
        said.kind(post.kind().name()),
        said.appointment(post.appointment().name()),
        days(post.validity(), words),
        contract,
        post.current());
  }

  private static String days(Validity validity, Words words) {
    return validity.from()
        + " – "
        + (validity.until().equals(Validity.OPEN_END)
            ? words.text("web.person.no-end")
            : validity.until());
  }

  private List<PersonPage.Card> cards(Handle handle, String number, Words words) {
    return cards.ofPerson(handle, number).stream()
        .flatMap(found ->
            found instanceof Authenticators.Found.Sound(Authenticator card)
                ? Stream.of(
                    new PersonPage.Card(
                        card.spki(),
                        card.state().text(),
                        AuthenticatorsController.words(card.state(), words),
                        card.assurance() == Authenticator.Assurance.LOW))
                : Stream.empty())
        .toList();
  }

  private List<PersonPage.Passkey> passkeys(Handle handle, String number, Words words) {
    return passkeys.ofPerson(handle, number).stream()
        .flatMap(found ->
            found instanceof Passkeys.Found.Sound sound
                    && sound.passkey().state() != Authenticator.State.REVOKED
                ? Stream.of(
                    new PersonPage.Passkey(
                        sound.passkey().label(),
                        sound.passkey().state().text(),
                        AuthenticatorsController.words(sound.passkey().state(), words),
                        MINUTE.format(sound.passkey().registered())))
                : Stream.empty())
        .toList();
  }

  private TemporaryPage.Away away(Handle handle, TemporaryCard card, Instant now) {
    String person = Objects.requireNonNullElse(card.person(), "—");
    return new TemporaryPage.Away(
        card.spki(),
        card.label(),
        person,
        persons.name(handle, person).orElse(""),
        Objects.requireNonNullElse(card.attested(), "—"),
        time(card.handed()),
        time(card.expires()),
        card.state() == TemporaryCard.State.STOPPED,
        card.isOverdue(now));
  }

  private static String time(@Nullable Instant instant) {
    return instant == null ? "—" : MINUTE.format(instant);
  }

  /** The page of temporary cards for somebody who may not. */
  TemporaryPage.Content noTemporary(Words words) {
    return new TemporaryPage.Content(
        text(words, Refusal.ROLE_MISSING), null, List.of(), List.of(), List.of(), false);
  }

  /** The temporary cards of the session's 機関. */
  TemporaryPage.Content temporary(Session session, boolean administers, Words words, String done) {
    Instant now = installation.clock().instant();
    return installation
        .transactions()
        .read(handle -> {
          List<TemporaryCard> all = cards.temporary().ofOrgan(handle, session.organ());
          return new TemporaryPage.Content(
              null,
              done(words, done),
              lying(all, TemporaryCard.State.STOCK),
              all.stream()
                  .filter(TemporaryCard::isAway)
                  .map(card -> away(handle, card, now))
                  .sorted(Comparator.comparing(TemporaryPage.Away::overdue).reversed())
                  .toList(),
              lying(all, TemporaryCard.State.RETURNED),
              administers);
        });
  }

  /** The further cards that wait and that the session's person has a say about. */
  ConfirmPage.Content confirm(Session session, boolean administers, Words words, String done) {
    Instant now = installation.clock().instant();
    return installation
        .transactions()
        .read(handle ->
            new ConfirmPage.Content(
                done(words, done),
                cards.waiting().ofOrgan(handle, session.organ(), now).stream()
                    .map(card -> waiting(handle, session, card, now))
                    .filter(row -> administers || row.confirms())
                    .toList()));
  }

  private ConfirmPage.Row waiting(Handle handle, Session session, WaitingCard card, Instant now) {
    return new ConfirmPage.Row(
        card.spki(),
        card.person(),
        persons.name(handle, card.person()).orElse(""),
        card.askedBy(),
        persons.name(handle, card.askedBy()).orElse(""),
        MINUTE.format(card.asked()),
        MINUTE.format(card.expires()),
        deskCards.speaks(handle, session, card, now));
  }

  /** Whether a further card waits for the session's person to confirm it. */
  boolean waitsFor(Session session) {
    Instant now = installation.clock().instant();
    return installation
        .transactions()
        .<Boolean>read(handle -> cards.waiting().hasAny(handle, session.person(), now));
  }

  private static List<TemporaryPage.Lying> lying(
      List<TemporaryCard> all, TemporaryCard.State state) {
    return all.stream()
        .filter(card -> card.state() == state)
        .map(card -> new TemporaryPage.Lying(card.spki(), card.label()))
        .toList();
  }

  private static @Nullable String done(Words words, String action) {
    return switch (action) {
      case "card-register" -> words.text("web.done.card-register");
      case "card-ask" -> words.text("web.done.card-ask");
      case "card-confirm" -> words.text("web.done.card-confirm");
      case "card-decline" -> words.text("web.done.card-decline");
      case "card-suspend" -> words.text("web.done.card-suspend");
      case "card-resume" -> words.text("web.done.card-resume");
      case "card-revoke" -> words.text("web.done.card-revoke");
      case "card-pin-reset" -> words.text("web.done.card-pin-reset");
      case "temporary-stock" -> words.text("web.done.temporary-stock");
      case "temporary-hand" -> words.text("web.done.temporary-hand");
      case "temporary-return" -> words.text("web.done.temporary-return");
      case "temporary-retire" -> words.text("web.done.temporary-retire");
      default -> null;
    };
  }
}
