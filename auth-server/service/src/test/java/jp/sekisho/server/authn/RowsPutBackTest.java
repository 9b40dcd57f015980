package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.audit.RowCheck;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.SessionLimits;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.OpenStorage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An insider with the database, but without the keys, puts rows back as they were, each with its
 * own genuine MAC, or deletes them (ADR 0041).
 */
final class RowsPutBackTest {
  private static final String T = "T-0001";

  @TempDir Path directory;
  private LoginScene scene;
  private Card card;
  private boolean stopped;

  @BeforeEach
  void open() throws IOException {
    scene = new LoginScene(directory);
    scene.storage.start();
    card = scene.clerk("100042");
  }

  @AfterEach
  void close() {
    if (!stopped) {
      scene.close();
    }
  }

  private void stop() {
    scene.close();
    stopped = true;
  }

  private static void execute(OpenStorage storage, String sql) {
    int _ = storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql));
  }

  /** What the insider keeps a copy of. */
  private void keep(String table) {
    execute(scene.storage, "create table old_" + table + " as select * from " + table);
  }

  private static void putBack(OpenStorage storage, String table) {
    execute(storage, "delete from " + table);
    execute(storage, "insert into " + table + " select * from old_" + table);
  }

  private @Nullable Refusal refusal() {
    Asked asked = scene.ask(T);
    return LoginScene.reason(
        scene.logins.answer(
            asked.transaction().id(), asked.cookie(), scene.answer(asked, T, card)));
  }

  private Authenticators.Found found(OpenStorage storage) {
    return storage.database.read(handle -> new Authenticators(storage.seal).all(handle)).getFirst();
  }

  private CardRegistry registry(OpenStorage storage) {
    return new CardRegistry(
        storage.transactions,
        new Authenticators(storage.seal),
        scene.trust,
        (change, person) -> Optional.of("mayor"),
        sessions(storage),
        (change, holder, person) -> 0);
  }

  private Sessions sessions(OpenStorage storage) {
    return new Sessions(
        storage.transactions,
        storage.seal,
        SessionLimits.STANDARD,
        Sources.bound(new byte[32]),
        scene.clock);
  }

  @Test
  void aSuspendedCardIsNotRevivedByItsOlderRow() {
    keep("authenticator");
    scene.registry.suspend("100042");
    assertEquals(Refusal.AUTHENTICATOR_SUSPENDED, refusal());
    putBack(scene.storage, "authenticator");
    assertEquals(Refusal.STATE_TAMPERED, refusal());
  }

  @Test
  void norAfterTheServiceStartedAnew() {
    keep("authenticator");
    scene.registry.suspend("100042");
    stop();
    try (OpenStorage again = OpenStorage.sqlite(directory, scene.clock)) {
      putBack(again, "authenticator");
      again.start();
      assertInstanceOf(Authenticators.Found.Tampered.class, found(again));
    }
  }

  @Test
  void whatTheConsoleChangesCountsAtOnceAndIsNotTakenBackEither() {
    keep("authenticator");
    try (OpenStorage console = OpenStorage.sqlite(directory, scene.clock)) {
      registry(console).suspend("100042");
      assertEquals(Refusal.AUTHENTICATOR_SUSPENDED, refusal());
      registry(console).resume("100042");
      assertInstanceOf(Authenticators.Found.Sound.class, found(scene.storage));
      registry(console).suspend("100042");
    }
    putBack(scene.storage, "authenticator");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (refusal() != Refusal.STATE_TAMPERED) {
      assertTrue(System.nanoTime() < end, "the console's change is not known");
    }
  }

  @Test
  void anEndedSessionStaysEnded() {
    Token token = scene.login(T, card);
    keep("web_session");
    scene.sessions.logout(token, LoginScene.BROWSER);
    stop();
    try (OpenStorage again = OpenStorage.sqlite(directory, scene.clock)) {
      putBack(again, "web_session");
      again.start();
      assertEquals(
          new Resolution.Refused(Refusal.STATE_TAMPERED),
          sessions(again).resolve(token, Sessions.Use.LOOK, LoginScene.BROWSER));
    }
  }

  @Test
  void rowsThatNobodyAsksForAreFoundToo() {
    scene.login(T, card);
    RowCheck check = scene.storage.logs.rowCheck(scene.clock);
    assertEquals(List.of(), check.run());
    execute(scene.storage, "delete from web_session");
    execute(scene.storage, "delete from authenticator");
    assertEquals(
        List.of("authenticator", "web_session"),
        check.run().stream().map(RowCheck.Finding::table).toList());
  }

  @Test
  void aRowReadBesideItsChangeIsNoSuchRow() {
    for (int i = 0; i < 20; i++) {
      scene.registry.suspend("100042");
      assertInstanceOf(Authenticators.Found.Sound.class, found(scene.storage));
      scene.registry.resume("100042");
      assertNull(refusal());
    }
    assertEquals(List.of(), scene.storage.logs.rowCheck(scene.clock).run());
  }
}
