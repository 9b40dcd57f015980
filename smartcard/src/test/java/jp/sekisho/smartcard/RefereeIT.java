package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import jp.sekisho.smartcard.verify.PathVerifier;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are not ours take the virtual card for a PIV card. */
@Tag("pcsc")
class RefereeIT {
  @TempDir static Path directory;
  private static PcscService service;
  private static VirtualCard card;

  @BeforeAll
  static void start() throws IOException {
    service = PcscService.start();
    card = service.card(0, directory.resolve("card"));
    Await.until(
        "card present", Duration.ofSeconds(20), () -> CardEvents.present(PcscService.READER_0));
  }

  @AfterAll
  static void stop() {
    card.close();
    service.close();
  }

  @Test
  void openscSeesAPivCard() throws Exception {
    Run run = run("opensc", "opensc-tool", "--reader", "0", "--name");
    assertEquals("Personal Identity Verification Card", run.output().strip());
  }

  @Test
  void pkcs11ToolSignsAndTheSignatureVerifies() throws Exception {
    Path message = Files.writeString(directory.resolve("message"), "hello");
    Path signature = directory.resolve("signature");
    Run run =
        run(
            "opensc",
            "pkcs11-tool",
            "--module=opensc-pkcs11.so",
            "--login",
            "--pin=123456",
            "--sign",
            "--mechanism=SHA256-RSA-PKCS",
            "--id=01",
            "--input-file=" + message,
            "--output-file=" + signature);
    assertEquals(0, run.exitCode(), run.output());
    X509Certificate certificate =
        PathVerifier.parse(Files.readAllBytes(card.directory().resolve("9a.der")));
    assertTrue(
        SignatureVerifier.verifies(
            certificate.getPublicKey(),
            Files.readAllBytes(message),
            Files.readAllBytes(signature)));
  }

  @Test
  void yubicoPivToolShowsStatusChangesAndUnblocksThePin(@TempDir Path other) throws Exception {
    Run status = yubico("status");
    assertEquals(0, status.exitCode(), status.output());
    assertTrue(status.output().contains("serialNumber=100042"), status.output());
    assertTrue(status.output().contains("PIN tries left:\t3"), status.output());

    assertEquals(0, yubico("change-pin", "-P", "123456", "-N", "246810").exitCode());
    assertNotEquals(0, yubico("verify-pin", "-P", "123456").exitCode());
    assertTrue(yubico("status").output().contains("PIN tries left:\t2"));
    assertEquals(0, yubico("unblock-pin", "-P", "12345678", "-N", "123456").exitCode());
    assertEquals(0, yubico("verify-pin", "-P", "123456").exitCode());
  }

  private static Run yubico(String action, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("yubico-piv-tool", "-r" + PcscService.READER_0, "-a", action));
    command.addAll(List.of(arguments));
    return run("yubico-piv-tool", command.toArray(String[]::new));
  }

  private record Run(int exitCode, String output) {}

  private static Run run(String debianPackage, String... command) throws Exception {
    boolean there =
        List.of(System.getenv("PATH").split(":", -1)).stream()
            .anyMatch(path -> new File(path, command[0]).canExecute());
    assertTrue(there, command[0] + " is missing: apt-get install " + debianPackage);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(service.environment());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), output);
  }
}
