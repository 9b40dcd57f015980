package jp.sekisho.server.authn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.RowCheck;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.card.CardRegistry.Asker;
import jp.sekisho.server.card.TemporaryStock;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a temporary card (仮カード) opens: its carrier's session, on its day, of low assurance. */
final class TemporaryCardLoginTest {
  private static final String PERSON = "100042";

  @SuppressWarnings("NullAway.Init") // by open()
  private LoginScene scene;

  @SuppressWarnings("NullAway.Init") // by open()
  private TemporaryStock stock;

  @SuppressWarnings("NullAway.Init") // by open()
  private Card own;

  @SuppressWarnings("NullAway.Init") // by open()
  private Card temporary;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    scene = new LoginScene(directory);
    scene.tamper("insert into organ (id, name) values ('mayor', '市長部局')");
    PersonImport.Outcome taken =
        new PersonImport(scene.storage.transactions, scene.storage.seal, _ -> 1, scene.clock)
            .run(
                """
                staff_number,name,organ,division,division_name,post,from,until,roles
                100042,見本 花子,mayor,shimin,市民課,主事,2026-04-01,2036-03-31,CLERK
                """
                    .getBytes(UTF_8),
                false);
    assertInstanceOf(PersonImport.Outcome.Done.class, taken);
    own = scene.clerk(PERSON);
    temporary = scene.card("K-0007");
    stock =
        new TemporaryStock(
            scene.storage.transactions,
            scene.cards,
            scene.trust,
            new Persons(scene.storage.seal),
            scene.sessions);
    assertInstanceOf(
        TemporaryStock.Outcome.Done.class, stock.stock(Asker.CONSOLE, "mayor", temporary.der()));
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private String spki() {
    return Sha256.text(temporary.keys().getPublic().getEncoded());
  }

  private void handOut() {
    assertInstanceOf(
        TemporaryStock.Outcome.Done.class,
        stock.hand(Asker.CONSOLE, "mayor", spki(), PERSON, "100031"));
  }

  private Refusal refused(Card card) {
    Asked asked = scene.ask("T-0001");
    Refusal reason =
        LoginScene.reason(
            scene.logins.answer(
                asked.transaction().id(), asked.cookie(), scene.answer(asked, "T-0001", card)));
    if (reason == null) {
      throw new AssertionError("not refused");
    }
    return reason;
  }

  private Session active(Token token) {
    return assertInstanceOf(
            Resolution.Active.class,
            scene.sessions.resolve(token, Sessions.Use.LOOK, LoginScene.BROWSER))
        .session();
  }

  @Test
  void opensNothingFromTheStock() {
    assertEquals(Refusal.NOT_ENROLLED, refused(temporary));
  }

  @Test
  void opensItsCarriersSessionOfLowAssuranceAndTheOwnCardOpensNone() {
    handOut();
    Session session = active(scene.login("T-0001", temporary));
    assertEquals(PERSON, session.person());
    assertEquals("low", session.assurance());
    Entry login = scene.newest("mayor");
    assertEquals("login.succeeded", login.type());
    assertEquals(PERSON, login.subject().person());
    assertEquals(Refusal.AUTHENTICATOR_SUSPENDED, refused(own));
  }

  @Test
  void endsItsSessionAndCountsNoMoreAtTheEndOfTheDay() {
    scene.clock.advance(Duration.ofHours(14).plusMinutes(30)); // 23:30 in Japan
    handOut();
    Token token = scene.login("T-0001", temporary);
    assertEquals(Instant.parse("2026-11-21T15:00:00Z"), active(token).absoluteEnd());
    scene.clock.advance(Duration.ofMinutes(29).plusSeconds(59));
    scene.clock.advance(Duration.ofSeconds(1));
    assertEquals(
        new Resolution.Refused(Refusal.SESSION_ENDED),
        scene.sessions.resolve(token, Sessions.Use.LOOK, LoginScene.BROWSER));
    assertEquals(Refusal.TEMPORARY_EXPIRED, refused(temporary));
    assertEquals(Refusal.AUTHENTICATOR_SUSPENDED, refused(own), "until it is returned");
  }

  @Test
  void countsForNobodyAfterItsReturnAndTheOwnCardCountsAgain() {
    handOut();
    Token token = scene.login("T-0001", temporary);
    assertInstanceOf(
        TemporaryStock.Outcome.Done.class, stock.takeBack(Asker.CONSOLE, "mayor", spki()));
    assertEquals(
        new Resolution.Refused(Refusal.SESSION_ENDED),
        scene.sessions.resolve(token, Sessions.Use.LOOK, LoginScene.BROWSER));
    assertEquals(Refusal.NOT_ENROLLED, refused(temporary));
    scene.login("T-0001", own);
    assertInstanceOf(
        TemporaryStock.Outcome.Refused.class,
        stock.hand(Asker.CONSOLE, "mayor", spki(), PERSON, "100031"),
        "not before it is sealed again");
    assertInstanceOf(
        TemporaryStock.Outcome.Done.class, stock.stock(Asker.CONSOLE, "mayor", temporary.der()));
    handOut();
  }

  @Test
  void isStoppedWithEverythingElseWhenThePersonIsSuspended() {
    handOut();
    scene.registry.suspend(PERSON);
    assertEquals(Refusal.AUTHENTICATOR_SUSPENDED, refused(temporary));
  }

  @Test
  void theOwnCardIsNotResumedBesideIt() {
    handOut();
    CardRegistry.Outcome.Refused refused =
        assertInstanceOf(CardRegistry.Outcome.Refused.class, scene.registry.resume(PERSON));
    assertEquals(Refusal.TEMPORARY_OUT, refused.reason());
    assertInstanceOf(
        CardRegistry.Outcome.Refused.class,
        scene.registry.resume(PERSON, Sha256.text(own.keys().getPublic().getEncoded())));
    assertEquals(Refusal.AUTHENTICATOR_SUSPENDED, refused(own));
    scene.clock.advance(Duration.ofDays(1));
    assertInstanceOf(CardRegistry.Outcome.Changed.class, scene.registry.resume(PERSON));
  }

  @Test
  void countsInItsStocksOrganOnly() {
    handOut();
    scene.addTerminal("T-0001", "system");
    scene.organOfPerson.put(PERSON, "system");
    assertEquals(Refusal.NOT_ENROLLED, refused(temporary));
  }

  @Test
  void provesNobodyForWhatOnlyTheOwnCardMayRegister() {
    handOut();
    Session session = active(scene.login("T-0001", temporary));
    Asked asked =
        scene.fetched(
            LoginScene.passed(
                scene.logins.askStepUp(
                    session, StepUps.REGISTER_PASSKEY, LoginScene.ORIGIN, LoginScene.PC)),
            "T-0001");
    assertInstanceOf(
        Logins.Outcome.SteppedUp.class,
        scene.logins.answer(
            asked.transaction().id(), asked.cookie(), scene.answer(asked, "T-0001", temporary)));
    assertEquals(
        Optional.of(false),
        scene.stepUps.find(session.name(), StepUps.REGISTER_PASSKEY).map(StepUps.StepUp::card));
  }

  @Test
  void aReturnedCardIsNotRevivedByItsOlderRow() {
    scene.storage.start();
    handOut();
    scene.tamper("create table old_card as select * from temporary_card");
    assertInstanceOf(
        TemporaryStock.Outcome.Done.class, stock.takeBack(Asker.CONSOLE, "mayor", spki()));
    assertEquals(Refusal.NOT_ENROLLED, refused(temporary));
    scene.tamper("delete from temporary_card");
    scene.tamper("insert into temporary_card select * from old_card");
    org.junit.jupiter.api.Assertions.assertThrows(
        jp.sekisho.server.storage.TamperedException.class, () -> refused(temporary));
    scene.tamper("delete from temporary_card");
    assertEquals(
        List.of("temporary_card"),
        scene.storage.logs.rowCheck(scene.clock).run().stream()
            .map(RowCheck.Finding::table)
            .toList(),
        "one that is gone is found without anybody asking");
  }

  @Test
  void aRowEditedInTheDatabaseOpensNothing() {
    handOut();
    scene.tamper("update temporary_card set person = '100043'");
    org.junit.jupiter.api.Assertions.assertThrows(
        jp.sekisho.server.storage.TamperedException.class, () -> refused(temporary));
  }
}
