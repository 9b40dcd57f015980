package jp.sekisho.smartcard.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Programs that are not ours, run as clients of a {@link PcscService}. */
public final class Referee {
  private static final Map<String, String> DEBIAN =
      Map.of(
          "opensc-tool", "opensc",
          "pkcs15-tool", "opensc",
          "pkcs11-tool", "opensc opensc-pkcs11",
          "yubico-piv-tool", "yubico-piv-tool",
          "openssl", "openssl");

  private final PcscService service;

  public Referee(PcscService service) {
    this.service = service;
  }

  /** How a program ended. */
  public record Run(int exitCode, String output) {

    /** Its output; fails when it did. */
    public String ok() {
      assertEquals(0, exitCode, output);
      return output;
    }
  }

  /** Runs a program to its end, standard output and error together. */
  public Run run(String... command) throws IOException {
    assertTrue(
        Path.of(command[0]).isAbsolute() || PcscService.onPath(command[0]),
        command[0] + " is missing: apt-get install " + DEBIAN.get(command[0]));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(service.environment());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Run(process.waitFor(), output);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether openssl accepts the signature under the key. */
  public void opensslVerifies(PublicKey key, String hash, Path message, Path signature)
      throws IOException {
    Path pem = message.resolveSibling("key.pem");
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    Files.writeString(pem, "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n");
    Run run =
        run(
            "openssl",
            "dgst",
            "-" + hash,
            "-verify",
            pem.toString(),
            "-signature",
            signature.toString(),
            message.toString());
    assertEquals("Verified OK", run.ok().strip());
  }

  /** A command line from fixed and further words. */
  public static String[] words(List<String> fixed, String... further) {
    return Stream.concat(fixed.stream(), Arrays.stream(further)).toArray(String[]::new);
  }
}
