package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jp.sekisho.smartcard.cli.CardCommand;
import jp.sekisho.smartcard.pcsc.CardEvent;
import jp.sekisho.smartcard.pcsc.CardWatcher;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SignRequest;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.ForeignSigner;
import jp.sekisho.smartcard.testing.OtherProgram;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Architecture §2: resident cards are sacred. Over a real pcscd. */
@Tag("pcsc")
class ResidentCardIT {
  private static final int FOREIGN_SIGNATURES = 500;
  private static final String ROLE = PcscService.READER_0 + "=staff";
  private static final ReaderRoles ROLES = new ReaderRoles(List.of(ReaderRoles.Rule.parse(ROLE)));

  @TempDir Path directory;

  @Test
  void aForeignProgramSignsFiveHundredTimesOnTheResidentsReaderAndNeverNoticesUs()
      throws Exception {
    BlockingQueue<CardEvent> events = new LinkedBlockingQueue<>();
    CardWatcher watcher = null;
    try (PcscService service = PcscService.start();
        VirtualCard staff = service.card(0, directory.resolve("staff"));
        VirtualCard resident = service.card(1, directory.resolve("resident"))) {
      Await.until(
          "both cards are in",
          Duration.ofSeconds(20),
          () ->
              CardEvents.present(PcscService.READER_0) && CardEvents.present(PcscService.READER_1));
      watcher = CardWatcher.start(ROLES, events::add);
      assertInstanceOf(CardEvent.Inserted.class, next(events));
      Path file = Files.writeString(directory.resolve("file"), "text");
      try (OtherProgram foreign =
          OtherProgram.start(
              service,
              ForeignSigner.class,
              PcscService.READER_1,
              String.valueOf(FOREIGN_SIGNATURES))) {
        String first = foreign.line();
        CompletableFuture<List<String>> lines = CompletableFuture.supplyAsync(() -> rest(foreign));
        int rounds = 0;
        while (foreign.isAlive()) {
          rounds++;
          assertInstanceOf(SignOutcome.Signed.class, login());
          assertEquals(0, CardCommand.run("status", "--reader-role", ROLE));
          assertEquals(0, CardCommand.run("readers", "--reader-role", ROLE));
          assertEquals(0, CardCommand.run("doctor", "--reader-role", ROLE));
          // Nobody gave roles: every reader is a resident's.
          assertEquals(1, CardCommand.run("status"));
          assertEquals(3, CardCommand.run("doctor"));
          assertEquals(1, CardCommand.run("sign", "--pin-stdin", file.toString()));
          assertEquals(1, CardCommand.run("change-pin", "--pin-stdin"));
          // A lock: the card is pulled and comes back.
          staff.remove();
          assertEquals(new CardEvent.Removed(PcscService.READER_0), next(events));
          staff.insert();
          assertInstanceOf(CardEvent.Inserted.class, next(events));
        }
        List<String> said = new ArrayList<>(List.of(first));
        said.addAll(lines.get(30, TimeUnit.SECONDS));
        assertEquals("FAILED 0", said.remove(said.size() - 1));
        assertEquals(said, resident.trace(), "the resident's card saw the foreign program alone");
        assertEquals(
            FOREIGN_SIGNATURES, said.stream().filter(line -> line.startsWith("> 10 87")).count());
        assertTrue(rounds >= 2, "rounds of ours meanwhile: " + rounds);
        assertTrue(
            staff.trace().stream().filter(line -> line.startsWith("> 10 87")).count() >= rounds);
        System.out.println(
            "rounds of ours during " + FOREIGN_SIGNATURES + " foreign signatures: " + rounds);
      }
    } finally {
      if (watcher != null) {
        watcher.close();
      }
    }
  }

  private static List<String> rest(OtherProgram program) {
    try {
      return program.rest();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static SignOutcome login() throws CardException {
    try (PcscContext context = PcscContext.establish();
        PcscCard card = context.connect(ROLES.grant(PcscService.READER_0).orElseThrow());
        Pin pin = Pin.of("123456".toCharArray()).orElseThrow()) {
      PivCard piv = new PivCard(card);
      CardReading.Present reading = (CardReading.Present) piv.read();
      return piv.sign(
          new SignRequest(
              reading.fingerprint(), pin, "login".getBytes(StandardCharsets.UTF_8), false));
    }
  }

  private static CardEvent next(BlockingQueue<CardEvent> events) throws InterruptedException {
    CardEvent event = events.poll(10, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("no event");
    }
    return event;
  }
}
