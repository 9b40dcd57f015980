package jp.sekisho.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bytes of each record between service and relying service, as they stand in the repository: a
 * Keycloak is upgraded after the service, so a record that reads or writes otherwise is a break.
 */
class RelyingWireTest {
  private static final Path RECORDS = Path.of("src/main/java/jp/sekisho/protocol");
  private static final String SPOOL = "AAECAwQFBgcICQoLDA0ODw";
  private static final String TRANSACTION = "EBESExQVFhcYGRobHB0eHw";

  /** One of each, everything that may be absent being there. */
  static List<Record> records() {
    RelyingSessionEnd end = new RelyingSessionEnd("sid-1", 1795300002000L, "card-removed");
    return List.of(
        new RelyingAsk(
            "city",
            "mobile",
            "sid-1",
            "192.0.2.7",
            "https://sso.city.example/realms/city/login-actions/authenticate?tab_id=x"),
        new RelyingQuestion(
            TRANSACTION,
            "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8",
            "2026-11-22T02:31:05.120Z",
            "https://auth.city.example:8443/relying/" + TRANSACTION),
        new RelyingAnswer("city", "mobile", "sid-1", "secret", "passkey.e30"),
        new RelyingProof(
            "city",
            "sid-1",
            TRANSACTION,
            "100042",
            "mayor",
            "T-0042",
            RelyingProof.CARD,
            RelyingProof.CARD_AND_PIN,
            1795300001000L),
        new RelyingSessions("city", 1795300000000L),
        end,
        new RelyingSessionsEnded(1795300003000L, List.of(end)),
        new RelyingRecord(
            SPOOL,
            1,
            RelyingRecord.GENESIS,
            "8d0b6a52-4f1c-4a77-9c52-0f3a3c1b2d4e",
            1795300001000L,
            "city",
            "LOGIN_ERROR",
            true,
            "u-1",
            "100042",
            "groupware",
            "sid-1",
            TRANSACTION,
            "PIN_WRONG",
            "card_refused"),
        new RelyingRecords("city", SPOOL, List.of("{\"spool\":\"…\"}")),
        new RelyingRecordsTaken(7),
        new RelyingEvents("city", List.of("8d0b6a52-1", "8d0b6a52-2")),
        new RelyingEventsMissing(List.of("8d0b6a52-2")),
        new RelyingTerminalAsk("city", "sid-1", "2001:db8::7"),
        new RelyingTerminal("city", "sid-1", RelyingTerminal.ENFORCING));
  }

  private static String fixture(Record record) throws IOException {
    String name = "relying/" + record.getClass().getSimpleName() + ".json";
    try (InputStream in = RelyingWireTest.class.getResourceAsStream(name)) {
      assertNotNull(in, name);
      // The file ends its line, the wire does not.
      return new String(in.readAllBytes(), UTF_8).stripTrailing();
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  void isWrittenAsItStands(Record record) throws IOException {
    assertEquals(fixture(record), new String(WireJson.write(record), UTF_8));
  }

  @ParameterizedTest
  @MethodSource("records")
  void isReadFromWhatStands(Record record) throws IOException, MalformedException {
    assertEquals(record, WireJson.read(fixture(record).getBytes(UTF_8), record.getClass()));
  }

  @Test
  void noRecordOfTheWireIsLeftOut() throws IOException {
    TreeSet<String> there = new TreeSet<>();
    try (Stream<Path> sources = Files.list(RECORDS)) {
      sources
          .map(source -> source.getFileName().toString())
          .filter(name -> name.startsWith("Relying"))
          .forEach(name -> there.add(name.replace(".java", "")));
    }
    TreeSet<String> tried = new TreeSet<>();
    records().forEach(record -> tried.add(record.getClass().getSimpleName()));
    assertEquals(there, tried);
  }
}
