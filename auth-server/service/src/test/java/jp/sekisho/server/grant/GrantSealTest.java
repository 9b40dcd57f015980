package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
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

  private static final String SERIES =
      """
      sekisho/grant-series/v1
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
      repeat monthly
      count 4
      first-start 2026-11-21T00:00:00Z
      first-end 2026-11-21T03:00:00Z
      last-start 2027-02-21T00:00:00Z
      last-end 2027-02-21T03:00:00Z
      minutes 30
      """;

  /** The request of the first test and a grant of it, with these further columns. */
  private static Grant grant(OpenStorage storage, String columns, String values, String seal) {
    insert(
        storage,
        "insert into export_request (id, organ, requester, person, text, ends, state, created,"
            + " decided, decided_by, entry_id, mac) values ('AAECAwQFBgcICQoLDA0ODw', 'mayor',"
            + " 'S-2048', 'S-1024', ?, 1795230000000, 'approved', 1, 2, 'S-4096', ?, ?)",
        bytes(TEXT),
        ENTRY,
        mac("5845f5286f67a5a4566c68090bbf1680bb097a0989d2c0d3bcf0dc274a24a454"));
    insert(
        storage,
        "insert into export_grant (id, terminal, transaction_id, statement, signature, spki, state,"
            + " activated, nonce, deadline, ended, returned, returned_by, overdue, "
            + columns
            + ", entry_id, mac) values ('AAECAwQFBgcICQoLDA0ODw', 'T-0042', 'transaction', ?, ?, ?,"
            + " 'closed', 1, 'nonce', 2, 3, 4, 'S-1024', 5, "
            + values
            + ", ?, ?)",
        bytes("statement"),
        bytes("signature"),
        bytes("spki"),
        ENTRY,
        mac(seal));
    DossierRepository dossiers = new DossierRepository(storage.seal);
    return Objects.requireNonNull(
        storage
            .database
            .read(h -> dossiers.find(h, "AAECAwQFBgcICQoLDA0ODw"))
            .orElseThrow()
            .grant());
  }

  @Test
  void aUseThatWasReported() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      Grant grant =
          grant(
              storage,
              "reported, reported_by, report",
              "6, 'S-1025', '十二件を渡した'",
              "af1466f18b0ff4defeb89703eefdbe59f30512dd1613d7495164b0c33aa6de77");
      assertEquals(new Grant.Report(Instant.ofEpochMilli(6), "S-1025", "十二件を渡した"), grant.report());
    }
  }

  @Test
  void aMediumThatWasHandedOver() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      Grant grant =
          grant(
              storage,
              "receipt",
              "'県税第77号'",
              "41a0a5f378f76288469bcfc080188d11388dc56c80ce61d7f56b3f2b5ccef89a");
      assertEquals("県税第77号", grant.receipt());
    }
  }

  @Test
  void everythingThatCanBeKnownOfAUse() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      Grant grant =
          grant(
              storage,
              "reported, reported_by, report, occurrences, erased, erased_by, report_overdue",
              "6, 'S-1025', '十二件を渡した', 3, 7, 'S-1026', 8",
              "a0b33b7f1ab9480da99a889488997c2c07dc2cc454335e45cb5d547f6ba46aa1");
      assertEquals(3, grant.occurrences());
      assertEquals(new Grant.Erasure(Instant.ofEpochMilli(7), "S-1026"), grant.erasure());
      assertEquals(Instant.ofEpochMilli(8), grant.reportOverdue());
    }
  }

  @Test
  void aSeriesWithTheNumberOfItsOccurrences() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(
          storage,
          "insert into export_request (id, organ, requester, person, text, ends, state, created,"
              + " decided, decided_by, entry_id, mac) values ('AAECAwQFBgcICQoLDA0ODw', 'mayor',"
              + " 'S-2048', 'S-1024', ?, 1803178800000, 'approved', 1, 2, 'S-4096', ?, ?)",
          bytes(SERIES),
          ENTRY,
          mac("8567157668463eee05fa1298c1f80b3638d38e1df5f5cb780ba8775e303c7c54"));
      insert(
          storage,
          "insert into export_grant (id, terminal, transaction_id, statement, signature, spki, state,"
              + " occurrences, entry_id, mac) values ('AAECAwQFBgcICQoLDA0ODw', 'T-0042',"
              + " 'transaction', ?, ?, ?, 'approved', 2, ?, ?)",
          bytes("statement"),
          bytes("signature"),
          bytes("spki"),
          ENTRY,
          mac("7aac2c8cd6a8e0a6ce540c861bbc4107a7f9746e976a90dd71c60373f8e34f51"));
      DossierRepository dossiers = new DossierRepository(storage.seal);
      Dossier series =
          storage.database.read(h -> dossiers.find(h, "AAECAwQFBgcICQoLDA0ODw")).orElseThrow();
      assertEquals(2, Objects.requireNonNull(series.grant()).occurrences());
      assertTrue(series.request().isSeries());
    }
  }

  @Test
  void anExtensionAndALookAtADeputysDecision() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      var _ =
          grant(
              storage,
              "receipt",
              "'県税第77号'",
              "41a0a5f378f76288469bcfc080188d11388dc56c80ce61d7f56b3f2b5ccef89a");
      insert(
          storage,
          "insert into export_extension (id, grant_id, text, state, asked, asked_by, decided,"
              + " decided_by, transaction_id, statement, signature, spki, entry_id, mac) values"
              + " ('EBESExQVFhcYGRobHB0eHw', 'AAECAwQFBgcICQoLDA0ODw', ?, 'approved', 3, 'S-1024',"
              + " 4, 'S-4096', 'transaction', ?, ?, ?, ?, ?)",
          bytes(
              TEXT.replace("reason 県税事務所から届いた課税資料の読み込み", "reason 資料が多い")
                  .replace("end 2026-11-21T03:00:00Z", "end 2026-11-21T04:00:00Z")
                  .replace("minutes 30", "minutes 45")),
          bytes("statement"),
          bytes("signature"),
          bytes("spki"),
          ENTRY,
          mac("210244286ae78843729632d84f4f9ad65302f36702cae95126e2e08cee59fb8b"));
      insert(
          storage,
          "insert into grant_review (id, grant_id, organ, step, represented, decider, decided,"
              + " reviewed, reviewed_by, entry_id, mac) values ('IBESExQVFhcYGRobHB0eHw',"
              + " 'AAECAwQFBgcICQoLDA0ODw', 'mayor', 'approve', 'S-4096', 'S-3000', 2, 3, 'S-4096',"
              + " ?, ?)",
          ENTRY,
          mac("1118ebb1714175b60665b6d04afd4f78b86428ff8af4c6fbb1ece2ce0bc5044b"));
      ExtensionRepository extensions = new ExtensionRepository(storage.seal);
      ReviewRepository reviews = new ReviewRepository(storage.seal);
      assertEquals(
          45,
          storage
              .database
              .read(h -> extensions.of(h, "AAECAwQFBgcICQoLDA0ODw"))
              .getFirst()
              .text()
              .minutes());
      assertEquals(
          "S-3000",
          storage.database.read(h -> reviews.of(h, "AAECAwQFBgcICQoLDA0ODw")).getFirst().decider());
    }
  }

  @Test
  void aDeputyAndAnAbsence() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(storage, "insert into organ (id, name) values ('mayor', '市長部局')");
      insert(
          storage,
          "insert into deputy (id, organ, division, person, place, valid_from, valid_until,"
              + " reference, removed, entry_id, mac) values ('MBESExQVFhcYGRobHB0eHw', 'mayor',"
              + " '0101', 'S-3000', 1, '2026-04-01', '2027-03-31', '情第5号', 0, ?, ?)",
          ENTRY,
          mac("8cd3e811a0f6fa33f28ee9df5c11cbfab528582a96ecd4296f9d77d269164c53"));
      insert(
          storage,
          "insert into absence (id, organ, person, starts, ends, said_by, cut_short, entry_id, mac)"
              + " values ('MBESExQVFhcYGRobHB0eHw', 'mayor', 'S-4096', 1, 9, 'S-4096', 1, ?, ?)",
          ENTRY,
          mac("e61b91d7c45274d664073970c2d8034fca442b10a5be35056b41772561bb9f9d"));
      DeputyRepository deputies = new DeputyRepository(storage.seal);
      assertEquals(
          "情第5号", storage.database.read(h -> deputies.deputies(h, "mayor")).getFirst().reference());
      assertTrue(
          storage
              .database
              .read(h -> deputies.absences(h, "mayor", Instant.EPOCH))
              .getFirst()
              .over());
    }
  }

  @Test
  void aMediumThatIsOutAndOneThatWasLost() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      insert(
          storage,
          "insert into medium (id, organ, fingerprint, registered, lent, lent_to, lent_due,"
              + " lent_reference, entry_id, mac)"
              + " values ('M-0009', 'mayor', 'print3', 1, 2, 'S-1024', 3, '情第31号', ?, ?)",
          ENTRY,
          mac("de11b48dc56166df847d8d75d544808e38630b1425d90d38bfd10f4ec517d1f2"));
      insert(
          storage,
          "insert into medium (id, organ, fingerprint, registered, disposed, reference, lent,"
              + " lent_reference, lost, lost_reference, entry_id, mac) values ('M-0010', 'mayor',"
              + " 'print4', 1, 6, '情第33号', 2, '税第77号', 4, '情第32号', ?, ?)",
          ENTRY,
          mac("3cdeddc2a762eeeae1bed84ee1662e3073d8cc0a88c5e5d67b9019c738633c0e"));
      Media media = new Media(storage.transactions, storage.seal);
      assertEquals(
          new Medium.Loan(Instant.ofEpochMilli(2), "S-1024", Instant.ofEpochMilli(3), "情第31号"),
          storage.database.read(h -> media.find(h, "M-0009")).orElseThrow().loan());
      Medium lost = storage.database.read(h -> media.find(h, "M-0010")).orElseThrow();
      assertEquals(new Medium.Loss(Instant.ofEpochMilli(4), "情第32号"), lost.loss());
      assertEquals(new Medium.Loan(Instant.ofEpochMilli(2), null, null, "税第77号"), lost.loan());
    }
  }
}
