package jp.sekisho.policy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import jp.sekisho.policy.clipboard.ClipboardCopy;
import jp.sekisho.policy.grant.GrantAsk;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.media.MediaKind;
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.policy.number.RealisticTexts;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.usb.UsbDevice;
import jp.sekisho.policy.usb.UsbSurroundings;

/**
 * {@code ./dev bench policy}: decisions and searched text per second of one core's time (not of the
 * wall, so that a busy machine matters less), and how often the detector cries wolf. Prints a table
 * and exits with 1 when a limit is missed.
 */
public final class PolicyBench {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long SECOND = 1_000_000_000L;
  private static final int ROUNDS = 5;

  private boolean missed;
  // What is computed must reach something, or the compiler leaves it out.
  private long sink;

  private PolicyBench() {}

  public static void main(String[] arguments) {
    PolicyBench bench = new PolicyBench();
    System.out.printf("%-64s %14s %14s%n", "per second of one core", "best of 5", "limit");
    RandomPolicies random = new RandomPolicies(90);
    Policy policy =
        PolicyLayers.combine(
            random.common(), List.of(random.lower(Layer.ORGAN), random.lower(Layer.GROUP)));
    bench.usb(PolicyEvaluator.by(policy));
    bench.whole(PolicyEvaluator.by(policy), random);
    bench.detector();
    bench.rates();
    if (bench.sink == 42) {
      System.out.println();
    }
    System.exit(bench.missed ? 1 : 0);
  }

  private final List<UsbDevice> devices =
      List.of(
          RandomPolicies.device("080650"),
          RandomPolicies.device("030101", "030102"),
          RandomPolicies.device("ffffff"),
          RandomPolicies.device("090000"));

  private void usb(PolicyEvaluator by) {
    row(
        "USB decisions",
        1_000_000,
        1,
        i -> blocked(by.usb(devices.get(i % devices.size()), UsbSurroundings.PLAIN, null)));
  }

  private void whole(PolicyEvaluator by, RandomPolicies random) {
    List<ClipboardCopy> copies = new ArrayList<>();
    List<LoginAttempt> attempts = new ArrayList<>();
    List<GrantAsk> asks = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      copies.add(random.copy());
      attempts.add(random.attempt());
      asks.add(random.ask());
    }
    row(
        "full evaluations: USB, clipboard, login, media and grant request",
        200_000,
        1,
        i ->
            blocked(by.usb(devices.get(i % devices.size()), UsbSurroundings.PLAIN, null))
                + blocked(by.clipboard(copies.get(i & 255)))
                + blocked(by.login(attempts.get(i & 255)))
                + blocked(by.media(MediaKind.OPTICAL))
                + blocked(by.grant(asks.get(i & 255))));
  }

  private void detector() {
    RealisticTexts texts = new RealisticTexts(91);
    StringBuilder all = new StringBuilder();
    while (all.length() < 200_000) {
      all.append(texts.record()).append('\n');
    }
    String records = all.toString();
    String ascii = "The quick brown fox, 2026-11-20; ".repeat(6_000);
    double utf8 = records.getBytes(java.nio.charset.StandardCharsets.UTF_8).length / 1e6;
    row(
        "detector: MB (UTF-8) of Japanese records",
        200,
        utf8,
        i -> NumberDetector.scan(records).individual().size());
    row(
        "detector: MB of English text",
        200,
        ascii.length() / 1e6,
        i -> NumberDetector.scan(ascii).individual().size());
  }

  private void rates() {
    System.out.printf(
        "%n%-64s %14s %14s%n",
        "texts with a finding, of 10,000 (1,000 of the noise)", "high", "low");
    RealisticTexts texts = new RealisticTexts(92);
    rate("records without a number of twelve digits", 10_000, i -> texts.record());
    rate(
        "records with one foreign number of twelve digits", 10_000, i -> texts.recordWithReceipt());
    rate("tables of ten foreign numbers of twelve digits", 10_000, i -> texts.receipts(10));
    rate("1,000 random characters with runs of digits", 1_000, i -> texts.noise(1_000));
    rate("records with a 個人番号 (found)", 10_000, i -> texts.recordWithNumber());
  }

  private static void rate(String what, int texts, Function<Integer, String> next) {
    RealisticTexts.Rate rate = RealisticTexts.rate(texts, () -> next.apply(0));
    System.out.printf(
        Locale.ROOT, "%-64s %13.2f%% %13.2f%%%n", what, rate.high() * 100, rate.low() * 100);
  }

  private static int blocked(Decision decision) {
    return decision.effect() == Effect.BLOCK ? 1 : 0;
  }

  private interface Work {
    int run(int i);
  }

  /** Runs {@code work} for a second of this thread's time, five times after one to warm up. */
  private void row(String what, double limit, double unit, Work work) {
    int batch = unit == 1 ? 1_000 : 1;
    double best = 0;
    for (int round = 0; round <= ROUNDS; round++) {
      long start = THREADS.getCurrentThreadCpuTime();
      long spent = 0;
      long count = 0;
      while (spent < SECOND) {
        for (int i = 0; i < batch; i++) {
          sink += work.run((int) count++ & 0xFFFF);
        }
        spent = THREADS.getCurrentThreadCpuTime() - start;
      }
      double perSecond = count * unit * SECOND / spent;
      best = round == 0 ? 0 : Math.max(best, perSecond);
    }
    missed |= best < limit;
    System.out.printf(
        Locale.ROOT,
        "%-64s %,14.0f %,14.0f%s%n",
        what,
        best,
        limit,
        best < limit ? "  MISSED" : "");
  }
}
