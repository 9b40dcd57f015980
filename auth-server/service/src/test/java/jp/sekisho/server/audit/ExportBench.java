package jp.sekisho.server.audit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.Entry.Subject;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.storage.OpenStorage;

/**
 * What an auditor waits for, part of {@code ./dev bench audit}: the export of a log as the bundle
 * by the service, from SQLite; then that bundle's verification and its export as lines and as a
 * table by the shipped program in a JVM of its own, its start included. 256 MB of heap each. Ends
 * with 1 when a limit is missed.
 *
 * <pre>ExportBench sekisho-audit.jar [ENTRIES [RUNS]]</pre>
 */
public final class ExportBench {
  private static final String HEAP = "-Xmx256m";
  private static final int LEAST_EXPORTED = 150_000;
  private static final int LEAST_VERIFIED = 300_000;
  private static final int NO_LIMIT = 0;

  private ExportBench() {}

  /** Prints one row a measurement, for docs/performance.md. */
  public static void main(String[] args) throws Exception {
    Path jar = Path.of(args[0]);
    long size = args.length > 1 ? Long.parseLong(args[1]) : 1_000_000;
    int runs = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    Path directory = Files.createTempDirectory(Path.of("target"), "export-bench");
    Path bundle = directory.resolve("bundle.zip");
    boolean met = true;
    try {
      String key;
      try (OpenStorage storage =
          OpenStorage.sqlite(Files.createDirectory(directory.resolve("data")))) {
        LogFill.fill(storage, size, false, (index, id, salt) -> entry(index, size, id, salt));
        key = storage.logs.verifierKey(LogFill.LOG).toString();
        met &=
            measure(
                "log export, the bundle, SQLite",
                size,
                runs,
                LEAST_EXPORTED,
                () -> {
                  Files.deleteIfExists(bundle);
                  try (OutputStream out =
                      new BufferedOutputStream(Files.newOutputStream(bundle), 1 << 16)) {
                    storage.logs.bundle(LogFill.LOG).writeZip(out);
                  }
                  return true;
                });
      }
      System.out.printf(
          Locale.ROOT,
          "that bundle: %,d entries, %d MB as ZIP; heap %s, %d processors, Java %s%n",
          size,
          Files.size(bundle) / 1_000_000,
          HEAP.substring(4),
          Runtime.getRuntime().availableProcessors(),
          Runtime.version());
      String file = directory.resolve("out").toString();
      String from = bundle.toString();
      met &= program(jar, size, runs, LEAST_VERIFIED, List.of("verify", from, "--vkey", key));
      for (String format : List.of("jsonl", "csv", "ocsf")) {
        met &=
            program(
                jar,
                size,
                runs,
                format.equals("ocsf") ? NO_LIMIT : LEAST_EXPORTED,
                List.of("export", from, "--vkey", key, "--format", format, "--out", file));
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    if (!met) {
      System.out.println("MISSED");
      System.exit(1);
    }
  }

  /** What most entries are: sessions, and one login of five with its statement and signature. */
  private static Entry entry(long index, long size, byte[] id, byte[] salt) {
    Subject subject =
        new Subject(
            LogFill.LOG,
            "S-" + index % 3000,
            null,
            String.format(Locale.ROOT, "T-%04d", index % 400),
            "AAECAwQFBgcICQoL");
    Instant time = LogFill.time(Instant.parse("2025-11-21T00:00:00Z"), index, size);
    return index % 5 == 0
        ? Entry.of(
            id,
            salt,
            time,
            subject,
            new LoginEvent.Succeeded(
                "AAECAwQFBgcICQoLDA0ODw",
                Purpose.LOGIN,
                random(index, 32),
                random(index, 256),
                random(index % 3000, 32),
                true,
                "staff-piv",
                "normal"))
        : Entry.of(id, salt, time, subject, new SessionEvent.Suspended("card-removed"));
  }

  /** As hashes and signatures are, which no compression makes shorter. */
  private static String random(long seed, int bytes) {
    byte[] random = new byte[bytes];
    new Random(seed).nextBytes(random);
    return Base64Url.encode(random);
  }

  private static boolean program(Path jar, long size, int runs, int least, List<String> arguments)
      throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, HEAP, "-jar", jar.toString()));
    command.addAll(arguments);
    command.addAll(List.of("--allow-unwitnessed", "--json"));
    String what = "sekisho-audit " + arguments.getFirst();
    int format = arguments.indexOf("--format");
    return measure(
        format < 0 ? what : what + " " + arguments.get(format + 1),
        size,
        runs,
        least,
        () -> {
          Process process =
              new ProcessBuilder(command)
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.PIPE)
                  .start();
          String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          if (process.waitFor() != 0) {
            throw new IOException(said);
          }
          return true;
        });
  }

  private static boolean measure(String what, long size, int runs, int least, Callable<Boolean> run)
      throws Exception {
    double[] rates = new double[runs];
    for (int i = 0; i < runs; i++) {
      long begin = System.nanoTime();
      boolean _ = run.call();
      rates[i] = size / ((System.nanoTime() - begin) / 1e9);
    }
    Arrays.sort(rates);
    boolean met = rates[runs / 2] >= least;
    System.out.printf(
        Locale.ROOT,
        "%-32s n=%d median %,.0f entries/s, slowest %,.0f, fastest %,.0f%s%n",
        what,
        runs,
        rates[runs / 2],
        rates[0],
        rates[runs - 1],
        met ? "" : " MISSED");
    return met;
  }
}
