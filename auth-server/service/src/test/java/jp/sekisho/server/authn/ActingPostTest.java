package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.util.Set;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.session.Resolution;
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

  @Test
  void aTamperedPostKeepsNoSessionAndHoldsUpNoOther() {
    Token session = scene.login("T-0001", card);
    scene.sessions.endWithoutPost((handle, person, organ, post, at) -> {
      throw new TamperedException("post", person);
    });
    assertEquals(new Resolution.Refused(Refusal.SESSION_ENDED), look(session));
  }
}
