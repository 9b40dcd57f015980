package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.policy.Decision;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.PolicyLayer;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.policy.trust.TrustKey;
import jp.sekisho.policy.trust.TrustOutcome;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.EnrollmentTicket;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AuthenticatorEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.person.Organs;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.policy.PolicyImport;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.server.policy.TerminalBundles;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.web.SamplePolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Signed policies from the import to the terminal, on real ports.
 *
 * <p>Past 400 lines: a case for each thing that may be wrong with an import.
 */
class PolicyRouteTest {
  private RunningServer server;
  private SignedPolicies policies;
  private PolicyImport imports;
  private TerminalBundles bundles;
  private FileSigner officer;
  private Agent agent;

  @BeforeEach
  void start() throws Exception {
    server = RunningServer.start();
    policies = server.context.getBean(SignedPolicies.class);
    imports = server.context.getBean(PolicyImport.class);
    bundles = server.context.getBean(TerminalBundles.class);
    officer = FileSigner.of(Agent.newPair("secp256r1"));
    agent = server.active("T-0003");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  /** The service's online key, as its file says it. */
  private TrustKey online() throws IOException {
    Path file = server.installation.directory().keys().resolve("online.key");
    String line = Files.readAllLines(file).getFirst();
    return new TrustKey(line.substring("public ".length()));
  }

  private SignedFile file(TrustKind kind, long version, boolean trial, byte[] body)
      throws GeneralSecurityException {
    return file(kind, null, version, trial, body, officer);
  }

  private SignedFile file(
      TrustKind kind,
      @Nullable String organ,
      long version,
      boolean trial,
      byte[] body,
      FileSigner by)
      throws GeneralSecurityException {
    Instant now = server.clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return SignedFile.sign(
        TrustHeader.of(
            kind,
            organ,
            version,
            now,
            now.plus(kind.maxLife()),
            trial,
            List.of(by.key().id()),
            body),
        body,
        List.of(by));
  }

  private SignedFile root(TrustKey online) throws GeneralSecurityException {
    return file(
        TrustKind.ROOT,
        1,
        true,
        new Root(
                1,
                List.of(new Root.Officer("S-3001", officer.key())),
                online,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of())
            .bytes());
  }

  private static <T> Rule<T> rule(String id, T value) {
    return new Rule<>(id, new Reason("試験", "for a test"), value);
  }

  private SignedFile policy(long version) throws GeneralSecurityException {
    return policy(version, SettingValues.NONE);
  }

  private SignedFile policy(long version, List<LoginFactors> factors)
      throws GeneralSecurityException {
    return policy(
        version,
        new SettingValues.Builder()
            .put(LoginSettings.FACTORS, rule("login.factors", factors))
            .build());
  }

  private SignedFile policy(long version, SettingValues more) throws GeneralSecurityException {
    return file(TrustKind.POLICY, version, true, SamplePolicy.bytes(AddressMatch.REQUIRE, more));
  }

  private void refused(Refusal reason, SignedFile root, SignedFile policy) {
    PolicyImport.Outcome outcome = imports.importFiles(root, policy);
    assertEquals(reason, assertInstanceOf(PolicyImport.Outcome.Refused.class, outcome).reason());
    assertTrue(server.entries("system").contains("policy.import-refused " + reason));
  }

  private PolicyImport.Outcome.Imported imported(SignedFile root, SignedFile policy) {
    PolicyImport.Outcome outcome = imports.importFiles(root, policy);
    return assertInstanceOf(PolicyImport.Outcome.Imported.class, outcome, outcome::toString);
  }

  private TrustBundle fetched() throws Exception {
    HttpResponse<byte[]> answer = agent.get("/agent/v1/policy");
    assertEquals(200, answer.statusCode());
    TrustBundle bundle = TrustBundle.parse(answer.body());
    assertEquals('"' + bundle.tag() + '"', answer.headers().firstValue("ETag").orElseThrow());
    return bundle;
  }

  private TrustedState trusted(
      TrustVerifier verifier, @Nullable TrustedState old, TrustBundle bundle) {
    TrustOutcome outcome = verifier.accept(old, bundle, server.clock.instant());
    return assertInstanceOf(TrustOutcome.Accepted.class, outcome, outcome::toString).state();
  }

  @Test
  void nothingWasImported() throws Exception {
    assertEquals(Refusal.POLICY_MISSING, Agent.refusal(agent.get("/agent/v1/policy")));
    assertTrue(policies.current().isEmpty());
    assertNull(ticket().rootHash());
  }

  private EnrollmentTicket ticket() {
    Tickets tickets = server.context.getBean(Tickets.class);
    return assertInstanceOf(
            Tickets.Made.Ticket.class, tickets.make("T-0099", "mayor", Duration.ofHours(1)))
        .ticket();
  }

  @Test
  void whatOfficersSignedReachesTheTerminalAndPinsNewOnes() throws Exception {
    SignedFile root = root(online());
    imported(root, policy(1));
    assertEquals(root.hash(), ticket().rootHash());
    TrustBundle bundle = fetched();
    assertArrayEquals(root.file(), bundle.roots().getFirst().file());
    TrustedState state = trusted(new TrustVerifier("mayor", "T-0003", root.hash()), null, bundle);
    assertTrue(state.trial());
    assertEquals(policies.current().orElseThrow().hash(), state.signedPolicy().hash());
    List<String> entries = server.entries("system");
    assertTrue(entries.contains("policy.imported"), entries.toString());
    assertEquals(2, entries.stream().filter("policy.renewed"::equals).count());
  }

  private static boolean takesPasskeys(RunningServer server) {
    SignedPolicies policies = server.context.getBean(SignedPolicies.class);
    return server
        .installation
        .transactions()
        .<Boolean>read(handle -> policies.allows(handle, LoginFactors.PASSKEY));
  }

  @Test
  void passkeysCountWhereThePolicyInForceNamesThemAndBeforeItInATrialOnly() throws Exception {
    assertTrue(takesPasskeys(server), "a trial without a policy");
    try (RunningServer real = RunningServer.startTls()) {
      assertFalse(takesPasskeys(real), "no trial and no policy");
    }
    SignedFile root = root(online());
    imported(root, policy(1));
    assertFalse(takesPasskeys(server), "a policy that says nothing of it");
    imported(root, policy(2, List.of(LoginFactors.CARD_PIN)));
    assertFalse(takesPasskeys(server), "a policy of cards only");
    imported(root, policy(3, List.of(LoginFactors.CARD_PIN, LoginFactors.PASSKEY)));
    assertTrue(takesPasskeys(server), "a policy of both");
    server.clock.forward(TrustKind.POLICY.maxLife().plusDays(1));
    assertFalse(takesPasskeys(server), "a policy that expired");
  }

  private String ruled(LoginFactors factors, @Nullable CardKind card, boolean sameAddress) {
    LoginAttempt attempt =
        new LoginAttempt(factors, card, sameAddress, LocalDateTime.of(2026, 11, 24, 10, 0), null);
    return server
        .installation
        .transactions()
        .<Optional<Decision>>read(
            handle -> policies.logins(handle, "mayor", "T-0003").decide(attempt))
        .map(decision -> decision.ruling().effect() + " " + decision.rule())
        .orElse("nothing");
  }

  @Test
  void aPolicyThatIsOverLetsInNothingButStaffCardsAtTheirTerminal() throws Exception {
    assertEquals("nothing", ruled(LoginFactors.CARD_PIN, CardKind.STAFF_PIV, true));
    imported(root(online()), policy(1, List.of(LoginFactors.CARD_PIN, LoginFactors.PASSKEY)));
    assertEquals("audit built-in.unset", ruled(LoginFactors.PASSKEY, null, true), "in force");
    server.clock.forward(TrustKind.POLICY.maxLife().plusDays(1));
    assertEquals("audit built-in.lapsed", ruled(LoginFactors.CARD_PIN, CardKind.STAFF_PIV, true));
    String refused = "block built-in.lapsed";
    assertEquals(refused, ruled(LoginFactors.PASSKEY, null, true));
    assertEquals(refused, ruled(LoginFactors.CARD_PIN, CardKind.STAFF_PIV, false));
    assertEquals(refused, ruled(LoginFactors.CARD_PIN, CardKind.JPKI, true));
  }

  @Test
  void theSameTagIsAnsweredWithoutABody() throws Exception {
    imported(root(online()), policy(1));
    String tag = '"' + fetched().tag() + '"';
    HttpResponse<byte[]> answer = agent.get("/agent/v1/policy", "If-None-Match", tag);
    assertEquals(304, answer.statusCode());
    assertEquals(0, answer.body().length);
    assertEquals(200, agent.get("/agent/v1/policy", "If-None-Match", "\"x\"").statusCode());
  }

  @Test
  void currentIsMadeAnewLongBeforeItRunsOut() throws Exception {
    SignedFile root = root(online());
    imported(root, policy(1));
    TrustVerifier verifier = new TrustVerifier("mayor", "T-0003", root.hash());
    TrustBundle first = fetched();
    TrustedState state = trusted(verifier, null, first);
    server.clock.forward(Duration.ofHours(11));
    assertEquals(first.tag(), fetched().tag());
    server.clock.forward(Duration.ofHours(2));
    TrustBundle second = fetched();
    assertNotEquals(first.tag(), second.tag());
    assertEquals(first.roster().hash(), second.roster().hash());
    TrustedState next = trusted(verifier, state, second);
    assertTrue(next.signedCurrent().version() > state.signedCurrent().version());
  }

  @Test
  void aCardOfACurrentPersonIsOnTheRosterOfTheOrgan() throws Exception {
    SignedFile root = root(online());
    imported(root, policy(1));
    TrustVerifier verifier = new TrustVerifier("mayor", "T-0003", root.hash());
    TrustedState state = trusted(verifier, null, fetched());
    byte[] spki = Sha256.of(new byte[] {7});
    registerPerson();
    insertCard(spki, "S1001");
    server.clock.forward(Duration.ofSeconds(6));
    TrustedState next = trusted(verifier, state, fetched());
    assertEquals("S1001", next.roster().personOf(Base64Url.encode(spki)).orElseThrow());
  }

  /** S1001 of the mayor's. */
  private void registerPerson() {
    EntryReceipt _ =
        server
            .installation
            .transactions()
            .write(change -> {
              Organs.create(change.handle(), Map.of("mayor", "市長部局"));
              return change.record(Entry.Subject.NONE, new ServiceEvent.Started("test"));
            });
    assertInstanceOf(
        PersonImport.Outcome.Done.class,
        new PersonImport(
                server.installation.transactions(),
                server.installation.seal(),
                _ -> 1,
                server.installation.clock())
            .run(
                """
                staff_number,name,organ,division,division_name,post,from,until,roles
                S1001,山田 花子,mayor,J01,住民課,主事,2026-04-01,,CLERK
                """
                    .getBytes(StandardCharsets.UTF_8),
                false));
  }

  private void insertCard(byte[] spki, String person) {
    EntryReceipt _ =
        server
            .installation
            .transactions()
            .write(change -> {
              EntryReceipt entry =
                  change.record(
                      Entry.Subject.person("mayor", person),
                      new AuthenticatorEvent.Registered(
                          "staff-piv", Base64Url.encode(spki), "normal"));
              byte[] mac =
                  server
                      .installation
                      .seal()
                      .seal(
                          "authenticator",
                          entry,
                          spki,
                          person,
                          "staff-piv",
                          spki,
                          "normal",
                          "active");
              int _ =
                  change
                      .handle()
                      .execute(
                          "insert into authenticator values (?, ?, ?, ?, ?, ?, ?, ?)",
                          spki,
                          person,
                          "staff-piv",
                          spki,
                          "normal",
                          "active",
                          entry.entryId(),
                          mac);
              return entry;
            });
  }

  /** A root under which mayor has layers, signed by {@code delegate} alone. */
  private SignedFile layeredRoot(long version, FileSigner delegate) throws Exception {
    Root.Officer one = new Root.Officer("S-4001", delegate.key());
    return file(
        TrustKind.ROOT,
        version,
        true,
        new Root(
                1,
                List.of(new Root.Officer("S-3001", officer.key())),
                online(),
                List.of(),
                List.of(),
                List.of(),
                List.of(new Root.Delegation("mayor", one)),
                List.of("mayor"),
                List.of())
            .bytes());
  }

  private SignedFile layer(LayerScope scope, long version, int minutes, FileSigner by)
      throws GeneralSecurityException {
    Rule<Duration> idle =
        new Rule<>(
            "idle." + (scope.division() == null ? "mayor" : scope.division()),
            new Reason("試験", "for a test"),
            Duration.ofMinutes(minutes),
            scope.layer());
    LayerScope tax = new LayerScope("mayor", "tax", null);
    List<ScopedLayer.Below> below =
        scope.text().equals("mayor")
            ? List.of(new ScopedLayer.Below(tax, List.of("T-00*")))
            : List.of();
    SettingValues values =
        new SettingValues.Builder().put(LoginSettings.SESSION_IDLE, idle).build();
    ScopedLayer layer =
        new ScopedLayer(scope, below, new PolicyLayer(scope.layer(), values, List.of()));
    return file(TrustKind.POLICY, scope.organ(), version, true, layer.bytes(), by);
  }

  @Test
  void layersAreImportedWholeAndReachTheTerminalsTheyConcern() throws Exception {
    FileSigner delegate = FileSigner.of(pair());
    LayerScope mayor = new LayerScope("mayor", null, null);
    LayerScope tax = new LayerScope("mayor", "tax", null);
    SignedFile root = layeredRoot(1, delegate);
    SignedFile policy = policy(1);
    SignedFile own = layer(mayor, 1, 14, delegate);
    SignedFile below = layer(tax, 1, 10, delegate);
    refused(Refusal.POLICY_LAYER_MISSING, root, policy);
    refusedLayers(Refusal.POLICY_LAYER_MISSING, root, policy, List.of(own));
    SignedFile foreign = layer(new LayerScope("education", null, null), 1, 9, delegate);
    refusedLayers(Refusal.POLICY_DELEGATE, root, policy, List.of(own, below, foreign));
    assertInstanceOf(
        PolicyImport.Outcome.Imported.class,
        imports.importFiles(root, policy, List.of(own, below)));

    TrustBundle bundle = fetched();
    assertEquals(2, bundle.layers().size());
    TrustVerifier verifier = new TrustVerifier("mayor", "T-0003", root.hash());
    TrustedState state = trusted(verifier, null, bundle);
    assertEquals(Duration.ofMinutes(10), state.policy().login().sessionIdle().value());
    assertEquals(1, bundles.bundle("mayor", "T-9003").orElseThrow().layers().size());
    assertTrue(bundles.bundle("education", "T-0003").orElseThrow().layers().isEmpty());
    assertEquals(Duration.ofMinutes(10), idleAt("mayor", "T-0003"));
    assertEquals(Duration.ofMinutes(15), idleAt("education", "T-0003"));
    var rules =
        server.installation.transactions().read(handle -> policies.ruleIds(handle, "mayor"));
    assertEquals(Set.of("idle.mayor", "idle.tax"), rules.own());
    assertFalse(rules.common().isEmpty() || rules.common().contains("idle.mayor"));

    // The delegate alone brings a stricter layer; what he does not bring stays.
    assertInstanceOf(
        PolicyImport.Outcome.Imported.class,
        imports.importFiles(root, policy, List.of(layer(tax, 2, 7, delegate))));
    TrustedState next = trusted(verifier, state, fetched());
    assertEquals(Duration.ofMinutes(7), next.policy().login().sessionIdle().value());
    refusedLayers(Refusal.POLICY_OLDER, root, policy, List.of(below));

    // A layer's row taken out of the database is noticed, not served without.
    sql("delete from signed_file where organ = 'mayor/tax'");
    assertThrows(TamperedException.class, policies::current);
    server.clock.forward(Duration.ofSeconds(6));
    assertEquals(Refusal.STATE_TAMPERED, Agent.refusal(agent.get("/agent/v1/policy")));
  }

  private Duration idleAt(String organ, String terminal) {
    return server
        .installation
        .transactions()
        .read(handle -> policies.rulesOf(handle, organ, terminal))
        .orElseThrow()
        .login()
        .sessionIdle()
        .value();
  }

  private void refusedLayers(
      Refusal reason, SignedFile root, SignedFile policy, List<SignedFile> layers) {
    PolicyImport.Outcome outcome = imports.importFiles(root, policy, layers);
    assertEquals(
        reason,
        assertInstanceOf(PolicyImport.Outcome.Refused.class, outcome, outcome::toString).reason());
  }

  @Test
  void whatDoesNotFollowIsRefusedAndNothingChanges() throws Exception {
    SignedFile root = root(online());
    SignedFile first = policy(1);
    refused(Refusal.POLICY_MISMATCH, root(FileSigner.of(pair()).key()), first);
    imported(root, policy(2));
    assertTrue(imported(root, fetched().policy()).again());
    refused(Refusal.POLICY_OLDER, root, first);
    FileSigner own = officer;
    officer = FileSigner.of(pair());
    refused(Refusal.POLICY_SIGNATURE, root, policy(3));
    refused(Refusal.POLICY_OLDER, root(online()), policy(3));
    officer = own;
    assertEquals(2, policies.current().orElseThrow().version());
  }

  private static KeyPair pair() throws GeneralSecurityException {
    return Agent.newPair("secp256r1");
  }

  @Test
  void aRowThatSomebodyEditedIsNotServed() throws Exception {
    imported(root(online()), policy(1));
    byte[] forged = policy(9).file();
    int _ =
        server
            .installation
            .database()
            .writer()
            .sequence(handle ->
                handle.execute("update signed_file set file = ? where kind = 'policy'", forged));
    assertEquals(Refusal.STATE_TAMPERED, Agent.refusal(agent.get("/agent/v1/policy")));
    server.awaitEntry("system", "service.state-tampered STATE_TAMPERED");
  }

  private void sql(String... statements) {
    for (String statement : statements) {
      int _ = server.installation.database().writer().sequence(handle -> handle.execute(statement));
    }
  }

  @Test
  void rowsTakenOutOfTheDatabaseNeverMeanThatThereWasNoPolicy() throws Exception {
    SignedFile root = root(online());
    SignedFile policy = policy(2);
    imported(root, policy);
    sql("delete from signed_file");
    assertThrows(TamperedException.class, policies::current);
    assertEquals(Refusal.STATE_TAMPERED, Agent.refusal(agent.get("/agent/v1/policy")));
    assertThrows(TamperedException.class, this::ticket);
    imports.check();
    assertTrue(server.entries("system").contains("service.state-tampered STATE_TAMPERED"));

    refused(Refusal.POLICY_OLDER, root, policy(1));
    FileSigner own = officer;
    officer = FileSigner.of(pair());
    refused(Refusal.POLICY_OLDER, root(online()), policy(3));
    officer = own;
    imported(root, policy);
    assertEquals(2, policies.current().orElseThrow().version());
    assertEquals(root.hash(), ticket().rootHash());
  }

  @Test
  void anOlderRowPutBackWithItsSealIsNoticed() throws Exception {
    SignedFile root = root(online());
    imported(root, policy(1));
    sql("create table keep as select * from signed_file where kind = 'policy'");
    imported(root, policy(2));
    sql(
        "delete from signed_file where kind = 'policy'",
        "insert into signed_file select * from keep",
        "drop table keep");
    assertThrows(TamperedException.class, policies::current);
  }

  @Test
  void whatAnOfficerSignsWithARevokedCardIsNotImported() throws Exception {
    SignedFile root = root(online());
    imported(root, policy(1));
    String key = officer.key().id();
    registerPerson();
    insertCard(Base64Url.decode(key), "S1001");
    imported(root, policy(2));
    assertInstanceOf(
        CardRegistry.Outcome.Changed.class,
        server.context.getBean(CardRegistry.class).revoke("S1001", key));
    refused(Refusal.POLICY_SIGNATURE, root, policy(3));
    assertEquals(2, policies.current().orElseThrow().version(), "what counts stays");
  }

  @Test
  void whatACardWithAnEditedRowSignsIsNotImported() throws Exception {
    SignedFile root = root(online());
    imported(root, policy(1));
    String key = officer.key().id();
    registerPerson();
    insertCard(Base64Url.decode(key), "S1001");
    assertInstanceOf(
        CardRegistry.Outcome.Changed.class,
        server.context.getBean(CardRegistry.class).revoke("S1001", key));
    sql("update authenticator set state = 'active'");
    refused(Refusal.POLICY_SIGNATURE, root, policy(2));
  }

  @Test
  void aStartCatchesUpWithRowsThatACrashLeftAlone() throws Exception {
    imported(root(online()), policy(1));
    Path kept = server.installation.directory().keys().resolve("officer-files.last");
    byte[] last = Files.readAllBytes(kept);
    Files.delete(kept);
    assertEquals(1, policies.current().orElseThrow().version());
    imports.check();
    assertArrayEquals(last, Files.readAllBytes(kept));
  }

  @Test
  void anExpiredPolicyIsNotInForce() throws Exception {
    imported(root(online()), policy(1));
    server.clock.forward(Duration.ofDays(400));
    assertTrue(policies.current().isEmpty());
  }

  @Test
  void theOnlineKeyIsItsOwnersOnly() throws Exception {
    Path file = server.installation.directory().keys().resolve("online.key");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }
}
