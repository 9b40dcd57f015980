package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jp.sekisho.smartcard.cli.CardCommand;
import jp.sekisho.smartcard.pcsc.CardEvent;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The card service restarts, other programs hold the card or want our PIN. Over a real pcscd. */
@Tag("pcsc")
@Timeout(180)
class CardServiceFaultIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ROLE = PcscService.READER_0 + "=staff";
  private static final ReaderRoles ROLES = new ReaderRoles(List.of(ReaderRoles.Rule.parse(ROLE)));

  /** What a login may say when the service goes away under it. */
  private static final Set<CardFailure> LOST =
      Set.of(CardFailure.SERVICE_DOWN, CardFailure.CARD_REMOVED, CardFailure.NO_READER);

  @TempDir static Path directory;
  private static PcscService service;
  private static VirtualCard card;
  private static Fingerprint fingerprint;

  @BeforeAll
  static void start() throws IOException {
    service = PcscService.start();
    card = service.card(0, directory.resolve("card"));
    fingerprint = awaitCard().fingerprint();
  }

  @AfterAll
  static void stop() {
    card.close();
    service.close();
  }

  private static PcscCard connect(PcscContext context) throws CardException {
    return context.connect(ROLES.grant(PcscService.READER_0).orElseThrow());
  }

  private static CardReading.Present awaitCard() {
    CardReading[] reading = new CardReading[1];
    Await.until(
        "the card is readable",
        PATIENCE,
        () -> {
          try (PcscContext context = PcscContext.establish();
              PcscCard connected = connect(context)) {
            reading[0] = new PivCard(connected).read();
          }
          return reading[0] instanceof CardReading.Present;
        });
    return (CardReading.Present) reading[0];
  }

  private static SignOutcome sign(CardChannel channel) {
    try (Pin pin = Pin.of("123456".toCharArray()).orElseThrow()) {
      return new PivCard(channel)
          .sign(
              new SignRequest(
                  fingerprint, pin, "statement".getBytes(StandardCharsets.UTF_8), false));
    }
  }

  private static SignOutcome login() throws CardException {
    try (PcscContext context = PcscContext.establish();
        PcscCard connected = connect(context)) {
      return sign(connected);
    }
  }

  /** Does something to the world before one command of a login. */
  private static final class Disturbed implements CardChannel {
    private final PcscCard card;
    private final int at;
    private final Runnable disturbance;
    private int sent;

    private Disturbed(PcscCard card, int at, Runnable disturbance) {
      this.card = card;
      this.at = at;
      this.disturbance = disturbance;
    }

    @Override
    public void begin() throws CardException {
      card.begin();
    }

    @Override
    public Response transmit(Apdu command) throws CardException {
      if (sent++ == at) {
        disturbance.run();
      }
      return card.transmit(command);
    }

    @Override
    public void endAndReset() throws CardException {
      card.endAndReset();
    }

    @Override
    public void close() {
      card.close();
    }
  }

  private static void restartService() {
    try {
      service.stop();
      service.resume();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aServiceRestartedBeforeAnyCommandOfALoginIsAnOutcomeAndTheNextLoginWorks() throws Exception {
    int commands;
    try (PcscContext context = PcscContext.establish();
        PcscCard connected = connect(context)) {
      Disturbed undisturbed = new Disturbed(connected, -1, () -> {});
      assertInstanceOf(SignOutcome.Signed.class, sign(undisturbed));
      commands = undisturbed.sent;
    }
    assertTrue(commands >= 5, "commands of a login: " + commands);
    for (int at = 0; at < commands; at++) {
      try (PcscContext context = PcscContext.establish();
          PcscCard connected = connect(context)) {
        SignOutcome outcome =
            sign(new Disturbed(connected, at, CardServiceFaultIT::restartService));
        SignOutcome.Refused refused = assertInstanceOf(SignOutcome.Refused.class, outcome);
        assertTrue(LOST.contains(refused.failure()), at + ": " + refused);
      }
      assertEquals(3, awaitCard().triesLeft(), "no try was used at command " + at);
    }
    assertInstanceOf(SignOutcome.Signed.class, login());
  }

  @Test
  void aServiceStoppedWhileACommandIsOnItsWayNeverHangsALogin() throws Exception {
    for (int i = 0; i < 5; i++) {
      CompletableFuture<SignOutcome> running =
          CompletableFuture.supplyAsync(() -> {
            SignOutcome last;
            do {
              try {
                last = login();
              } catch (CardException e) {
                return new SignOutcome.Refused(
                    e.failure(), OptionalInt.empty(), String.valueOf(e.getMessage()));
              }
            } while (last instanceof SignOutcome.Signed);
            return last;
          });
      // Some logins in, at whatever point of the next one.
      int before = card.trace().size();
      Await.until("logins run", PATIENCE, () -> card.trace().size() > before + 20);
      service.stop();
      SignOutcome.Refused refused =
          assertInstanceOf(SignOutcome.Refused.class, running.get(16, TimeUnit.SECONDS));
      assertTrue(LOST.contains(refused.failure()), refused.toString());
      service.resume();
      assertEquals(3, awaitCard().triesLeft());
    }
  }

  @Test
  void aServiceRestartedWhileTheWatcherWaitsIsNoticedAndBackWithinASecond() throws Exception {
    try (CardEvents events = new CardEvents()) {
      assertInstanceOf(CardEvent.Inserted.class, events.next(PATIENCE));
      for (int i = 0; i < 3; i++) {
        service.stop();
        assertEquals(
            new CardEvent.Removed(PcscService.READER_0), events.next(Duration.ofSeconds(1)));
        assertEquals(new CardEvent.ServiceLost(), events.next(Duration.ofSeconds(1)));
        service.resume();
        assertEquals(new CardEvent.ServiceBack(), events.next(Duration.ofSeconds(1)));
        assertInstanceOf(CardEvent.Inserted.class, events.next(PATIENCE));
      }
    }
    awaitCard();
  }

  @Test
  void aCardAnotherProcessHoldsIsBusyForEveryCommandAndFreeWhenThatProcessDies() throws Exception {
    try (OtherProgram hog =
        OtherProgram.start(service, ForeignSigner.class, PcscService.READER_0, "hold")) {
      assertEquals("HOLDING", hog.line());
      long start = System.nanoTime();
      try (PcscContext context = PcscContext.establish()) {
        CardException busy = assertThrows(CardException.class, () -> connect(context));
        assertEquals(CardFailure.CARD_BUSY, busy.failure());
        assertEquals(
            CardFailure.CARD_BUSY,
            assertThrows(CardException.class, context::readers).failure(),
            "the context is of no further use, and says so at once");
      }
      within(Duration.ofSeconds(5), start);
      assertEquals(1, CardCommand.run("doctor", "--reader-role", ROLE));
      assertEquals(1, CardCommand.run("status", "--reader-role", ROLE));
      assertEquals(0, CardCommand.run("readers", "--reader-role", ROLE));
      hog.kill();
    }
    assertEquals(3, awaitCard().triesLeft());
    assertInstanceOf(SignOutcome.Signed.class, login());
  }

  @Test
  void aProcessThatTakesTheCardAfterWeConnectedMakesUsBusyAndNeverHoldsUpOurLeaving()
      throws Exception {
    try (PcscContext context = PcscContext.establish();
        PcscCard connected = connect(context);
        OtherProgram hog =
            OtherProgram.start(service, ForeignSigner.class, PcscService.READER_0, "hold")) {
      assertEquals("HOLDING", hog.line());
      long start = System.nanoTime();
      CardReading reading = new PivCard(connected, Duration.ofMillis(500)).read();
      assertEquals(
          CardFailure.CARD_BUSY, assertInstanceOf(CardReading.Refused.class, reading).failure());
      leave(connected);
      leave(context);
      within(Duration.ofSeconds(3), start);
    }
    assertEquals(3, awaitCard().triesLeft());
  }

  private static void leave(AutoCloseable what) throws Exception {
    what.close();
  }

  private static void within(Duration limit, long start) {
    long took = System.nanoTime() - start;
    assertTrue(took < limit.toNanos(), "took " + took + " ns");
  }

  @Test
  void twoProcessesThatBothUseTheCardNeitherHangNorSpoilEachOther() throws Exception {
    try (OtherProgram hog =
        OtherProgram.start(service, ForeignSigner.class, PcscService.READER_0, "hold")) {
      assertEquals("HOLDING", hog.line());
      CompletableFuture<SignOutcome> waiting =
          CompletableFuture.supplyAsync(() -> {
            try {
              return login();
            } catch (CardException e) {
              throw new IllegalStateException(e);
            }
          });
      // It is let go within the limit of a transaction: then the login goes on.
      hog.hangUp();
      assertInstanceOf(SignOutcome.Signed.class, waiting.get(16, TimeUnit.SECONDS));
    }
  }

  @Test
  void anotherProcessNeverSignsWithThePinWeVerified() throws Exception {
    try (OtherProgram thief =
        OtherProgram.start(service, ForeignSigner.class, PcscService.READER_0, "steal")) {
      assertEquals("STEALING", thief.line());
      BlockingQueue<String> lines = new LinkedBlockingQueue<>();
      Thread reader = new Thread(() -> readAll(thief, lines), "thief's words");
      reader.start();
      int signed = 0;
      for (int i = 0; i < 60; i++) {
        // It is at the card, since we let it: two who never pause would not let each other in.
        // After
        // a login that the thief made fail nothing was reset, and it says nothing new.
        String in = lines.poll(2, TimeUnit.SECONDS);
        assertTrue(i > 0 || "IN".equals(in), "the thief never got at the card");
        // The thief outside of transactions resets nothing, but may make us busy.
        signed += login() instanceof SignOutcome.Signed ? 1 : 0;
      }
      thief.hangUp();
      reader.join(30_000);
      List<String> said = List.copyOf(lines);
      String[] words = said.get(said.size() - 1).split(" ", -1);
      assertEquals("0", words[1], said.toString());
      assertTrue(Integer.parseInt(words[3]) >= 60, said.toString());
      assertTrue(signed >= 30, "we signed " + signed + " times");
      System.out.println("signed " + signed + " times of 60, thief: " + said.get(said.size() - 1));
    }
    assertEquals(3, awaitCard().triesLeft());
  }

  private static void readAll(OtherProgram program, BlockingQueue<String> lines) {
    try {
      for (String line = program.line(); !line.isEmpty(); line = program.line()) {
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
