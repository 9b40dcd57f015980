package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.ClosedGenerations;
import jp.sekisho.server.authn.LoginScene;
import jp.sekisho.server.listener.TamperedRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A card's row that somebody deleted is told, once an hour. */
class RowsKeeperTest {
  @TempDir Path directory;

  @Test
  void aDeletedRowIsTold() throws Exception {
    try (LoginScene scene = new LoginScene(directory)) {
      scene.storage.start();
      LoginScene.Card _ = scene.clerk("100042");
      try (RowsKeeper keeper =
          new RowsKeeper(
              scene.storage.logs.rowCheck(scene.clock),
              new ClosedGenerations(scene.storage.logs),
              scene.storage.logs.names(),
              new TamperedRows(scene.storage.transactions))) {
        keeper.look();
        assertEquals(0, scene.entries("system").size());
        scene.tamper("delete from authenticator");
        keeper.look();
        keeper.look();
        assertEquals(1, scene.entries("system").size());
        Entry told = scene.newest("system");
        assertEquals("service.state-tampered", told.type());
        assertEquals("authenticator", told.data().get("table"));
      }
    }
  }
}
