package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bytes under the seals of this package's rows, a format on disk: rows and seals here are
 * literals made by another program, and must be read for ever.
 */
class GrantSealTest {
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

  private static final String TEXT =
      """
      sekisho/grant/v1
      request AAECAwQFBgcICQoLDA0ODw
      organ mayor
      person S-1024
      terminal T-0042
      capability usb-read
      medium M-0007
      fingerprint A9Zt0Ig1wco_EozOrNHzGslBYwlrIPRFroQoW8CDLXI
      reason 県税事務所から届いた課税資料の読み込み
      document 税第123号
      legal-basis -
      provided-to -なし
      subjects 1250
      start 2026-11-21T00:00:00Z
      end 2026-11-21T03:00:00Z
      minutes 30
      """;

  @Test
  void requestAndGrant() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(
          storage,
          "insert into export_request (id, organ, requester, person, text, ends, state, created,"
              + " decided, decided_by, entry_id, mac) values ('AAECAwQFBgcICQoLDA0ODw', 'mayor',"
              + " 'S-2048', 'S-1024', ?, 1795230000000, 'approved', 1, 2, 'S-4096', ?, ?)",
          TEXT.getBytes(StandardCharsets.UTF_8),
          ENTRY,
          mac("5845f5286f67a5a4566c68090bbf1680bb097a0989d2c0d3bcf0dc274a24a454"));
      insert(
          storage,
          "insert into export_grant (id, terminal, transaction_id, statement, signature, spki, state,"
              + " activated, nonce, deadline, ended, returned, returned_by, overdue, entry_id, mac)"
              + " values ('AAECAwQFBgcICQoLDA0ODw', 'T-0042', 'transaction', ?, ?, ?, 'closed', 1,"
              + " 'nonce', 2, 3, 4, 'S-1024', 5, ?, ?)",
          bytes("statement"),
          bytes("signature"),
          bytes("spki"),
          ENTRY,
          mac("97309505f591839b54563d71cc8c30079fcd516e79dfec5fb258b2454f664f26"));
      DossierRepository dossiers = new DossierRepository(storage.seal);
      Grant grant =
          storage
              .database
              .read(h -> dossiers.find(h, "AAECAwQFBgcICQoLDA0ODw"))
              .orElseThrow()
              .grant();
      assertEquals(Instant.ofEpochMilli(5), grant == null ? null : grant.overdue());
    }
  }

  @Test
  void aRequestThatWasSentBack() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(
          storage,
          "insert into export_request (id, organ, requester, person, text, ends, state, created,"
              + " remanded, remanded_by, remand_reason, entry_id, mac) values"
              + " ('AAECAwQFBgcICQoLDA0ODw', 'mayor', 'S-2048', 'S-1024', ?, 1795230000000,"
              + " 'remanded', 1, 3, 'S-4096', '期間が長い', ?, ?)",
          TEXT.getBytes(StandardCharsets.UTF_8),
          ENTRY,
          mac("bef26037f4a5b17800db224e84f92c8660f64d9542b67529269067ba838d0dd5"));
      DossierRepository dossiers = new DossierRepository(storage.seal);
      assertEquals(
          new Request.Remand(Instant.ofEpochMilli(3), "S-4096", "期間が長い"),
          storage
              .database
              .read(h -> dossiers.find(h, "AAECAwQFBgcICQoLDA0ODw"))
              .orElseThrow()
              .request()
              .remand());
    }
  }

  @Test
  void medium() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(
          storage,
          "insert into medium (id, organ, fingerprint, registered, entry_id, mac)"
              + " values ('M-0007', 'mayor', 'print', 1, ?, ?)",
          ENTRY,
          mac("b298fc1c15e7e81fd28fee273d1bbbfc811e71fe3d45cdd689b172cbcf302d13"));
      Media media = new Media(storage.transactions, storage.seal);
      assertEquals(
          new Medium("M-0007", "mayor", "print", Instant.ofEpochMilli(1), null),
          storage.database.read(h -> media.find(h, "M-0007")).orElseThrow());
      insert(
          storage,
          "insert into medium (id, organ, fingerprint, registered, disposed, reference, entry_id, mac)"
              + " values ('M-0008', 'mayor', 'print2', 1, 2, '情第12号', ?, ?)",
          ENTRY,
          mac("5016152c495973da0d06bba1850c4bce18ac781b192290ef6e04055b341d62e3"));
      assertEquals(
          new Medium(
              "M-0008",
              "mayor",
              "print2",
              Instant.ofEpochMilli(1),
              new Medium.Disposal(Instant.ofEpochMilli(2), "情第12号")),
          storage.database.read(h -> media.find(h, "M-0008")).orElseThrow());
    }
  }
}
