package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.RelyingRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final Path FIRST_RELEASE =
      Path.of("src/test/resources/jp/sekisho/keycloak/spool-of-the-first-release");

  @TempDir private Path directory;

  private static boolean add(Spool spool, String id) throws IOException {
    return spool.append(
        new RelyingRecord(
            "", 0, "", id, 7, "city", "LOGIN", false, "u-1", "S-1", null, null, null, null, null));
  }

  private static List<String> ids(Spool spool) {
    return records(spool).stream().map(RelyingRecord::id).toList();
  }

  private static List<RelyingRecord> records(Spool spool) {
    return spool.unsent(Spool.MOST).stream().map(SpoolTest::parsed).toList();
  }

  private static RelyingRecord parsed(String line) {
    try {
      return RelyingRecord.parse(line);
    } catch (MalformedException e) {
      throw new AssertionError(line, e);
    }
  }

  private static void assertChains(Spool spool, long first, String prev) {
    long seq = first;
    String before = prev;
    for (String line : spool.unsent(Spool.MOST)) {
      assertEquals(spool.id(), parsed(line).spool());
      assertEquals(seq++, parsed(line).seq());
      assertEquals(before, parsed(line).prev());
      before = RelyingRecord.hash(line);
    }
  }

  @Test
  void recordsChainAndSurviveWithTheirSpoolsId() throws IOException {
    String id;
    try (Spool spool = new Spool(directory)) {
      assertTrue(add(spool, "a"));
      assertTrue(add(spool, "b"));
      id = spool.id();
    }
    try (Spool spool = new Spool(directory)) {
      assertTrue(add(spool, "c"));
      assertEquals(List.of("a", "b", "c"), ids(spool));
      assertEquals(id, spool.id());
      assertChains(spool, 1, RelyingRecord.GENESIS);
    }
  }

  @Test
  void anEventWaitsOnceAlsoAfterARestartAndWhatTheServiceDidNotKeepIsTakenAgain()
      throws IOException {
    try (Spool spool = new Spool(directory)) {
      assertTrue(add(spool, "a"));
      assertFalse(add(spool, "a"));
    }
    try (Spool spool = new Spool(directory)) {
      assertFalse(add(spool, "a"));
      assertTrue(spool.knows("a"));
      spool.acknowledge(spool.id(), 1);
      assertFalse(spool.knows("a"), "now it is the service that is asked");
      assertEquals(List.of(), ids(spool));
      assertTrue(add(spool, "a"), "it said that it has not got it");
      assertEquals(List.of("a"), ids(spool));
    }
  }

  @Test
  void whatIsAcknowledgedIsNotSentAgainAndTheChainGoesOn() throws IOException {
    String third;
    try (Spool spool = new Spool(directory)) {
      for (String id : List.of("a", "b", "c", "d", "e")) {
        assertTrue(add(spool, id));
      }
      third = RelyingRecord.hash(spool.unsent(3).get(2));
      spool.acknowledge(spool.id(), 3);
      spool.acknowledge("another spool", 5);
      assertEquals(List.of("d", "e"), ids(spool));
    }
    try (Spool spool = new Spool(directory)) {
      assertEquals(List.of("d", "e"), ids(spool));
      assertChains(spool, 4, third);
      spool.acknowledge(spool.id(), 5);
    }
    try (Spool spool = new Spool(directory)) {
      assertEquals(List.of(), ids(spool));
      assertTrue(add(spool, "f"));
      assertEquals(6, records(spool).get(0).seq());
    }
  }

  @Test
  void anAcknowledgedFileIsCutOffAndGoesOn() throws IOException {
    Path events = directory.resolve("events");
    try (Spool spool = new Spool(directory)) {
      int count = 0;
      while (Files.size(events) <= 1 << 20) {
        assertTrue(add(spool, "event-" + "x".repeat(50) + count++));
      }
      spool.acknowledge(spool.id(), count - 1);
      assertTrue(Files.size(events) > 1 << 20);
      spool.acknowledge(spool.id(), count);
      assertEquals(0, Files.size(events));
      assertTrue(add(spool, "next"));
      assertEquals(count + 1L, records(spool).get(0).seq());
    }
    try (Spool spool = new Spool(directory)) {
      assertEquals(List.of("next"), ids(spool));
    }
  }

  @Test
  void aTornLineIsCutOff() throws IOException {
    try (Spool spool = new Spool(directory)) {
      assertTrue(add(spool, "a"));
    }
    Files.writeString(directory.resolve("events"), "{\"spool\":\"torn", StandardOpenOption.APPEND);
    try (Spool spool = new Spool(directory)) {
      assertTrue(add(spool, "b"));
    }
    try (Spool spool = new Spool(directory)) {
      assertEquals(List.of("a", "b"), ids(spool));
    }
  }

  @Test
  void anAlteredFileIsKeptAsideAndANewChainBegins() throws IOException {
    String id;
    try (Spool spool = new Spool(directory)) {
      assertTrue(add(spool, "first"));
      assertTrue(add(spool, "second"));
      id = spool.id();
    }
    Path events = directory.resolve("events");
    Files.writeString(events, Files.readString(events).replaceFirst("first", "other"));
    try (Spool spool = new Spool(directory)) {
      assertNotEquals(id, spool.id());
      assertTrue(add(spool, "third"));
      assertEquals(List.of("third"), ids(spool));
      assertChains(spool, 1, RelyingRecord.GENESIS);
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(
          1, files.filter(file -> file.getFileName().toString().startsWith("damaged-")).count());
    }
  }

  @Test
  void aNewChainBeginsWithWhatIsNotAcknowledged() throws IOException {
    String id;
    try (Spool spool = new Spool(directory)) {
      for (String event : List.of("a", "b", "c")) {
        assertTrue(add(spool, event));
      }
      spool.acknowledge(spool.id(), 1);
      id = spool.id();
      spool.restart();
      assertNotEquals(id, spool.id());
      assertTrue(add(spool, "d"));
      assertFalse(add(spool, "b"));
      id = spool.id();
      assertChains(spool, 1, RelyingRecord.GENESIS);
    }
    try (Spool spool = new Spool(directory)) {
      assertEquals(id, spool.id());
      assertEquals(List.of("b", "c", "d"), ids(spool));
    }
  }

  @Test
  void aRestartThatAPowerCutInterruptedIsCompleted() throws IOException {
    Path state = directory.resolve("state");
    String before;
    try (Spool spool = new Spool(directory)) {
      assertTrue(add(spool, "a"));
      assertTrue(add(spool, "b"));
      spool.acknowledge(spool.id(), 1);
      before = Files.readString(state);
      spool.restart();
    }
    Files.writeString(state, before); // the lines were replaced, the state not yet
    try (Spool spool = new Spool(directory)) {
      assertEquals(List.of("b"), ids(spool));
      assertChains(spool, 1, RelyingRecord.GENESIS);
    }
  }

  @Test
  void oneProcessAtATimeAndAClosedOneTakesNothing() throws IOException {
    Spool spool = new Spool(directory);
    assertTrue(spool.isHealthy());
    spool.close();
    assertFalse(spool.isHealthy());
    assertThrows(IOException.class, () -> add(spool, "a"));
  }

  @Test
  void aDiskThatIsFullStopsLoginsUntilALineFitsAgain() throws IOException {
    Path events = directory.resolve("events");
    Files.createSymbolicLink(events, Path.of("/dev/full"));
    try (Spool spool = new Spool(directory)) {
      assertThrows(IOException.class, () -> add(spool, "a"));
      assertFalse(spool.isHealthy(), "it could be cut off, but does not grow");
      assertEquals(List.of(), ids(spool));
    }
    Files.delete(events);
    try (Spool spool = new Spool(directory)) {
      assertTrue(spool.isHealthy());
      assertTrue(add(spool, "a"));
      assertTrue(spool.isHealthy());
    }
  }

  /** Bytes of the first release: a spool that was left by it must be read by each later one. */
  @Test
  void theSpoolOfTheFirstReleaseIsReadAsItStandsAndGoesOnByteByByte() throws IOException {
    for (String file : List.of("events", "state")) {
      Files.copy(FIRST_RELEASE.resolve(file), directory.resolve(file));
    }
    try (Spool spool = new Spool(directory)) {
      assertEquals("AAECAwQFBgcICQoLDA0ODw", spool.id());
      assertEquals(List.of("8d0b6a52-2", "8d0b6a52-3"), ids(spool), "the first is acknowledged");
      assertEquals(
          new RelyingRecord(
              spool.id(),
              3,
              RelyingRecord.hash(spool.unsent(1).get(0)),
              "8d0b6a52-3",
              1795300003000L,
              "city",
              "ADMIN UPDATE USER",
              true,
              "u-9",
              null,
              "security-admin-console",
              null,
              null,
              "users/u-1",
              null),
          records(spool).get(1));
      assertTrue(add(spool, "8d0b6a52-4"));
      assertEquals(
          Files.readString(FIRST_RELEASE.resolve("events-then")),
          Files.readString(directory.resolve("events")));
      spool.acknowledge(spool.id(), 3);
      assertEquals(
          Files.readString(FIRST_RELEASE.resolve("state-then")),
          Files.readString(directory.resolve("state")));
    }
  }

  @Test
  void itsFilesAreReadByNobodyElse() throws IOException {
    Path own = directory.resolve("data").resolve("own");
    try (Spool spool = new Spool(own)) {
      assertTrue(add(spool, "a"));
      spool.acknowledge(spool.id(), 1);
      spool.restart();
    }
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
    try (Stream<Path> files = Files.list(own)) {
      for (Path file : files.toList()) {
        assertEquals(
            "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            file.toString());
      }
    }
  }
}
