package jp.sekisho.server.config;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.time.InstantSourceFactory;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.InstantSource;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Transactions;

/** Beans out of the {@link Installation}, which the launcher provides and closes. */
@Factory
@Requires(beans = Installation.class)
final class InstallationBeans {
  @Singleton
  ServiceConfig config(Installation installation) {
    return installation.config();
  }

  @Singleton
  Transactions transactions(Installation installation) {
    return installation.transactions();
  }

  @Bean(typed = AuditLogs.class) // closed with the installation, not by the context
  @Singleton
  AuditLogs logs(Installation installation) {
    return installation.logs();
  }

  @Singleton
  RowSeal seal(Installation installation) {
    return installation.seal();
  }

  /** The one clock, also as {@code InstantSource}; Micronaut has one of its own. */
  @Singleton
  @Replaces(bean = InstantSource.class, factory = InstantSourceFactory.class)
  Clock clock(Installation installation) {
    return installation.clock();
  }
}
