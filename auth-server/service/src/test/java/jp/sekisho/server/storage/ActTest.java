package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AuthenticatorEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.audit.LogRow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An event opened and not marked successful is written as FAILURE. */
class ActTest {
  private static final String FAILED = "service.act-failed failure ACT_FAILED";
  private static final String STOPPED = "service.stopped success null";

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init") // before each
  private OpenStorage storage;

  @BeforeEach
  void open() {
    storage = OpenStorage.sqlite(directory);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private Act act() {
    return storage.transactions.open(Entry.Subject.NONE, "terminal confirm");
  }

  private static EntryReceipt change(Change change) {
    change.handle().execute("insert into organ (id, name) values ('a', 'a')");
    return change.record(Entry.Subject.NONE, new ServiceEvent.Stopped());
  }

  private List<String> entries() {
    storage.logs.integrateNow();
    return storage.logs.page("system", null, Long.MAX_VALUE, 10).reversed().stream()
        .map(row -> ((LogRow.Intact) row).entry())
        .map(e -> e.type() + (e.success() ? " success " : " failure ") + e.reason())
        .toList();
  }

  private long organs() {
    return storage.transactions.read(
        h -> h.createQuery("select count(*) from organ").mapTo(Long.class).one());
  }

  @Test
  void actThatSucceedsAddsNothingToItsOwnEntries() {
    try (Act act = act()) {
      EntryReceipt _ = storage.transactions.write(ActTest::change);
      act.succeeded();
    }
    assertEquals(List.of(STOPPED), entries());
  }

  @Test
  void actRefusedBeforeAnyUnitIsAFailureThatNamesTheAct() {
    try (Act _ = act()) {
      // A wrong fingerprint, say.
    }
    assertEquals(List.of(FAILED), entries());
    LogRow.Intact row =
        (LogRow.Intact) storage.logs.page("system", null, Long.MAX_VALUE, 1).getFirst();
    assertEquals("terminal confirm", row.entry().data().get("act"));
  }

  @Test
  void actWhoseUnitChangedNothingIsAFailure() {
    try (Act _ = act()) {
      String _ =
          storage.transactions.write(change -> {
            change.unchanged();
            return "unknown terminal";
          });
    }
    assertEquals(List.of(FAILED), entries());
  }

  @Test
  void exceptionOutOfAUnitRollsTheChangeBackAndLeavesTheFailure() {
    assertThrows(
        IOException.class,
        () -> {
          try (Act act = act()) {
            storage.transactions.write(change -> {
              EntryReceipt _ = change(change);
              throw new IOException("a file went away");
            });
            act.succeeded();
          }
        });
    assertEquals(List.of(FAILED), entries());
    assertEquals(0, organs());
  }

  @Test
  void exceptionAfterTheUnitLeavesItsEntriesAndTheFailure() {
    assertThrows(
        IOException.class,
        () -> {
          try (Act _ = act()) {
            EntryReceipt _ = storage.transactions.write(ActTest::change);
            throw new IOException("the ticket could not be printed");
          }
        });
    assertEquals(List.of(STOPPED, FAILED), entries());
    assertEquals(1, organs());
  }

  @Test
  void refusalRecordedByAUnitIsNotSaidTwice() {
    try (Act _ = act()) {
      EntryReceipt _ =
          storage.transactions.write(change ->
              change.record(
                  Entry.Subject.NONE, new AuthenticatorEvent.Refused(Refusal.CARD_TAKEN)));
    }
    assertEquals(List.of("authenticator.refused failure CARD_TAKEN"), entries());
  }

  @Test
  void refusalThatWasRolledBackDoesNotCount() {
    assertThrows(
        IOException.class,
        () -> {
          try (Act _ = act()) {
            storage.transactions.write(change -> {
              EntryReceipt _ =
                  change.record(
                      Entry.Subject.NONE, new AuthenticatorEvent.Refused(Refusal.CARD_TAKEN));
              throw new IOException();
            });
          }
        });
    assertEquals(List.of(FAILED), entries());
  }

  @Test
  void unitsAfterTheActAreNotItsOwn() {
    Act first = act();
    first.close();
    try (Act _ = act()) {
      EntryReceipt _ = storage.transactions.write(ActTest::change);
    }
    assertEquals(List.of(FAILED, STOPPED, FAILED), entries());
  }
}
