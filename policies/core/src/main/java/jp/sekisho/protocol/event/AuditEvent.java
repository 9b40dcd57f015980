package jp.sekisho.protocol.event;

import java.util.Map;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened and must be in the log; one sealed interface per feature.
 *
 * <p>{@link #type} is {@code feature.outcome}. An event with a {@link #reason} is a failure.
 */
public sealed interface AuditEvent
    permits AgentEvent,
        AuthenticatorEvent,
        BreachEvent,
        DeputyEvent,
        DeskEvent,
        EmergencyCaseEvent,
        GrantEvent,
        LogEvent,
        LoginEvent,
        MeasureEvent,
        MediumEvent,
        PasskeyEvent,
        PersonEvent,
        PolicyEvent,
        RelyingEvent,
        ServiceEvent,
        SessionEvent,
        SetupEvent,
        TemporaryEvent,
        TerminalEvent {

  /** {@code feature.outcome}, such as {@code login.refused}. */
  String type();

  /** Why it failed; null for a success. */
  default @Nullable Refusal reason() {
    return null;
  }

  /** Fields of this type, canonical JSON values only; never a name, a secret or content. */
  default Map<String, Object> data() {
    return Map.of();
  }
}
