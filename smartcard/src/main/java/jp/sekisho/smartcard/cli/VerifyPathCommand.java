package jp.sekisho.smartcard.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.verify.CardKind;
import jp.sekisho.smartcard.verify.Clause;
import jp.sekisho.smartcard.verify.CrlFiles;
import jp.sekisho.smartcard.verify.PathRules;
import jp.sekisho.smartcard.verify.PathVerifier;
import jp.sekisho.smartcard.verify.RevocationSource;
import jp.sekisho.smartcard.verify.TrustProfile;
import jp.sekisho.smartcard.verify.Verdict;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges a certificate from files: what the service and the terminal do, without them. */
@Command(
    name = "verify-path",
    description = "Judge a certificate: DER or PEM files in, verdict and reason out.",
    mixinStandardHelpOptions = true)
final class VerifyPathCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "CERTIFICATE", description = "The certificate to judge.")
  private Path certificate;

  @Option(names = "--root", required = true, description = "Trusted root; repeatable.")
  private List<Path> roots = new ArrayList<>();

  @Option(names = "--intermediate", description = "Certificate in between; repeatable.")
  private List<Path> intermediates = new ArrayList<>();

  @Option(names = "--crl", description = "CRL file; repeatable.")
  private List<Path> crls = new ArrayList<>();

  @Option(names = "--no-revocation", description = "Do not ask whether anything was revoked.")
  private boolean noRevocation;

  @Option(
      names = "--crl-max-age",
      defaultValue = "P7D",
      description = "Oldest CRL accepted, ISO 8601 (default: P7D).")
  private Duration crlMaxAge = Duration.ofDays(7);

  @Option(names = "--policy", description = "Policy OID demanded.")
  private @Nullable String policy;

  @Option(names = "--at", description = "Judge as of this instant, e.g. 2026-11-21T00:00:00Z.")
  private @Nullable Instant at;

  @Option(
      names = "--path-only",
      description = "RFC 5280 only, without our demands on key usage and key strength.")
  private boolean pathOnly;

  @Option(names = "--json", description = "Print one JSON document and nothing else.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    RevocationSource revocation =
        noRevocation ? RevocationSource.unchecked() : new CrlFiles(crls, crlMaxAge);
    Instant now = at == null ? Instant.now() : at;
    Verdict verdict;
    try {
      List<X509Certificate> between = read(intermediates);
      X509Certificate leaf = read(certificate);
      verdict =
          pathOnly
              ? new PathRules(read(roots), between, Optional.ofNullable(policy), revocation)
                  .judge(leaf, now)
              : new PathVerifier(
                      InstantSource.fixed(now),
                      List.of(
                          new TrustProfile(
                              CardKind.STAFF_PIV,
                              read(roots),
                              Optional.ofNullable(policy),
                              revocation)))
                  .verify(CardKind.STAFF_PIV, leaf.getEncoded(), between);
    } catch (GeneralSecurityException e) {
      verdict = new Verdict.Distrusted(Clause.MALFORMED, String.valueOf(e.getMessage()));
    }
    return print(verdict);
  }

  private int print(Verdict verdict) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (verdict instanceof Verdict.Trusted trusted) {
      values.put("verdict", "TRUSTED");
      values.put("subjectNumber", trusted.subjectNumber().orElse(""));
      values.put("chainLength", trusted.chain().size());
    } else if (verdict instanceof Verdict.Distrusted distrusted) {
      values.put("verdict", "DISTRUSTED");
      values.put("clause", distrusted.clause().name());
      values.put("detail", distrusted.detail());
    }
    Output.print(spec.commandLine().getOut(), json ? Json.of(values) : values.toString());
    return verdict instanceof Verdict.Trusted ? Output.OK : Output.REFUSED;
  }

  private static List<X509Certificate> read(List<Path> files)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Path file : files) {
      certificates.add(read(file));
    }
    return certificates;
  }

  static X509Certificate read(Path file) throws IOException, GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509", "SUN")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
  }
}
