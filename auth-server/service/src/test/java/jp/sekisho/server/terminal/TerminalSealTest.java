package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.ServerKeys;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bytes under the seals of this package's rows, a format on disk: rows and seals here are
 * literals made by another program, and must be read for ever.
 */
class TerminalSealTest {
  private static final byte[] ENTRY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] mac(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static void insert(OpenStorage storage, String sql, Object... values) {
    assertEquals(
        1,
        storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql, values)));
  }

  @Test
  void terminal() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(
          storage,
          "insert into terminal (id, organ, state, spki, fingerprint, serial, certificate, not_after,"
              + " enrolled_at, confirmed_at, last_seq, last_hash, boot, enforcement, fault,"
              + " silent_since, entry_id, mac) values ('T-0042', 'mayor', 'active', ?, 'print',"
              + " '0a1b', ?, 1, 2, 3, 4, 'hash', 'boot', 'effective', 'fault', 5, ?, ?)",
          bytes("spki"),
          bytes("certificate"),
          ENTRY,
          mac("8fbcffaf6f884e4627fa83fb88b90b152450f4cbf9585d39c81e86fd4483acd8"));
      TerminalRepository terminals = new TerminalRepository(storage.seal);
      assertEquals(
          Instant.ofEpochMilli(5),
          storage.database.read(h -> terminals.find(h, "T-0042")).orElseThrow().silentSince());
    }
  }

  @Test
  void invitation() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(
          storage,
          "insert into invitation (token_hash, terminal, organ, expires, consumed_spki, entry_id,"
              + " mac) values ('MeRq5MgCz6BTAfXiFyBjWyGB_b13M1BQTiSFE9ZQWSY', 'T-0042', 'mayor', 1, 'spki', ?, ?)",
          ENTRY,
          mac("693744966a9bd886f817e128201d4415b7b475799e106abf9d868b9301446f54"));
      ListenerSettings settings =
          new ListenerSettings(
              List.of(URI.create("http://localhost")),
              true,
              1,
              null,
              null,
              2,
              List.of("localhost"),
              "1234");
      Tickets tickets =
          new Tickets(
              storage.transactions,
              storage.seal,
              new TerminalRepository(storage.seal),
              settings,
              ServerKeys.createAll(storage.keys, List.of("localhost"), Clock.systemUTC()),
              _ -> Optional.empty());
      assertEquals(
          "spki",
          storage
              .database
              .read(h -> tickets.find(h, bytes("token of 16 byte")))
              .orElseThrow()
              .consumedSpki());
    }
  }
}
