package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.TerminalDivisions;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The post in which a person acts: in the entries of the login, and for how long. */
class ActingPostTest {
  @TempDir Path directory;
  private LoginScene scene;
  private Card card;

  @BeforeEach
  void open() throws Exception {
    scene = new LoginScene(directory);
    scene.addTerminal("T-0002", "mayor");
    scene.postOfPerson.put("S1001", "zeimu");
    card = scene.clerk("S1001");
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private Resolution look(Token token) {
    return scene.sessions.resolve(token, Sessions.Use.LOOK, LoginScene.BROWSER);
  }

  @Test
  void standsInTheEntryOfTheLoginAndOfItsRefusal() {
    scene.login("T-0001", card);
    assertEquals("zeimu", scene.newest("mayor").subject().post());
    Asked asked = scene.ask("T-0001");
    scene.cardRemoved("T-0001", asked.transaction().id());
    assertEquals(
        new Logins.Outcome.Refused(Refusal.CARD_REMOVED),
        scene.logins.answer(
            asked.transaction().id(), asked.cookie(), scene.answer(asked, "T-0001", card)));
    Entry refused = scene.newest("mayor");
    assertEquals("login.refused", refused.type());
    assertEquals("zeimu", refused.subject().post());
  }

  @Test
  void whenItIsGoneTheSessionEndsAndNoOther() {
    scene.postOfPerson.put("S1002", "shimin");
    Token moved = scene.login("T-0001", card);
    Token stays = scene.login("T-0002", scene.clerk("S1002"));
    Set<String> posts = Set.of("shimin");
    scene.sessions.endWithoutPost((handle, person, organ, post, at) -> posts.contains(post));
    assertEquals(new Resolution.Refused(Refusal.SESSION_ENDED), look(moved));
    assertInstanceOf(Resolution.Active.class, look(stays));
    Entry ended = scene.newest("mayor");
    assertEquals("session.ended", ended.type());
    assertEquals("S1001", ended.subject().person());
    assertEquals("revoked", ended.data().get("cause"));
  }

  /** S1003 of two divisions, and a session whose post is open. */
  private Token undecided() {
    scene.tamper("insert into organ (id, name) values ('mayor', '市長部局')");
    PersonImport.Outcome taken =
        new PersonImport(scene.storage.transactions, scene.storage.seal, _ -> 1, scene.clock)
            .run(
                """
                order,staff_number,name,organ,division,division_name,post,appointment,from,until,contract_until,subcontract,roles,lender
                ASSIGN,S1003,三,mayor,zeimu,税務課,主査,STAFF,2026-04-01,,,,CLERK,
                CONCURRENT,S1003,三,mayor,shimin,市民課,主査,STAFF,2026-04-01,,,,CLERK,
                """
                    .getBytes(StandardCharsets.UTF_8),
                false);
    assertInstanceOf(PersonImport.Outcome.Done.class, taken, taken.toString());
    Token token = scene.login("T-0001", scene.clerk("S1003"));
    assertNull(scene.newest("mayor").subject().post(), "not before it is chosen");
    return token;
  }

  private ActingPosts posts() {
    return new ActingPosts(
        scene.storage.transactions, scene.sessions, new Persons(scene.storage.seal), scene.clock);
  }

  private Session active(Token token) {
    return assertInstanceOf(Resolution.Active.class, look(token)).session();
  }

  @Test
  void isChosenOnceAmongThoseHeldAndStandsInEveryEntryFromThen() {
    Token token = undecided();
    Session open = active(token);
    assertTrue(open.isUndecided());
    assertEquals(
        List.of("zeimu", "shimin"),
        posts().choices(open).stream().map(Persons.Choice::division).toList(),
        "the main post first");
    assertEquals(Optional.of(Refusal.PERSON_NOT_CURRENT), posts().choose(open, "kansa"));
    assertEquals("login.refused", scene.newest("mayor").type());
    assertEquals(Optional.empty(), posts().choose(open, "shimin"));
    assertEquals("session.post-chosen", scene.newest("mayor").type());
    assertEquals("shimin", scene.newest("mayor").subject().post());
    assertEquals("shimin", active(token).post());
    assertEquals(Optional.of(Refusal.SESSION_ENDED), posts().choose(open, "zeimu"), "once");
    scene.sessions.logout(token, LoginScene.BROWSER);
    assertEquals("shimin", scene.newest("mayor").subject().post());
  }

  @Test
  void isNotAskedForWhereTheTerminalStandsInOneOfTheDivisions() {
    undecided();
    TerminalDivisions divisions = new TerminalDivisions(scene.storage.seal);
    assertTrue(divisions.place(scene.storage.transactions, "T-0001", "mayor", "shimin"));
    Persons persons = new Persons(scene.storage.seal);
    assertEquals(
        List.of("shimin"),
        scene
            .storage
            .transactions
            .read(handle ->
                persons.choices(handle, "S1003", "T-0001", "mayor", scene.clock.instant()))
            .stream()
            .map(Persons.Choice::division)
            .toList());
  }

  @Test
  void anOpenChoiceStaysWhileThereIsAnyPostAndEndsWithTheLast() {
    Token token = undecided();
    Persons persons = new Persons(scene.storage.seal);
    scene.sessions.endWithoutPost(persons::holds);
    assertTrue(active(token).isUndecided());
    scene.tamper("delete from post where person = 'S1003' and division = 'zeimu'");
    scene.sessions.endWithoutPost(persons::holds);
    assertTrue(active(token).isUndecided());
    scene.tamper("delete from post where person = 'S1003'");
    scene.sessions.endWithoutPost(persons::holds);
    assertEquals(new Resolution.Refused(Refusal.SESSION_ENDED), look(token));
  }

  @Test
  void aTamperedPostKeepsNoSessionAndHoldsUpNoOther() {
    Token session = scene.login("T-0001", card);
    scene.sessions.endWithoutPost((handle, person, organ, post, at) -> {
      throw new TamperedException("post", person);
    });
    assertEquals(new Resolution.Refused(Refusal.SESSION_ENDED), look(session));
  }
}
