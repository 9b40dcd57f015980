package jp.sekisho.server.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.authn.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose cards the service takes. */
class StaffTrustTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

  @TempDir private Path directory;

  private StaffTrust.Judgement judged(byte[] certificate, boolean trial) throws Exception {
    return StaffTrust.load(
            directory, InstantSource.fixed(NOW), StaffTrust.Remote.NONE, StaffTrust.LOGGED, trial)
        .judge(certificate);
  }

  /** Attack: the folder of a trial's CA is pinned in earnest; who reads it makes cards. */
  @Test
  void aCardOfATrialsCaIsRefusedOutsideATrialEvenIfItsCaIsPinned() throws Exception {
    TestCa ca = new TestCa("Staff CA", NOW);
    ca.writeTrust(directory, List.of());
    for (String policy :
        List.of("2.25.329800735698586629295641978511506172918", "1.3.6.1.4.1.32473.1.1")) {
      byte[] card =
          ca.issue("100042", TestCa.rsa().getPublic(), Duration.ofDays(365), policy).getEncoded();
      assertEquals(
          Refusal.CERT_USAGE,
          assertInstanceOf(StaffTrust.Judgement.Distrusted.class, judged(card, false)).reason());
      assertInstanceOf(StaffTrust.Judgement.Trusted.class, judged(card, true));
    }
    byte[] real =
        ca.issue("100042", TestCa.rsa().getPublic(), Duration.ofDays(365), TestCa.HARDWARE_POLICY)
            .getEncoded();
    assertInstanceOf(StaffTrust.Judgement.Trusted.class, judged(real, false));
  }
}
