package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Measures the verification of a card's answer: path of two steps, revocation, one signature. Run
 * as a program; prints a table. Not a test: figures depend on the machine.
 *
 * <p>Each row warms up, then runs rounds of a second; CPU time is that of the one thread that
 * works.
 */
public final class VerifyBench {
  private static final int ROUNDS = 5;
  private static final int BETWEEN_LOOKS = 64;
  private static final Duration WARM_UP = Duration.ofSeconds(6);
  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final byte[] DATA = new byte[400];
  private static String only = "";
  private static boolean missed;

  private VerifyBench() {}

  /** One card under one CA under one root, each with a key of that kind. */
  private record Cards(
      X509Certificate root, X509Certificate ca, Made leaf, Path rootCrl, Path crl) {}

  private interface Work {
    boolean run() throws Exception;
  }

  private record Figures(int count, double perCpuSecond, double medianMicros, double cpuSeconds) {}

  /** Ends with 1 when a row misses its goal; an argument leaves rows without that text out. */
  public static void main(String[] arguments) throws Exception {
    only = arguments.length == 0 ? "" : arguments[0];
    Path directory = Files.createTempDirectory("verify-bench");
    try {
      System.out.printf(
          "%-44s %9s %12s %10s %7s %7s%n",
          "verification of a card's answer", "n", "per CPU-s", "median us", "CPU s", "goal");
      Cards rsa = cards("RSA", "RSA", directory.resolve("rsa"), 0);
      Cards mixed = cards("RSA", "EC", directory.resolve("mixed"), 0);
      Cards ec = cards("EC", "EC", directory.resolve("ec"), 0);
      row("bare signature: RSA-2048, the JDK's", bare(rsa, null), 0);
      row("bare signature: P-256, the JDK's", bare(ec, null), 0);
      row("bare signature: P-256, Bouncy Castle's", bare(ec, Keys.BOUNCY_CASTLE), 0);
      row("bare signature: P-256, ours", ours(ec), 0);
      row("RSA-2048, path remembered", answer(rsa, true), 8000);
      row("P-256 under RSA, path remembered", answer(mixed, true), 6000);
      row("P-256 under P-256, path remembered", answer(ec, true), 6000);
      row("RSA-2048, whole path each time", answer(rsa, false), 4000);
      row("P-256 under RSA, whole path each time", answer(mixed, false), 3000);
      row("P-256 under P-256, whole path each time", answer(ec, false), 2000);
      long before = System.nanoTime();
      Cards large = cards("RSA", "RSA", directory.resolve("large"), 200_000);
      CrlFiles lists = lists(large);
      long written = System.nanoTime();
      List<X509Certificate> chain =
          List.of(PathVerifier.parse(large.leaf.der()), large.ca, large.root);
      require(lists.check(chain, Made.NOW) instanceof RevocationSource.Status.Good);
      System.out.printf(
          "CRL of 200,000 entries, %d KiB: made in %d ms, loaded and asked first in %d ms%n",
          Files.size(large.crl) >> 10,
          (written - before) / 1_000_000,
          (System.nanoTime() - written) / 1_000_000);
      row("RSA-2048, remembered, CRL of 200,000", answer(large, true), 8000);
      row("RSA-2048, whole path, CRL of 200,000", answer(large, false), 4000);
      row(
          "revocation alone, CRL of 200,000 (< 1 ms)",
          () -> lists.check(chain, Made.NOW) instanceof RevocationSource.Status.Good,
          1000);
    } finally {
      delete(directory);
    }
    if (missed) {
      System.exit(1);
    }
  }

  private static Work answer(Cards cards, boolean remember) throws Exception {
    byte[] signature = sign(cards.leaf.key());
    TrustProfile profile =
        new TrustProfile(
            List.of(cards.root),
            Optional.empty(),
            RevocationSource.all(List.of(lists(cards), new DenyList(java.util.Set::of))));
    PathVerifier verifier = new PathVerifier(InstantSource.fixed(Made.NOW), profile, remember);
    List<X509Certificate> between = List.of(cards.ca);
    byte[] der = cards.leaf.der();
    return () ->
        verifier.verify(der, between) instanceof Verdict.Trusted trusted
            && SignatureVerifier.verifies(trusted.certificate().getPublicKey(), DATA, signature);
  }

  /** What no verification of an answer can be faster than, with that provider. */
  private static Work bare(Cards cards, @Nullable Provider provider) throws Exception {
    byte[] signature = sign(cards.leaf.key());
    PublicKey key = cards.leaf.key().getPublic();
    String algorithm = SignatureVerifier.algorithm(key).orElseThrow();
    PublicKey own =
        provider == null
            ? key
            : KeyFactory.getInstance("EC", provider)
                .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    return () -> {
      Signature verifier =
          provider == null
              ? Signature.getInstance(algorithm)
              : Signature.getInstance(algorithm, provider);
      verifier.initVerify(own);
      verifier.update(DATA);
      return verifier.verify(signature);
    };
  }

  private static Work ours(Cards cards) throws Exception {
    byte[] signature = sign(cards.leaf.key());
    PublicKey key = cards.leaf.key().getPublic();
    return () -> SignatureVerifier.verifies(key, DATA, signature);
  }

  private static CrlFiles lists(Cards cards) {
    return new CrlFiles(List.of(cards.rootCrl, cards.crl), Duration.ofDays(7));
  }

  private static byte[] sign(KeyPair pair) throws Exception {
    Signature signer =
        Signature.getInstance(
            pair.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
    signer.initSign(pair.getPrivate());
    signer.update(DATA);
    return signer.sign();
  }

  private static Cards cards(String caKey, String leafKey, Path directory, int entries)
      throws Exception {
    Files.createDirectories(directory);
    Made root = Made.ca("C=JP,O=City,CN=root").key(pair(caKey)).selfSigned();
    Made ca = Made.ca("C=JP,O=City,CN=ca").key(pair(caKey)).by(root);
    Made leaf = Made.leaf("C=JP,O=City,2.5.4.5=100042,CN=100042").key(pair(leafKey)).by(ca);
    Path rootCrl = Files.write(directory.resolve("root.crl"), crl(root, 0));
    Path crl = Files.write(directory.resolve("ca.crl"), crl(ca, entries));
    return new Cards(
        PathVerifier.parse(root.der()), PathVerifier.parse(ca.der()), leaf, rootCrl, crl);
  }

  private static byte[] crl(Made issuer, int entries) throws Exception {
    X509v2CRLBuilder builder =
        new X509v2CRLBuilder(issuer.name(), Date.from(Made.NOW.minusSeconds(60)));
    builder.setNextUpdate(Date.from(Made.NOW.plus(Duration.ofDays(1))));
    builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
    for (int i = 0; i < entries; i++) {
      builder.addCRLEntry(
          BigInteger.valueOf(1_000_000L + i), Date.from(Made.NOW), CRLReason.keyCompromise);
    }
    String algorithm =
        issuer.key().getPrivate().getAlgorithm().equals("RSA")
            ? "SHA256withRSA"
            : "SHA256withECDSA";
    return builder
        .build(new JcaContentSignerBuilder(algorithm).build(issuer.key().getPrivate()))
        .getEncoded();
  }

  private static KeyPair pair(String type) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
    generator.initialize(type.equals("RSA") ? 2048 : 256);
    return generator.generateKeyPair();
  }

  private static void row(String name, Work work, int goal) throws Exception {
    if (!name.contains(only)) {
      return;
    }
    spin(work, WARM_UP);
    double[] rates = new double[ROUNDS];
    double[] medians = new double[ROUNDS];
    int count = 0;
    double cpu = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Figures figures = spin(work, ROUND);
      rates[i] = figures.perCpuSecond;
      medians[i] = figures.medianMicros;
      count += figures.count;
      cpu += figures.cpuSeconds;
    }
    Arrays.sort(rates);
    Arrays.sort(medians);
    missed |= rates[ROUNDS / 2] < goal;
    System.out.printf(
        "%-44s %,9d %,12.0f %10.1f %7.2f %,7d%s%n",
        name,
        count,
        rates[ROUNDS / 2],
        medians[ROUNDS / 2],
        cpu,
        goal,
        rates[ROUNDS / 2] >= goal ? "" : "  MISSED");
  }

  /**
   * Works for so much CPU time of this thread: a busy machine then takes longer, not other code.
   */
  private static Figures spin(Work work, Duration duration) throws Exception {
    long[] times = new long[1 << 16];
    int count = 0;
    long before = cpu();
    long used = 0;
    while (used < duration.toNanos()) {
      for (int i = 0; i < BETWEEN_LOOKS; i++) {
        long start = System.nanoTime();
        require(work.run());
        times[count++ & (times.length - 1)] = System.nanoTime() - start;
      }
      used = cpu() - before;
    }
    double seconds = used / 1e9;
    int kept = Math.min(count, times.length);
    Arrays.sort(times, 0, kept);
    return new Figures(count, count / seconds, times[kept / 2] / 1e3, seconds);
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void require(boolean good) {
    if (!good) {
      throw new IllegalStateException("a good answer was refused");
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
