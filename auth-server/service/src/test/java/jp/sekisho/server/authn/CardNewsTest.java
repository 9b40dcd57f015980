package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.Logins.Outcome;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.card.WaitingCard;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.webauthn.PasskeyEnrolment;
import jp.sekisho.server.webauthn.PasskeyScene;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins tell of a further card of the person, and who can confirm to know of it. */
final class CardNewsTest {
  private static final String T = "T-0001";
  private static final String PERSON = "100042";

  @SuppressWarnings("NullAway.Init") // by open()
  private LoginScene scene;

  @SuppressWarnings("NullAway.Init") // by open()
  private PasskeyEnrolment enrolment;

  @SuppressWarnings("NullAway.Init") // by open()
  private Card first;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    scene = new LoginScene(directory);
    enrolment =
        new PasskeyScene(
                scene.models,
                scene.clock,
                LoginScene.ORIGIN,
                scene.storage.transactions,
                scene.passkeys,
                scene.cards,
                scene.sessions,
                scene.stepUps)
            .enrolment(false);
    first = scene.clerk(PERSON);
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private Outcome.Opened opened(Card card) {
    Asked asked = scene.ask(T);
    return assertInstanceOf(
        Outcome.Opened.class,
        scene.logins.answer(
            asked.transaction().id(), asked.cookie(), scene.answer(asked, T, card)));
  }

  private Session session(Token token) {
    return assertInstanceOf(
            Resolution.Active.class,
            scene.sessions.resolve(token, Sessions.Use.LOOK, LoginScene.BROWSER))
        .session();
  }

  private Card second() {
    scene.pass(Duration.ofMinutes(1));
    Card card = scene.card(PERSON);
    assertInstanceOf(
        CardRegistry.Outcome.Registered.class, scene.registry.register(PERSON, card.der()));
    scene.pass(Duration.ofMinutes(1));
    return card;
  }

  @Test
  void theFirstCardIsNoNews() {
    assertFalse(opened(first).news());
  }

  @Test
  void aFurtherCardIsToldAtEachLoginAndOnlyAnOlderOneConfirmsIt() {
    Card second = second();
    Outcome.Opened byTheNew = opened(second);
    assertTrue(byTheNew.news());
    assertEquals(0, enrolment.seen(session(byTheNew.token())), "itself");
    Outcome.Opened byTheOld = opened(first);
    assertTrue(byTheOld.news());
    assertEquals(1, enrolment.seen(session(byTheOld.token())));
    assertEquals("authenticator.seen", scene.newest("mayor").type());
    assertEquals(0, enrolment.seen(session(byTheOld.token())), "once");
    assertTrue(opened(first).news(), "for 30 days all the same");
  }

  @Test
  void aCardThatWaitsForItsHolderIsToldUntilItsDaysAreOver() {
    scene.tamper("insert into organ (id, name) values ('mayor', '市長部局')"); // a row's organ exists
    CardRegistry.Outcome outcome =
        scene.registry.by(new Administrator()).register(PERSON, scene.card(PERSON).der());
    assertInstanceOf(CardRegistry.Outcome.Waits.class, outcome);
    assertTrue(opened(first).news());
    Instant over = scene.clock.instant().plus(WaitingCard.LIFE);
    assertFalse(
        scene.storage.transactions.<Boolean>read(
            handle -> scene.cards.waiting().hasAny(handle, PERSON, over)));
  }

  /** Somebody whose word alone is not enough for a further card. */
  private static final class Administrator implements CardRegistry.Asker {
    @Override
    public Optional<Refusal> obstacle(Change change, String holder) {
      return Optional.empty();
    }

    @Override
    public void done(Change change, String holder) {
      // Nothing of the desk is looked at here.
    }

    @Override
    public Optional<String> needsSecond() {
      return Optional.of("100001");
    }
  }

  @Test
  void aCertificateThatEndsWithinThirtyDaysIsToldAtEachLogin() {
    assertNull(opened(first).ends());
    String person = "100044";
    Card card = scene.clerk(person, Recorded.REMINDER.plusDays(1));
    assertNull(opened(card).ends());
    scene.pass(Duration.ofDays(2));
    assertEquals(Validity.day(card.certificate().getNotAfter().toInstant()), opened(card).ends());
  }

  @Test
  void anEditedRowIsNotBelieved() {
    Card second = second();
    scene.tamper("update card_news set seen = 1");
    assertThrows(TamperedException.class, () -> opened(second));
  }
}
