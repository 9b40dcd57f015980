package jp.sekisho.server.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state of the first start: its one way, its code, and who writes the database alone. */
class SetupTest {
  @TempDir Path directory;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));
  private OpenStorage storage;
  private SetupMark mark;
  private Setup setup;

  @BeforeEach
  void open() throws Exception {
    storage = OpenStorage.sqlite(directory, clock);
    mark = new SetupMark(directory.resolve("setup"));
    setup = anew();
  }

  @AfterEach
  void close() {
    storage.close();
  }

  /** As after a restart. */
  private Setup anew() {
    return Setup.of(storage.transactions, storage.seal, mark);
  }

  private SetupCode begun() throws Exception {
    mark.open();
    return storage.transactions.write(setup::begin);
  }

  private Token entered(SetupCode code) {
    return assertInstanceOf(Setup.Entered.Accepted.class, setup.enter(code)).secret();
  }

  private boolean isHolder(Setup at, Token secret) {
    return storage.transactions.read(handle -> at.isHolder(handle, secret, clock.instant()));
  }

  private void finish() {
    storage.transactions.write(change -> {
      setup.finish(change, Entry.Subject.NONE);
      return null;
    });
  }

  private int sql(String sql, Object... values) {
    return storage
        .database
        .writer()
        .<Integer, RuntimeException>sequence(h -> h.execute(sql, values));
  }

  private static void assertRefused(Refusal reason, Setup.Entered entered) {
    assertEquals(new Setup.Entered.Refused(reason), entered);
  }

  @Test
  void anInstallationOfWhichNoneWasDemandedIsNotOpenAndHasNoCode() {
    assertFalse(setup.isOpen());
    assertEquals(Optional.empty(), setup.newCode());
    assertRefused(Refusal.NOT_FOUND, setup.enter(SetupCode.random()));
  }

  @Test
  void theCodeOpensOnceAndOnlyForHalfAnHour() throws Exception {
    SetupCode code = begun();
    assertTrue(setup.isOpen());
    assertRefused(Refusal.SETUP_CODE, setup.enter(SetupCode.random()));
    Token secret = entered(code);
    assertTrue(isHolder(setup, secret));
    assertFalse(isHolder(setup, Token.random()));
    assertRefused(Refusal.SETUP_CODE, setup.enter(code));

    SetupCode late = setup.newCode().orElseThrow();
    clock.advance(Setup.CODE_LIFE);
    assertRefused(Refusal.SETUP_CODE, setup.enter(late));
    assertTrue(isHolder(setup, secret), "a code that nobody used ends nothing");
    clock.advance(Setup.SESSION_LIFE.minus(Setup.CODE_LIFE));
    assertFalse(isHolder(setup, secret), "after its hour");
  }

  @Test
  void aNewCodeVoidsTheOldOneAndItsUseEndsTheBrowserBefore() throws Exception {
    SetupCode first = begun();
    Token before = entered(first);
    SetupCode second = setup.newCode().orElseThrow();
    SetupCode third = setup.newCode().orElseThrow();
    assertRefused(Refusal.SETUP_CODE, setup.enter(second));
    Token after = entered(third);
    assertFalse(isHolder(setup, before));
    assertTrue(isHolder(setup, after));
  }

  @Test
  @DisplayName("a restart in mid-setup changes nothing: state, code and browser stand in the row")
  void restart() throws Exception {
    SetupCode code = begun();
    Setup again = anew();
    again.settle();
    assertTrue(again.isOpen());
    Token secret = assertInstanceOf(Setup.Entered.Accepted.class, again.enter(code)).secret();
    assertTrue(isHolder(anew(), secret));
  }

  @Test
  void finishedIsForGood() throws Exception {
    SetupCode code = begun();
    Map<String, Object> openRow =
        storage.database.read(
            h -> h.createQuery("select entry_id, mac from setup").mapToMap().one());
    Token secret = entered(code);
    finish();
    setup.finished();
    assertFalse(setup.isOpen());
    assertFalse(isHolder(setup, secret));
    assertEquals(Optional.empty(), setup.newCode());

    // The insider puts the sealed row of the first day back, or takes it away.
    assertEquals(
        1,
        sql(
            "update setup set state = 'open', code_hash = ?, code_expires = ?, entry_id = ?,"
                + " mac = ?",
            code.hash(),
            Instant.parse("2026-11-21T00:30:00Z").toEpochMilli(),
            Objects.requireNonNull(openRow.get("entry_id")),
            Objects.requireNonNull(openRow.get("mac"))));
    assertFalse(anew().isOpen());
    assertEquals(1, sql("delete from setup"));
    assertFalse(anew().isOpen());
  }

  @Test
  @DisplayName("killed between the finishing unit and the file: finished, and the file follows")
  void killedBetween() throws Exception {
    SetupCode _ = begun();
    finish();
    Setup again = anew();
    assertFalse(again.isOpen());
    assertEquals(SetupMark.Says.OPEN, mark.read());
    again.settle();
    assertEquals(SetupMark.Says.FINISHED, mark.read());
  }

  @Test
  void whoWritesTheDatabaseAloneEndsNothing() throws Exception {
    SetupCode code = begun();
    assertEquals(1, sql("update setup set state = 'finished'"));
    assertThrows(TamperedException.class, () -> anew().isOpen());
    assertThrows(TamperedException.class, () -> setup.enter(code));
    assertEquals(1, sql("delete from setup"));
    assertThrows(TamperedException.class, () -> anew().isOpen());
  }

  @Test
  void aDamagedFileCountsAsOpen() throws Exception {
    SetupCode _ = begun();
    Files.writeString(directory.resolve("setup"), "finishe\n");
    assertTrue(anew().isOpen());
  }

  @Test
  void theCodeIsReadAsPeopleTypeItAndStandsNowhere() throws Exception {
    SetupCode code = begun();
    String text = code.text();
    assertTrue(text.matches("([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}"), text);
    for (String typed :
        List.of(
            text,
            text.toLowerCase(java.util.Locale.ROOT),
            text.replace("-", " "),
            " " + text.replace("-", "") + "\t",
            text.replace('0', 'o').replace('1', 'l'),
            text.replace('-', 'ー'),
            fullWidth(text))) {
      assertEquals(text, SetupCode.parse(typed).orElseThrow().text(), typed);
    }
    for (String typed :
        List.of("", text.substring(1), text + "0", "U".repeat(25), "a".repeat(65))) {
      assertEquals(Optional.empty(), SetupCode.parse(typed), typed);
    }
    assertNotEquals(text, SetupCode.random().text());
    assertFalse(code.toString().contains(text));
    Token secret = entered(code);
    storage.logs.integrateNow();
    String log =
        storage.logs.page("system", null, Long.MAX_VALUE, AuditLogs.MAX_PAGE).stream()
            .map(row ->
                new String(
                    ((LogRow.Intact) row).entry().bytes(), java.nio.charset.StandardCharsets.UTF_8))
            .toList()
            .toString();
    assertTrue(log.contains("setup.code-made") && log.contains("setup.opened"), log);
    assertFalse(log.contains(text) || log.contains(text.replace("-", "")), log);
    assertFalse(log.contains(secret.secret()), log);
  }

  private static String fullWidth(String text) {
    StringBuilder wide = new StringBuilder();
    text.chars().forEach(c -> wide.append((char) (c - 0x21 + 0xFF01)));
    return wide.toString();
  }

  @Test
  void tenTriesAMinuteAndSourceAndNobodyElsePaysForThem() throws Exception {
    CodeTries tries = new CodeTries(clock);
    var one = java.net.InetAddress.getByName("192.0.2.1");
    var other = java.net.InetAddress.getByName("192.0.2.2");
    for (int i = 0; i < 10; i++) {
      assertTrue(tries.take(one));
    }
    assertFalse(tries.take(one));
    assertTrue(tries.take(other));
    clock.advance(Duration.ofMinutes(1));
    assertTrue(tries.take(one));
  }
}
