package jp.sekisho.smartcard;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
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
  private static final int WARM_UP = 400;
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

  /** What one login took, in nanoseconds. */
  private record Login(
      long whole, long opened, long began, long exchanged, long ended, long closed, int commands) {}

  private void logins(PcscService service, Path directory) throws Exception {
    List<Login> logins = new ArrayList<>();
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
        if (i == WARM_UP) {
          System.out.println("  Java until here: " + runtime());
        }
        long readStart = System.nanoTime();
        read(timed);
        Duration readTook = Duration.ofNanos(System.nanoTime() - readStart);
        long cpu = system.getProcessCpuTime();
        Login login = login(fingerprint);
        Duration computed = Duration.ofNanos(system.getProcessCpuTime() - cpu);
        Duration worked = worked(timed, login.commands);
        if (i >= WARM_UP) {
          logins.add(login);
          reads.add(readTook);
          busy.add(computed);
          card.add(worked);
          rest.add(Duration.ofNanos(login.whole).minus(worked));
        }
      }
    }
    System.out.println("  Java at the end: " + runtime());
    row("login RSA-2048, connect to reset, whole", part(logins, Login::whole), 0);
    row("  of it the card's own work", card, 0);
    row("  of it ours, pcscd and vpcd (overhead)", rest, 5);
    row("  of it beside the commands: ours and pcscd", beside(logins), 5);
    row("    connecting: service, then card", part(logins, Login::opened), 0);
    row("    beginning the transaction", part(logins, Login::began), 0);
    row("    the commands' way there and back", between(logins, card), 0);
    row("    ending it, the card is reset", part(logins, Login::ended), 0);
    row("    disconnecting", part(logins, Login::closed), 0);
    row("    all else: looking at answers, threads", part(logins, CardBench::remainder), 0);
    System.out.printf(
        "%-58s %5d %10.2f%n",
        "  CPU time of our process, mean (neighbours do not count)",
        LOGINS,
        millis(Duration.ofNanos(busy.stream().mapToLong(Duration::toNanos).sum() / LOGINS)));
    row("reading certificate and tries before the PIN", reads, 0);
    slowest(logins, card, rest);
  }

  /** Where the twentieth of the logins that decides the p95 spent its time. */
  private static void slowest(List<Login> logins, List<Duration> card, List<Duration> rest) {
    List<Integer> slow =
        IntStream.range(0, logins.size())
            .boxed()
            .sorted(Comparator.comparing(rest::get).reversed())
            .limit(Math.max(1, logins.size() / 20))
            .toList();
    System.out.printf(
        "  the slowest %d, mean: connecting %.2f, beginning %.2f, ways %.2f, ending %.2f,"
            + " disconnecting %.2f, else %.2f ms%n",
        slow.size(),
        mean(slow, i -> logins.get(i).opened),
        mean(slow, i -> logins.get(i).began),
        mean(slow, i -> logins.get(i).exchanged - card.get(i).toNanos()),
        mean(slow, i -> logins.get(i).ended),
        mean(slow, i -> logins.get(i).closed),
        mean(slow, i -> remainder(logins.get(i))));
    System.out.println("    their places in the row: " + slow.stream().sorted().toList());
  }

  private static double mean(List<Integer> places, IntToLongFunction nanos) {
    return places.stream().mapToLong(nanos::applyAsLong).average().orElse(0) / 1e6;
  }

  /** What the Java runtime did beside the logins. */
  private static String runtime() {
    long collections = 0;
    long pauses = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += collector.getCollectionCount();
      pauses += collector.getCollectionTime();
    }
    return "collections %d (%d ms), compiling %d ms"
        .formatted(
            collections,
            pauses,
            ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
  }

  private static List<Duration> part(List<Login> logins, ToLongFunction<Login> part) {
    return logins.stream().map(login -> Duration.ofNanos(part.applyAsLong(login))).toList();
  }

  private static List<Duration> beside(List<Login> logins) {
    return logins.stream().map(login -> Duration.ofNanos(login.whole - login.exchanged)).toList();
  }

  private static List<Duration> between(List<Login> logins, List<Duration> card) {
    List<Duration> ways = new ArrayList<>();
    for (int i = 0; i < logins.size(); i++) {
      ways.add(Duration.ofNanos(logins.get(i).exchanged).minus(card.get(i)));
    }
    return ways;
  }

  private static long remainder(Login login) {
    return login.whole - login.opened - login.began - login.exchanged - login.ended - login.closed;
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
  private static Login login(Fingerprint fingerprint) throws CardException {
    long start = System.nanoTime();
    try (Pin pin = Pin.of("123456".toCharArray()).orElseThrow()) {
      PcscContext context = PcscContext.establish();
      Counted channel = Counted.connect(context);
      long connected = System.nanoTime();
      SignOutcome outcome =
          new PivCard(channel)
              .sign(
                  new SignRequest(
                      fingerprint, pin, "statement".getBytes(StandardCharsets.UTF_8), false));
      if (!(outcome instanceof SignOutcome.Signed)) {
        throw new IllegalStateException(outcome.toString());
      }
      long signed = System.nanoTime();
      channel.close();
      context.close();
      long end = System.nanoTime();
      return new Login(
          end - start,
          connected - start,
          channel.began,
          channel.exchanged,
          channel.ended,
          end - signed,
          channel.sent);
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

  /** Counts the commands, and the time of each kind of call. */
  private static final class Counted implements CardChannel {
    private final PcscCard card;
    private int sent;
    private long began;
    private long exchanged;
    private long ended;

    private Counted(PcscCard card) {
      this.card = card;
    }

    private static Counted connect(PcscContext context) throws CardException {
      return new Counted(context.connect(STAFF.grant(PcscService.READER_0).orElseThrow()));
    }

    @Override
    public void begin() throws CardException {
      long start = System.nanoTime();
      card.begin();
      began += System.nanoTime() - start;
    }

    @Override
    public Response transmit(Apdu command) throws CardException {
      sent++;
      long start = System.nanoTime();
      Response response = card.transmit(command);
      exchanged += System.nanoTime() - start;
      return response;
    }

    @Override
    public void endAndReset() throws CardException {
      long start = System.nanoTime();
      card.endAndReset();
      ended += System.nanoTime() - start;
    }

    @Override
    public void close() {
      card.close();
    }
  }
}
