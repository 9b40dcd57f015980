package jp.sekisho.server.authn;

import io.micronaut.context.annotation.Requires;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import jp.sekisho.server.card.CardTrusts;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.card.TrustAlarms;
import jp.sekisho.server.config.Installation;

/** What is done by the minute for the pinned trust of cards. */
@Singleton
@Requires(beans = Installation.class)
final class TrustRounds {
  private final StaffTrust trust;
  private final CardTrusts trusts;
  private final TrustAlarms alarms;

  TrustRounds(StaffTrust trust, CardTrusts trusts, TrustAlarms alarms) {
    this.trust = trust;
    this.trusts = trusts;
    this.alarms = alarms;
  }

  /** Tells of a broken file before somebody's login meets it. */
  @Scheduled(fixedDelay = "${sekisho.trust-look:15s}", initialDelay = "${sekisho.trust-look:15s}")
  void look() {
    trusts.look();
    alarms.write();
  }

  /** On a thread of its own: an address that dawdles must not delay the alarms. */
  @Scheduled(fixedDelay = "${sekisho.crl-refresh:10m}", initialDelay = "${sekisho.crl-first:1s}")
  void refresh() {
    trust.refresh();
  }
}
