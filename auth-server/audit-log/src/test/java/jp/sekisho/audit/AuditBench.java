package jp.sekisho.audit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import jp.sekisho.audit.bundle.BundleWriter;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Rfc6962;

/**
 * Measures what an auditor waits for: the verification of a bundle and its export, by the shipped
 * program in a JVM of its own with 256 MB of heap, start of the JVM included.
 *
 * <pre>AuditBench sekisho-audit.jar [ENTRIES [RUNS]]</pre>
 */
public final class AuditBench {
  private static final String ORIGIN = "bench.example/log/mayor/1";
  private static final String HEAP = "-Xmx256m";

  private AuditBench() {}

  /** Prints one row a measurement, for docs/performance.md. */
  public static void main(String[] args) throws Exception {
    Path jar = Path.of(args[0]);
    long size = args.length > 1 ? Long.parseLong(args[1]) : 1_000_000;
    int runs = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    Path directory = Files.createTempDirectory("sekisho-audit-bench");
    try (LogSigner log = LogSigner.of(ORIGIN, new byte[32])) {
      Path bundle = directory.resolve("bundle.zip");
      Frontier tree = Frontier.empty();
      Iterator<byte[]> entries = entries(size);
      long bytes = 0;
      while (entries.hasNext()) {
        byte[] entry = entries.next();
        bytes += entry.length;
        tree = tree.append(Rfc6962.leaf(entry));
      }
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(bundle))) {
        BundleWriter.writeZip(out, Checkpoint.of(ORIGIN, tree).sign(log), entries(size));
      }
      System.out.printf(
          Locale.ROOT,
          "bundle: %d entries of %d bytes on average, %d MB as ZIP; heap %s, %d processors, Java %s%n",
          size,
          bytes / Math.max(1, size),
          Files.size(bundle) / 1_000_000,
          HEAP.substring(4),
          Runtime.getRuntime().availableProcessors(),
          Runtime.version());
      String key = log.verifierKey().toString();
      String file = directory.resolve("out").toString();
      measure(jar, "verify", size, runs, "verify", bundle.toString(), "--vkey", key);
      for (String format : List.of("jsonl", "csv")) {
        measure(
            jar,
            "export " + format,
            size,
            runs,
            "export",
            bundle.toString(),
            "--vkey",
            key,
            "--format",
            format,
            "--out",
            file);
      }
    } finally {
      for (String name : List.of("bundle.zip", "out")) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.delete(directory);
    }
  }

  /** Entries as the service writes them, of the size most have. */
  private static Iterator<byte[]> entries(long size) {
    return LongStream.range(0, size)
        .mapToObj(i ->
            String.format(
                    Locale.ROOT,
                    "{\"data\":{\"purpose\":\"login\",\"sameAddress\":true,\"transaction\":\"%022d\"},"
                        + "\"entry\":\"%022d\",\"organ\":\"mayor\",\"outcome\":\"success\","
                        + "\"person\":\"%06d\",\"post\":\"税務課主事\",\"salt\":\"%022d\","
                        + "\"session\":\"%016d\",\"terminal\":\"T-%04d\","
                        + "\"time\":\"2026-11-21T03:00:00.%03dZ\",\"type\":\"login.succeeded\",\"v\":1}",
                    i,
                    i,
                    i % 3000,
                    i,
                    i,
                    i % 400,
                    i % 1000)
                .getBytes(StandardCharsets.UTF_8))
        .iterator();
  }

  private static void measure(Path jar, String what, long size, int runs, String... args)
      throws IOException, InterruptedException {
    double[] rates = new double[runs];
    for (int run = 0; run < runs; run++) {
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      List<String> command = new java.util.ArrayList<>(List.of(java, HEAP, "-jar", jar.toString()));
      command.addAll(List.of(args));
      command.addAll(List.of("--allow-unwitnessed", "--json"));
      long begin = System.nanoTime();
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.PIPE)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(said);
      }
      rates[run] = size / ((System.nanoTime() - begin) / 1e9);
    }
    Arrays.sort(rates);
    System.out.printf(
        Locale.ROOT,
        "%-13s n=%d median %,.0f entries/s, slowest %,.0f, fastest %,.0f%n",
        what,
        runs,
        rates[runs / 2],
        rates[0],
        rates[runs - 1]);
  }
}
