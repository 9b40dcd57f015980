package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.simulate.TestCa;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the CA of test cards. */
@Command(name = "issue-test-ca", mixinStandardHelpOptions = true)
final class IssueTestCaCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "DIR", descriptionKey = "issue-test-ca.dir")
  private Path directory;

  @Option(names = "--revoke", paramLabel = "SERIAL")
  private @Nullable String revoke;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    TestCa ca = TestCa.open(directory);
    ca.writeCrl(Optional.ofNullable(revoke).map(serial -> new BigInteger(serial, 16)));
    Output.print(
        spec.commandLine().getOut(),
        "TEST CA %s%nroot SHA-256 %s%npolicy %s%nCRL %s"
            .formatted(directory, Fingerprint.of(ca.root()), ca.policy(), ca.crl()));
    return Output.OK;
  }
}
