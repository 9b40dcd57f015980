package jp.sekisho.smartcard.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jp.sekisho.smartcard.simulate.Applet;
import jp.sekisho.smartcard.simulate.CardKey;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A card as it was issued gets a Kerberos ticket from an MIT KDC by PKINIT (RFC 4556), through
 * OpenSC's PKCS#11 module and a real pcscd. The KDC's certificate is of the same CA; the principal
 * has no password. KDC and client are alone in the network of pcscd.
 */
@Tag("pcsc")
@Timeout(300)
class PkinitIT {
  private static final String REALM = "TOWN.EXAMPLE";
  private static final String CLERK = "clerk@" + REALM;

  @TempDir Path directory;

  /** How a program ended. */
  private record Run(int exitCode, String output) {}

  @Test
  void anIssuedCardGetsATicketAndOnlyWithItsPin() throws Exception {
    requireTools();
    Path ca = directory.resolve("ca");
    assertEquals(0, CardDeskRun.command("", "issue-test-ca", ca.toString(), "--kdc", REALM).code());
    try (PcscService service = PcscService.start()) {
      Path memory = directory.resolve("clerk");
      Applet.open(
          memory,
          new NewCard(
              NewCard.Kind.UNINITIALISED,
              "0",
              Optional.of(ca),
              Optional.empty(),
              CardKey.RSA2048,
              Optional.empty()));
      try (VirtualCard card = service.card(0, memory)) {
        issue(ca);
        Process kdc = startKdc(service, ca);
        try {
          Run wrong = kinit(service, "135790\n");
          assertNotEquals(0, wrong.exitCode(), wrong.output());
          Run ticket = kinit(service, "246810\n");
          assertEquals(0, ticket.exitCode(), ticket.output() + log());
          String list = run(service, "", "klist", "-c", cache()).output();
          assertTrue(list.contains("Default principal: " + CLERK), list);
          assertTrue(list.contains("krbtgt/" + REALM + "@" + REALM), list);
          assertTrue(
              card.trace().stream().anyMatch(line -> line.contains(" 87 07 9A ")),
              "the card's own key signed");
        } finally {
          kdc.destroy();
          Await.until("the KDC ends", Duration.ofMinutes(1), () -> !kdc.isAlive());
        }
      }
    }
  }

  private void issue(Path ca) {
    String[] command = {
      "issue",
      "--json",
      "--reader-role=" + PcscService.READER_0 + "=staff",
      "--ca=" + ca,
      "--number=100042",
      "--principal=" + CLERK,
      "--upn=clerk@town.example",
      "--sid=S-1-5-21-1-2-3-1104",
      "--half-1=" + directory.resolve("half-1"),
      "--half-2=" + directory.resolve("half-2"),
      "--own-pin",
      "--pin-stdin"
    };
    Await.until(
        "the card is issued",
        Duration.ofMinutes(2),
        () -> {
          CardDeskRun.Run run = CardDeskRun.command("246810\n", command);
          assertTrue(run.code() == 0 || run.out().contains("NO_CARD"), run.out());
          return run.code() == 0;
        });
  }

  private Process startKdc(PcscService service, Path ca) throws Exception {
    Files.writeString(
        directory.resolve("krb5.conf"),
        """
        [libdefaults]
          default_realm = %1$s
          dns_lookup_kdc = false
          dns_lookup_realm = false
          rdns = false
          udp_preference_limit = 1
        [realms]
          %1$s = {
            kdc = 127.0.0.1:8888
            pkinit_anchors = FILE:%2$s/root.pem
          }
        """
            .formatted(REALM, ca));
    Files.writeString(
        directory.resolve("kdc.conf"),
        """
        [kdcdefaults]
          kdc_listen = ""
          kdc_tcp_listen = 127.0.0.1:8888
        [realms]
          %1$s = {
            database_name = %3$s/principal
            key_stash_file = %3$s/stash
            pkinit_identity = FILE:%2$s/kdc.pem,%2$s/kdc.key
            pkinit_anchors = FILE:%2$s/root.pem
          }
        [logging]
          kdc = FILE:%3$s/kdc.log
        """
            .formatted(REALM, ca, directory));
    ok(run(service, "", "/usr/sbin/kdb5_util", "create", "-s", "-r", REALM, "-P", "of-a-test"));
    ok(
        run(
            service,
            "",
            "/usr/sbin/kadmin.local",
            "-r",
            REALM,
            "-q",
            "addprinc -nokey +requires_preauth clerk"));
    Process kdc =
        builder(service, "/usr/sbin/krb5kdc", "-n", "-r", REALM, "-P", directory + "/kdc.pid")
            .redirectOutput(directory.resolve("kdc.out").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(kdc::destroyForcibly));
    Await.until(
        "the KDC listens",
        Duration.ofMinutes(1),
        () -> {
          assertTrue(kdc.isAlive(), log());
          return log().contains("commencing operation");
        });
    return kdc;
  }

  private Run kinit(PcscService service, String pin) throws Exception {
    return run(
        service,
        pin,
        "kinit",
        "-c",
        cache(),
        "-X",
        "X509_user_identity=PKCS11:module_name=" + module(),
        CLERK);
  }

  private String cache() {
    return "FILE:" + directory.resolve("ticket");
  }

  private String log() throws IOException {
    StringBuilder log = new StringBuilder();
    for (String name : List.of("kdc.out", "kdc.log")) {
      Path file = directory.resolve(name);
      log.append(Files.exists(file) ? Files.readString(file) : "");
    }
    return log.toString();
  }

  private static void ok(Run run) {
    assertEquals(0, run.exitCode(), run.output());
  }

  /** Where vpcd and the KDC are. */
  private ProcessBuilder builder(PcscService service, String... command) {
    List<String> words =
        new ArrayList<>(List.of("nsenter", "--net=/proc/" + service.pid() + "/ns/net"));
    words.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().putAll(service.environment());
    builder.environment().put("KRB5_CONFIG", directory.resolve("krb5.conf").toString());
    builder.environment().put("KRB5_KDC_PROFILE", directory.resolve("kdc.conf").toString());
    return builder;
  }

  private Run run(PcscService service, String input, String... command) throws Exception {
    Process process = builder(service, command).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // It asked for nothing and is gone; its exit code says why.
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), output);
  }

  private static Path library(String name) {
    return Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
        .map(folder -> Path.of(folder, name))
        .filter(Files::exists)
        .findFirst()
        .orElse(Path.of("/absent"));
  }

  private static Path module() {
    return library("opensc-pkcs11.so");
  }

  private static void requireTools() {
    boolean there =
        Files.exists(Path.of("/usr/sbin/krb5kdc"))
            && Files.exists(Path.of("/usr/sbin/kadmin.local"))
            && Files.exists(Path.of("/usr/bin/kinit"))
            && Files.exists(library("krb5/plugins/preauth/pkinit.so"))
            && Files.exists(module());
    assertTrue(
        there, "apt-get install krb5-kdc krb5-admin-server krb5-pkinit krb5-user opensc-pkcs11");
  }
}
