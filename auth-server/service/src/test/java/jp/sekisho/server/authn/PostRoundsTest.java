package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.person.Organs;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.PersonnelOrders;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.EntryReceipt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sessions end at the next look after an order, its undoing or midnight: the rounds with the real
 * directory.
 */
class PostRoundsTest {
  private static final String HEADER = "発令区分,職員番号,氏名,機関,課コード,課名,職,任用区分,開始日,終了日,契約終了日,再委託,役割,派遣元\n";

  /** From 09:00 in Japan, where the scene begins, to 23:59 of the same day, 21 November. */
  private static final Duration TO_EVENING = Duration.ofHours(14).plusMinutes(59);

  @TempDir Path directory;
  private LoginScene scene;
  private PersonImport importer;
  private PostRounds rounds;
  private Card card;

  @BeforeEach
  void open() throws Exception {
    scene = new LoginScene(directory);
    EntryReceipt _ =
        scene.storage.transactions.write(change -> {
          Organs.create(change.handle(), Map.of("mayor", "市長部局"));
          return change.record(Entry.Subject.NONE, new ServiceEvent.Started("test"));
        });
    importer =
        new PersonImport(scene.storage.transactions, scene.storage.seal, _ -> 1, scene.clock);
    rounds =
        new PostRounds(
            scene.storage.transactions,
            scene.clock,
            new PersonnelOrders(scene.storage.seal),
            scene.sessions,
            new Persons(scene.storage.seal));
    apply("採用,S5,五,mayor,J04,市民課,主事,,2026-04-01,,,,CLERK,");
    scene.postOfPerson.put("S5", "J04");
    card = scene.clerk("S5");
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private String apply(String row) {
    PersonImport.Outcome outcome =
        importer.run((HEADER + row + "\n").getBytes(StandardCharsets.UTF_8), false);
    return Objects.requireNonNull(
        assertInstanceOf(PersonImport.Outcome.Done.class, outcome, outcome.toString()).order());
  }

  private void stays(Token session) {
    Resolution now = scene.sessions.resolve(session, Sessions.Use.LOOK, LoginScene.BROWSER);
    assertInstanceOf(Resolution.Active.class, now, now.toString());
  }

  private void isEnded(Token session) {
    assertEquals(
        new Resolution.Refused(Refusal.SESSION_ENDED),
        scene.sessions.resolve(session, Sessions.Use.LOOK, LoginScene.BROWSER));
    Entry ended = scene.newest("mayor");
    assertEquals("session.ended", ended.type());
    assertEquals("S5", ended.subject().person());
    assertEquals("revoked", ended.data().get("cause"));
  }

  @Test
  void anOrderForTodayEndsTheSessionInThePostThatIsGone() {
    Token session = scene.login("T-0001", card);
    rounds.look();
    apply("異動,S5,五,mayor,J05,税務課,主任,,2026-11-21,,,,CLERK,");
    stays(session);
    rounds.look();
    isEnded(session);
  }

  @Test
  void anOrderForTomorrowEndsItAtMidnightInJapanAndNoSooner() {
    apply("異動,S5,五,mayor,J05,税務課,主任,,2026-11-22,,,,CLERK,");
    scene.pass(TO_EVENING);
    Token session = scene.login("T-0001", card);
    rounds.look();
    scene.pass(Duration.ofMinutes(1).minusMillis(1));
    rounds.look();
    stays(session);
    scene.pass(Duration.ofMillis(1));
    stays(session);
    rounds.look();
    isEnded(session);
  }

  @Test
  void nothingIsAskedUntilAnOrderComes() {
    Token session = scene.login("T-0001", card);
    rounds.look();
    // Behind the service's back: what a round that asked would notice.
    scene.tamper("delete from post where person = 'S5'");
    rounds.look();
    stays(session);
    apply("採用,S6,六,mayor,J04,市民課,主事,,2026-11-22,,,,CLERK,");
    rounds.look();
    isEnded(session);
  }

  @Test
  void undoingAnOrderIsAChangeToo() {
    String order = apply("採用,S6,六,mayor,J04,市民課,主事,,2026-11-22,,,,CLERK,");
    Token session = scene.login("T-0001", card);
    rounds.look();
    scene.tamper("delete from post where person = 'S5'");
    assertInstanceOf(PersonImport.Undone.Done.class, importer.undo(order));
    stays(session);
    rounds.look();
    isEnded(session);
  }
}
