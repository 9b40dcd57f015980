package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.simulate.TestCa;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the CA of test cards, keeps its CRL, and serves a Kerberos KDC on trial. */
@Command(name = "issue-test-ca", mixinStandardHelpOptions = true)
final class IssueTestCaCommand implements Callable<Integer> {
  /** RFC 5280 4.1.2.2: positive, at most 20 octets. */
  private static final Pattern SERIAL = Pattern.compile("(?=.*[1-9a-fA-F])[0-9a-fA-F]{1,40}");

  private static final Pattern ADDRESS = Pattern.compile("http://[!-~]{1,200}");
  private static final Pattern REALM = Pattern.compile("[0-9A-Z][0-9A-Z.-]{0,99}");

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "DIR", descriptionKey = "issue-test-ca.dir")
  private Path directory;

  @Option(names = "--revoke", paramLabel = "SERIAL")
  private @Nullable String revoke;

  @Option(names = "--crl-url", paramLabel = "URL")
  private @Nullable String crlUrl;

  @Option(names = "--kdc", paramLabel = "REALM")
  private @Nullable String kdc;

  @Mixin private final Output output = new Output();

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    demand(revoke, SERIAL, "SERIAL_FORMAT --revoke: hexadecimal, 1 to 40 digits, not 0");
    demand(crlUrl, ADDRESS, "ADDRESS_FORMAT --crl-url: http://...");
    demand(kdc, REALM, "REALM_FORMAT --kdc: A-Z 0-9 . -");
    TestCa ca = TestCa.open(directory);
    Optional<BigInteger> serial = Optional.ofNullable(revoke).map(hex -> new BigInteger(hex, 16));
    if (serial.isPresent() && ca.isRevoked(serial.get())) {
      Output.print(
          spec.commandLine().getOut(),
          output.json()
              ? Json.of(Map.of("failure", "ALREADY_REVOKED"))
              : output.message("cli.ca.revoked", revoke == null ? "" : revoke));
      return Output.REFUSED;
    }
    if (crlUrl != null) {
      ca.publishCrlAt(crlUrl);
    }
    ca.writeCrl(serial);
    if (kdc != null) {
      ca.writeKdc(kdc);
    }
    Output.print(spec.commandLine().getOut(), output.json() ? Json.of(json(ca)) : text(ca));
    return Output.OK;
  }

  private void demand(@Nullable String value, Pattern form, String rule) {
    if (value != null && !form.matcher(value).matches()) {
      throw new ParameterException(spec.commandLine(), rule);
    }
  }

  private String text(TestCa ca) {
    return "TEST CA %s%nroot SHA-256 %s%npolicy %s%nCRL %s"
        .formatted(directory, Fingerprint.of(ca.root()), ca.policy(), ca.crl());
  }

  private Map<String, Object> json(TestCa ca) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("directory", directory.toString());
    values.put("root", Fingerprint.of(ca.root()).hex());
    values.put("policy", ca.policy());
    values.put("crl", ca.crl().toString());
    return values;
  }
}
