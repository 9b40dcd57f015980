package jp.sekisho.server.listener;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Beans made from {@link ListenerSettings} and {@link ServerKeys}, which the launcher provides. */
@Factory
@Requires(beans = ListenerSettings.class)
final class ListenerBeans {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalCounter.class);

  @Singleton
  Answers answers(ListenerSettings settings) {
    return new Answers(settings.helpLine());
  }

  @Singleton
  DeviceCa deviceCa(ServerKeys keys) {
    return new DeviceCa(keys.deviceCa());
  }

  /** Where no counter is: the service's own log, without the address. */
  @Singleton
  @Requires(missingBeans = RefusalCounter.class)
  RefusalCounter logged() {
    return (source, refusal) -> LOG.warn("refused a stranger: {}", refusal);
  }
}
