package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.server.listener.DeviceCa;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.ServerKeys;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a terminal on a real PostgreSQL: the SQL is the same, the types are not. */
@Tag("pg")
class TerminalPostgresIT {
  @TempDir private Path dir;

  @Test
  void terminalLivesFromTicketToRevocation() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        OpenStorage storage =
            OpenStorage.postgresql(server.getJdbcUrl("postgres", "postgres"), dir)) {
      ServerKeys keys =
          ServerKeys.createAll(dir.resolve("tls"), List.of("localhost"), InstantSource.system());
      ListenerSettings settings =
          new ListenerSettings(
              List.of(URI.create("http://localhost:8080")),
              true,
              8080,
              null,
              null,
              8444,
              List.of("localhost"),
              "内線 1234");
      TerminalRepository terminals = new TerminalRepository(storage.seal);
      Tickets tickets =
          new Tickets(
              storage.transactions, storage.seal, terminals, settings, keys, _ -> Optional.empty());
      Enrolment enrolment =
          new Enrolment(
              storage.transactions, tickets, terminals, new DeviceCa(keys.deviceCa()), settings);
      Registration registration = new Registration(storage.transactions, terminals, List.of());
      RecordIntake intake = new RecordIntake(storage.transactions, terminals, List.of());

      Tickets.Made.Ticket made =
          assertInstanceOf(
              Tickets.Made.Ticket.class, tickets.make("T-0042", "mayor", Duration.ofHours(1)));
      KeyPair pair = Agent.newPair("secp256r1");
      EnrollRequest request =
          new EnrollRequest(made.ticket().token(), Agent.csr(pair, "SHA256withECDSA"), "0.1.0");
      Enrolment.Outcome.Certified first =
          assertInstanceOf(Enrolment.Outcome.Certified.class, enrolment.enroll(request));
      Enrolment.Outcome.Certified again =
          assertInstanceOf(Enrolment.Outcome.Certified.class, enrolment.enroll(request));
      assertEquals(first.reply().certificates(), again.reply().certificates());
      assertEquals(
          Registration.Outcome.DONE, registration.confirm("T-0042", first.reply().fingerprint()));

      Terminal terminal = registration.all().get(0);
      assertEquals(Terminal.State.ACTIVE, terminal.state());
      assertArrayEquals(pair.getPublic().getEncoded(), terminal.spki());
      DeviceRecord record =
          DeviceRecord.of(
              "T-0042",
              Base64Url.encode(new byte[16]),
              1,
              DeviceRecord.GENESIS,
              InstantSource.system().instant(),
              new AgentEvent.Stopped());
      EventBatch batch = new EventBatch(List.of(Base64Url.encode(record.bytes())), 0);
      RecordIntake.Outcome.Taken taken =
          assertInstanceOf(RecordIntake.Outcome.Taken.class, intake.take(terminal, batch));
      assertEquals(taken, intake.take(terminal, batch));

      assertEquals(Registration.Outcome.DONE, registration.revoke("T-0042"));
      assertEquals(
          new RecordIntake.Outcome.Refused(Refusal.TERMINAL_REVOKED), intake.take(terminal, batch));
      int _ =
          storage
              .database
              .writer()
              .sequence(handle -> handle.execute("update terminal set state = 'active'"));
      assertThrows(TamperedException.class, registration::all);
    }
  }
}
