package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Stack;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.verify.CrlFiles;
import jp.sekisho.smartcard.verify.PathDemands;
import jp.sekisho.smartcard.verify.PathRules;
import jp.sekisho.smartcard.verify.PathRules.Outcome;
import jp.sekisho.smartcard.verify.Pem;
import jp.sekisho.smartcard.verify.RevocationSource;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges a certificate from files by RFC 5280 alone; the service asks more of a card. */
@Command(
    name = "verify-path",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {" 0:valid", " 1:not valid", " 2:unusable input"})
final class VerifyPathCommand implements Callable<Integer>, Batch.Answering {
  private static final int LARGEST = 64 << 20;
  private static final Duration OLDEST_CRL = Duration.ofDays(36_500);
  private static final Map<String, Integer> USAGES =
      Map.of(
          "digitalSignature", KeyUsage.digitalSignature,
          "nonRepudiation", KeyUsage.nonRepudiation,
          "keyEncipherment", KeyUsage.keyEncipherment,
          "dataEncipherment", KeyUsage.dataEncipherment,
          "keyAgreement", KeyUsage.keyAgreement,
          "keyCertSign", KeyUsage.keyCertSign,
          "cRLSign", KeyUsage.cRLSign,
          "encipherOnly", KeyUsage.encipherOnly,
          "decipherOnly", KeyUsage.decipherOnly);
  private static final Map<String, String> PURPOSES =
      Map.of(
          "serverAuth", "1.3.6.1.5.5.7.3.1",
          "clientAuth", "1.3.6.1.5.5.7.3.2",
          "codeSigning", "1.3.6.1.5.5.7.3.3",
          "emailProtection", "1.3.6.1.5.5.7.3.4",
          "timeStamping", "1.3.6.1.5.5.7.3.8",
          "OCSPSigning", "1.3.6.1.5.5.7.3.9",
          "smartcardLogon", "1.3.6.1.4.1.311.20.2.2");

  @Parameters(
      arity = "0..1",
      paramLabel = "CERTIFICATE",
      descriptionKey = "verify-path.certificate")
  private @Nullable Path certificate;

  @Option(
      names = {"--anchor", "--root"},
      parameterConsumer = Several.class)
  private List<Path> anchors = new ArrayList<>();

  @Option(names = "--intermediate", parameterConsumer = Several.class)
  private List<Path> intermediates = new ArrayList<>();

  @Option(names = "--crl", parameterConsumer = Several.class)
  private List<Path> crls = new ArrayList<>();

  @Option(names = "--no-revocation")
  private boolean noRevocation;

  @Option(names = "--crl-max-age")
  private @Nullable Duration crlMaxAge;

  @Option(names = "--policy")
  private List<String> policies = new ArrayList<>();

  @Option(names = "--require-explicit-policy")
  private boolean requireExplicitPolicy;

  @Option(names = "--inhibit-policy-mapping")
  private boolean inhibitPolicyMapping;

  @Option(names = "--inhibit-any-policy")
  private boolean inhibitAnyPolicy;

  @Option(names = "--key-usage", split = ",")
  private List<String> keyUsages = new ArrayList<>();

  @Option(names = "--eku")
  private @Nullable String purpose;

  @Option(names = "--at")
  private @Nullable Instant at;

  @Option(names = "--batch")
  private boolean batch;

  @Option(names = "--json")
  @SuppressWarnings("UnusedVariable") // only to be accepted, as by the other commands
  private boolean json;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  private final InstantSource clock = InstantSource.system();

  /**
   * Takes every value up to the next option, but leaves the last word: it is the certificate,
   * unless that came before. A file never begins with two dashes here.
   */
  static final class Several implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
      List<Path> files = option.getValue();
      if (words.isEmpty() || words.peek().startsWith("--")) {
        throw new ParameterException(
            command.commandLine(), ((OptionSpec) option).longestName() + ": a file is missing");
      }
      files.add(Path.of(words.pop()));
      int certificate = command.positionalParameters().get(0).getValue() == null ? 1 : 0;
      while (words.size() > certificate && !words.peek().startsWith("-")) {
        files.add(Path.of(words.pop()));
      }
    }
  }

  @Override
  public Integer call() throws IOException {
    if (batch) {
      return Batch.run(spec.commandLine(), VerifyPathCommand::new);
    }
    Batch.Answer answer = answer();
    Output.print(spec.commandLine().getOut(), Json.of(answer.values()));
    return answer.exit();
  }

  @Override
  public Batch.Answer answer() {
    try {
      if (certificate == null || anchors.isEmpty()) {
        return Batch.unusable(
            "a certificate, as the first or the last word, and at least one --anchor are needed");
      }
      List<byte[]> leaf = read(List.of(certificate), "CERTIFICATE");
      List<byte[]> between = new ArrayList<>(leaf.subList(1, leaf.size()));
      between.addAll(read(intermediates, "CERTIFICATE"));
      PathDemands demands =
          new PathDemands(
              policies(),
              requireExplicitPolicy,
              inhibitPolicyMapping,
              inhibitAnyPolicy,
              usage(),
              purpose());
      Outcome outcome =
          PathRules.of(read(anchors, "CERTIFICATE"), between, demands, revocation())
              .judge(leaf.get(0), at == null ? clock.instant() : at);
      return answer(outcome);
    } catch (FileSystemException e) {
      return Batch.unusable("FILE_UNUSABLE " + e.getFile() + ": " + e.getClass().getSimpleName());
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      return Batch.unusable(String.valueOf(e.getMessage()));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return Batch.internal(e);
    }
  }

  private static Batch.Answer answer(Outcome outcome) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (outcome instanceof Outcome.Invalid invalid) {
      values.put("valid", false);
      values.put("reason", invalid.failure().reason());
      values.put("clause", invalid.failure().section());
      return new Batch.Answer(values, Output.REFUSED);
    }
    values.put("valid", true);
    values.put("reason", "");
    values.put("clause", "");
    return new Batch.Answer(values, Output.OK);
  }

  private RevocationSource revocation() throws IOException {
    if (noRevocation) {
      return RevocationSource.unchecked();
    }
    if (crlMaxAge != null && (crlMaxAge.isNegative() || crlMaxAge.compareTo(OLDEST_CRL) > 0)) {
      throw new IllegalArgumentException("--crl-max-age: PT0S to " + OLDEST_CRL);
    }
    // A CRL that cannot be used is none; one that cannot be opened is a mistake of the caller.
    read(crls, "X509 CRL");
    return crlMaxAge == null
        ? CrlFiles.untilNextUpdate(crls, notice -> {})
        : CrlFiles.of(crls, crlMaxAge, notice -> {});
  }

  private Set<String> policies() {
    Set<String> set = new HashSet<>();
    for (String policy : policies) {
      set.add(new ASN1ObjectIdentifier(policy).getId());
    }
    return set;
  }

  private int usage() {
    int bits = 0;
    for (String name : keyUsages) {
      Integer bit = USAGES.get(name);
      if (bit == null) {
        throw new IllegalArgumentException("no such key usage: " + name);
      }
      bits |= bit;
    }
    return bits;
  }

  private Optional<String> purpose() {
    return Optional.ofNullable(purpose)
        .map(name -> PURPOSES.getOrDefault(name, name))
        .map(identifier -> new ASN1ObjectIdentifier(identifier).getId());
  }

  /** All blocks of these files. */
  private static List<byte[]> read(List<Path> files, String type) throws IOException {
    List<byte[]> blocks = new ArrayList<>();
    for (Path file : files) {
      blocks.addAll(read(file, type));
    }
    return blocks;
  }

  /** The blocks of one file; at least one. */
  static List<byte[]> read(Path file, String type) throws IOException {
    byte[] bytes = bytes(file);
    try {
      return Pem.blocks(bytes, type);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** A file's bytes; devices and pipes, which have no size, are read up to the same bound. */
  static byte[] bytes(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST + 1);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("FILE_UNUSABLE " + file + ": " + e.getMessage(), e);
    }
    if (bytes.length > LARGEST) {
      throw new IOException("FILE_TOO_LONG " + file + ": more than 64 MiB");
    }
    return bytes;
  }
}
