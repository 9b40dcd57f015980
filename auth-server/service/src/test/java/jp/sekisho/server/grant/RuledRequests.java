package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Persons, one medium and rules that a test sets, for what clerks ask for and approvers' cards
 * approve.
 */
@SuppressWarnings("NullAway.Init") // by open()
abstract class RuledRequests {
  private static final String PERSONS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      100042,関 所太郎,mayor,0101,市民課,主事,2026-04-01,2027-03-31,CLERK
      100050,立会 次郎,mayor,0101,市民課,主事,2026-04-01,2027-03-31,CLERK
      200001,管理 花子,mayor,0101,市民課,主査,2026-04-01,2027-03-31,ADMIN
      300001,承認 一郎,mayor,0101,市民課,課長,2026-04-01,2027-03-31,CLERK;APPROVER
      300002,承認 二郎,mayor,0101,市民課,課長補佐,2026-04-01,2027-03-31,CLERK;APPROVER
      300003,承認 三郎,mayor,0101,市民課,課長補佐,2026-04-01,2027-03-31,CLERK;APPROVER
      300004,転出 四郎,mayor,0101,市民課,課長補佐,2026-04-01,2026-11-21,CLERK;APPROVER
      """;
  static final String CLERK = "100042";
  static final String ATTENDANT = "100050";
  static final List<String> APPROVERS = List.of("300001", "300002", "300003", "300004");

  @TempDir private Path directory;
  final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));
  final PolicyRules signed = new PolicyRules();
  GrantRun run;
  Session clerk;

  /** Where the rows are; its clock is {@link #clock}. */
  OpenStorage storage(Path place) {
    return OpenStorage.sqlite(place, clock);
  }

  @BeforeEach
  void open() {
    run = new GrantRun(storage(directory), clock, signed);
    run.storage
        .database
        .writer()
        .write(h -> h.execute("insert into organ (id, name) values ('mayor', '市長部局')"));
    assertInstanceOf(
        PersonImport.Outcome.Done.class,
        new PersonImport(run.storage.transactions, run.storage.seal, _ -> 1, clock)
            .run(PERSONS.getBytes(StandardCharsets.UTF_8), false));
    run.media.register("M-0007", "mayor", GrantRun.FINGERPRINT);
    clerk = run.login(CLERK, "T-0001");
    rules(PolicyRules.leaving().build());
  }

  @AfterEach
  void close() {
    run.close();
  }

  void rules(SettingValues settings) {
    rules(settings, APPROVERS);
  }

  void rules(SettingValues settings, List<String> approvers) {
    signed.of(
        PolicyRules.rules(
            Duration.ofMinutes(30),
            approvers.stream()
                .map(one -> new Approver(one, "mayor", Sha256.text(key(one))))
                .toList()),
        settings);
  }

  <T> void rules(Setting<T> setting, T value) {
    rules(PolicyRules.put(PolicyRules.leaving(), setting, value).build());
  }

  static byte[] key(String person) {
    return TestKeys.of(person).getPublic().getEncoded();
  }

  void refused(Refusal reason, NewGrant wanted) {
    refused(reason, run.requests.request(clerk, wanted));
    assertTrue(run.entries().getLast().equals("grant.refused " + reason), run.entries().toString());
  }

  static void refused(Refusal reason, Verdict<?> verdict) {
    assertEquals(Verdict.refused(reason), verdict);
  }

  static <P> P passed(Verdict<P> verdict) {
    return switch (verdict) {
      case Verdict.Passed<P>(P proof) -> proof;
      case Verdict.Refused<P>(Refusal reason) -> throw new AssertionError(reason);
    };
  }

  Verdict<EntryReceipt> approve(String person, String id) {
    return approve(person, key(person), id);
  }

  Verdict<EntryReceipt> approve(String person, byte[] key, String id) {
    return approve(person, key, id, TestKeys::sign);
  }

  /**
   * @param card what it answers to the bytes it is asked to sign
   */
  Verdict<EntryReceipt> approve(
      String person, byte[] key, String id, BiFunction<String, byte[], byte[]> card) {
    Session session = run.login(person, "T-0002");
    byte[] text = run.dossier(id).request().signed().bytes();
    CardStatement said =
        new CardStatement(
            "https://auth.city.example",
            Base64Url.encode(new byte[16]),
            Base64Url.encode(new byte[32]),
            Purpose.APPROVE,
            "T-0002",
            Base64Url.encode(new byte[32]),
            Sha256.text(text));
    byte[] signature = card.apply(person, said.bytes());
    return run.approve(session, key, said.bytes(), signature, id, text, false);
  }

  List<GrantOffer> offers() {
    return run.activations
        .offers(GrantRun.terminal("T-0001", clock.instant()), clock.instant())
        .grants();
  }
}
