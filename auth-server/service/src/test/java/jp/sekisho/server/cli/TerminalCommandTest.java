package jp.sekisho.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.EnrollmentTicket;
import jp.sekisho.protocol.Fingerprint;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.terminal.Enrolment;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalCommandTest {
  @TempDir private Path dir;

  /** Exit code and outputs of one command. */
  private record Ran(int exit, String out, String err) {}

  @BeforeEach
  void init() {
    Ran ran =
        run(
            "init",
            "--organ=mayor:市長部局",
            "--origin=http://localhost:8080",
            "--agents-host=localhost",
            "--help-line=内線 1234",
            "--trial");
    assertEquals(ExitCode.OK, ran.exit(), ran.err());
  }

  private Ran run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all =
        Stream.concat(Stream.of(args), Stream.of("--data", dir.resolve("data").toString()))
            .toArray(String[]::new);
    int exit =
        ServerCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(all);
    return new Ran(exit, out.toString(), err.toString());
  }

  private KeyPair enrol(EnrollmentTicket ticket) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    byte[] csr =
        new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=x"), pair.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
            .getEncoded();
    DataDirectory data = new DataDirectory(dir.resolve("data"));
    try (Installation installation = Installation.open(data, Clock.systemUTC());
        ApplicationContext context = ServiceContext.of(installation).start()) {
      assertInstanceOf(
          Enrolment.Outcome.Certified.class,
          context
              .getBean(Enrolment.class)
              .enroll(new EnrollRequest(ticket.token(), Base64Url.encode(csr), "0.1.0")));
    }
    return pair;
  }

  /** The newest entry of the log that belongs to no organ. */
  private String newest() throws Exception {
    DataDirectory data = new DataDirectory(dir.resolve("data"));
    try (Installation installation = Installation.open(data, Clock.systemUTC())) {
      LogRow.Intact row =
          assertInstanceOf(
              LogRow.Intact.class,
              installation.logs().page("system", null, Long.MAX_VALUE, 1).getFirst());
      return row.entry().type() + " " + row.entry().data().get("act");
    }
  }

  @Test
  void terminalGoesFromTicketToRevocationOnTheConsole() throws Exception {
    Ran made = run("terminal", "ticket", "T-0042", "--organ", "mayor", "--lang=en");
    assertEquals(ExitCode.OK, made.exit(), made.err());
    assertEquals(1, made.out().lines().count(), made.out());
    EnrollmentTicket ticket = EnrollmentTicket.parse(made.out());
    assertFalse(made.err().contains(ticket.token()));

    String fingerprint = Fingerprint.of(enrol(ticket).getPublic().getEncoded());
    Ran list = run("terminal", "list", "--lang=en");
    assertTrue(list.out().contains("T-0042  mayor  pending  " + fingerprint), list.out());

    String other = "0000-0000-0000-0000-0000";
    Ran wrong = run("terminal", "confirm", "T-0042", "--fingerprint", other, "--lang=ja");
    assertEquals(ExitCode.REFUSED, wrong.exit());
    assertTrue(wrong.err().contains("指紋が一致しません"), wrong.err());
    assertEquals("service.act-failed terminal confirm", newest());
    assertEquals(
        ExitCode.OK, run("terminal", "confirm", "T-0042", "--fingerprint", fingerprint).exit());

    Ran json = run("terminal", "list", "--json");
    Map<String, Object> row =
        CanonicalJson.read(json.out().strip().getBytes(StandardCharsets.UTF_8));
    assertEquals("active", row.get("state"));
    assertEquals(false, row.get("silent"));

    Path persons = dir.resolve("persons.csv");
    Files.writeString(
        persons,
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        S1,山田 花子,mayor,J01,住民課,主事,2026-04-01,,CLERK
        """);
    assertEquals(ExitCode.OK, run("person", "import", persons.toString()).exit());
    Ran nowhere = run("terminal", "place", "T-0042", "--division=Z99");
    assertEquals(ExitCode.REFUSED, nowhere.exit());
    assertTrue(nowhere.err().contains("sekisho-server person import"), nowhere.err());
    Ran nothing = run("terminal", "place", "T-9", "--division=J01");
    assertEquals(ExitCode.REFUSED, nothing.exit());
    assertTrue(nothing.err().contains("sekisho-server terminal list"), nothing.err());
    Ran placed = run("terminal", "place", "T-0042", "--division=J01", "--json");
    assertEquals(
        "{\"division\":\"J01\",\"outcome\":\"DONE\",\"terminal\":\"T-0042\"}",
        placed.out().strip());

    assertEquals(ExitCode.REFUSED, run("terminal", "ticket", "T-0042", "--organ=mayor").exit());
    assertEquals(ExitCode.OK, run("terminal", "revoke", "T-0042").exit());
    assertEquals(ExitCode.REFUSED, run("terminal", "revoke", "T-0042").exit());
    assertEquals(ExitCode.OK, run("terminal", "ticket", "T-0042", "--organ=mayor").exit());
  }

  @Test
  void ticketInJsonIsOneObjectOnStandardOutput() throws Exception {
    Ran made = run("terminal", "ticket", "T-0042", "--organ=mayor", "--valid=PT1H", "--json");
    Map<String, Object> object =
        CanonicalJson.read(made.out().strip().getBytes(StandardCharsets.UTF_8));
    assertEquals("T-0042", object.get("terminal"));
    EnrollmentTicket ticket = EnrollmentTicket.parse(String.valueOf(object.get("ticket")));
    assertEquals("localhost", ticket.url().getHost());
    Duration left =
        Duration.between(Instant.now(), Instant.parse(String.valueOf(object.get("expires"))));
    assertTrue(left.compareTo(Duration.ofHours(1)) <= 0 && left.toMinutes() >= 55, left.toString());
  }

  @Test
  void wrongArgumentsAreRefusedOrAUsageError() {
    assertEquals(ExitCode.REFUSED, run("terminal", "ticket", "42", "--organ=mayor").exit());
    assertEquals(ExitCode.REFUSED, run("terminal", "ticket", "T-1", "--organ=nobody").exit());
    assertEquals(
        ExitCode.REFUSED,
        run("terminal", "ticket", "T-1", "--organ=mayor", "--valid=PT25H").exit());
    assertEquals(
        ExitCode.USAGE,
        run("terminal", "ticket", "T-1", "--organ=mayor", "--valid=tomorrow").exit());
    assertEquals(ExitCode.USAGE, run("terminal", "ticket", "T-1").exit());
    assertEquals(ExitCode.REFUSED, run("terminal", "revoke", "T-9").exit());
  }

  @Test
  void everyOutcomeHasATextInBothLanguages() {
    for (Locale locale : List.of(Locale.JAPANESE, Locale.ENGLISH)) {
      Texts texts = Texts.of(Console.class, locale);
      for (String key : TerminalCommand.keys()) {
        assertFalse(texts.say(key, "T-0042", "mayor").isBlank(), key);
      }
    }
  }

  @Test
  void aSystemIsCertifiedForTheKeyOfItsRequestListedAndRevoked() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    byte[] csr =
        new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=x"), pair.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
            .getEncoded();
    Path request = dir.resolve("request.pem");
    Files.writeString(
        request,
        "-----BEGIN CERTIFICATE REQUEST-----\n"
            + Base64.getMimeEncoder().encodeToString(csr)
            + "\n-----END CERTIFICATE REQUEST-----\n");
    String[] certify = {
      "service",
      "certify",
      "keycloak",
      "--realm=city",
      "--origin=https://sso.city.example",
      "--request=" + request,
      "--out=" + dir.resolve("out")
    };
    Ran certified = run(certify);
    assertEquals(ExitCode.OK, certified.exit(), certified.err());
    try (InputStream in = Files.newInputStream(dir.resolve("out").resolve("keycloak.crt"))) {
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      assertEquals(pair.getPublic(), certificate.getPublicKey());
      assertEquals(
          "urn:sekisho:service:keycloak",
          certificate.getSubjectAlternativeNames().iterator().next().get(1));
    }
    assertTrue(Files.exists(dir.resolve("out").resolve("server-ca.crt")));
    assertTrue(run("service", "list").out().contains("https://sso.city.example"));
    Files.writeString(request, "no request");
    Ran refused = run(certify);
    assertEquals(ExitCode.REFUSED, refused.exit());
    assertTrue(refused.err().contains("PKCS#10"), refused.err());
    assertEquals(ExitCode.OK, run("service", "revoke", "keycloak").exit());
    assertEquals(ExitCode.REFUSED, run("service", "revoke", "keycloak").exit());
    for (Locale locale : List.of(Locale.JAPANESE, Locale.ENGLISH)) {
      for (String key : ServiceCommand.keys()) {
        assertFalse(Texts.of(Console.class, locale).say(key, "keycloak").isBlank(), key);
      }
    }
  }
}
