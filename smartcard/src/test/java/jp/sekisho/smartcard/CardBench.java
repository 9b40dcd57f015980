package jp.sekisho.smartcard;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.smartcard.pcsc.CardEvent;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.pcsc.SignalLatency;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SignRequest;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.OtherProgram;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.TimedCard;
import jp.sekisho.smartcard.testing.VirtualCard;

/**
 * {@code ./dev bench card}: what a login takes beyond the card's own work, and how soon a removal
 * is known. Over a real pcscd in its own namespace; needs root. Prints a table and exits with 1
 * when a limit is missed.
 */
public final class CardBench {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int WARM_UP = 100;
  private static final int LOGINS = 300;
  private static final int REMOVALS = 20;
  private static final int SIGNALS = 500;
  private static final ReaderRoles STAFF =
      new ReaderRoles(List.of(ReaderRoles.Rule.parse(PcscService.READER_0 + "=staff")));

  private boolean missed;

  private CardBench() {}

  public static void main(String[] arguments) throws Exception {
    CardBench bench = new CardBench();
    System.out.printf("%-58s %5s %10s %10s %10s%n", "", "n", "median ms", "p95 ms", "limit ms");
    Path directory = Files.createTempDirectory("card-bench");
    try (PcscService service = PcscService.start()) {
      bench.logins(service, directory);
      bench.removals(service, directory);
    } finally {
      delete(directory);
    }
    bench.row("removal to event, signalled (scripted PC/SC)", SignalLatency.measure(SIGNALS), 50);
    System.exit(bench.missed ? 1 : 0);
  }

  private void logins(PcscService service, Path directory) throws Exception {
    List<Duration> whole = new ArrayList<>();
    List<Duration> card = new ArrayList<>();
    List<Duration> rest = new ArrayList<>();
    List<Duration> reads = new ArrayList<>();
    List<Duration> busy = new ArrayList<>();
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    try (OtherProgram timed =
        OtherProgram.inNamespaceOf(
            service, TimedCard.class, "35963", directory.resolve("timed").toString())) {
      Fingerprint fingerprint = awaitCard(timed);
      for (int i = 0; i < WARM_UP + LOGINS; i++) {
        long readStart = System.nanoTime();
        read(timed);
        Duration readTook = Duration.ofNanos(System.nanoTime() - readStart);
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        int commands = login(fingerprint);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        Duration computed = Duration.ofNanos(system.getProcessCpuTime() - cpu);
        Duration worked = worked(timed, commands);
        if (i >= WARM_UP) {
          reads.add(readTook);
          whole.add(took);
          busy.add(computed);
          card.add(worked);
          rest.add(took.minus(worked));
        }
      }
    }
    row("login RSA-2048, connect to reset, whole", whole, 0);
    row("  of it the card's own work", card, 0);
    row("  of it ours, pcscd and vpcd (overhead)", rest, 5);
    row("  CPU time of our process (neighbours do not count)", busy, 0);
    row("reading certificate and tries before the PIN", reads, 0);
  }

  private void removals(PcscService service, Path directory) throws Exception {
    List<Duration> latencies = new ArrayList<>();
    try (VirtualCard card = service.card(0, directory.resolve("removed"), "--removed");
        CardEvents events = new CardEvents()) {
      for (int i = 0; i < REMOVALS; i++) {
        card.insert();
        if (!(events.next(PATIENCE) instanceof CardEvent.Inserted)) {
          throw new AssertionError("not inserted");
        }
        long start = System.nanoTime();
        card.remove();
        if (!(events.next(PATIENCE) instanceof CardEvent.Removed)) {
          throw new AssertionError("not removed");
        }
        latencies.add(Duration.ofNanos(System.nanoTime() - start));
      }
    }
    row("removal to event through pcscd (polls vpcd every 400 ms)", latencies, 500);
  }

  private static Fingerprint awaitCard(OtherProgram timed) {
    Fingerprint[] fingerprint = new Fingerprint[1];
    Await.until(
        "the card is in",
        PATIENCE,
        () -> {
          fingerprint[0] = read(timed);
          return true;
        });
    return fingerprint[0];
  }

  private static Fingerprint read(OtherProgram timed) throws CardException, IOException {
    try (PcscContext context = PcscContext.establish();
        Counted channel = Counted.connect(context)) {
      CardReading reading = new PivCard(channel).read();
      worked(timed, channel.sent);
      if (reading instanceof CardReading.Present present) {
        return present.fingerprint();
      }
      throw new IllegalStateException(reading.toString());
    }
  }

  /** A login as the agent does it: an own connection, one transaction, a reset. */
  private static int login(Fingerprint fingerprint) throws CardException {
    try (PcscContext context = PcscContext.establish();
        Counted channel = Counted.connect(context);
        Pin pin = Pin.of("123456".toCharArray()).orElseThrow()) {
      SignOutcome outcome =
          new PivCard(channel)
              .sign(
                  new SignRequest(
                      fingerprint, pin, "statement".getBytes(StandardCharsets.UTF_8), false));
      if (!(outcome instanceof SignOutcome.Signed)) {
        throw new IllegalStateException(outcome.toString());
      }
      return channel.sent;
    }
  }

  /** What the card says of as many commands. */
  private static Duration worked(OtherProgram timed, int commands) throws IOException {
    long nanos = 0;
    for (int i = 0; i < commands; i++) {
      nanos += Long.parseLong(timed.line());
    }
    return Duration.ofNanos(nanos);
  }

  private void row(String what, List<Duration> measured, int limitMillis) {
    List<Duration> sorted = measured.stream().sorted().toList();
    double median = millis(sorted.get(sorted.size() / 2));
    double p95 = millis(sorted.get((int) Math.ceil(sorted.size() * 0.95) - 1));
    boolean over = limitMillis > 0 && p95 > limitMillis;
    missed |= over;
    System.out.printf(
        "%-58s %5d %10.2f %10.2f %10s%s%n",
        what,
        sorted.size(),
        median,
        p95,
        limitMillis > 0 ? String.valueOf(limitMillis) : "-",
        over ? "  MISSED" : "");
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Counts the commands. */
  private static final class Counted implements CardChannel {
    private final PcscCard card;
    private int sent;

    private Counted(PcscCard card) {
      this.card = card;
    }

    private static Counted connect(PcscContext context) throws CardException {
      return new Counted(context.connect(STAFF.grant(PcscService.READER_0).orElseThrow()));
    }

    @Override
    public void begin() throws CardException {
      card.begin();
    }

    @Override
    public Response transmit(Apdu command) throws CardException {
      sent++;
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
}
