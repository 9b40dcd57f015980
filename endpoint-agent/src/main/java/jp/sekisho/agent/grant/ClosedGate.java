package jp.sekisho.agent.grant;

import java.util.List;
import java.util.function.Consumer;
import jp.sekisho.agent.enforce.media.MediaGate;
import jp.sekisho.agent.enforce.media.OpenOutcome;
import jp.sekisho.agent.enforce.media.PluggedMedium;
import jp.sekisho.protocol.Refusal;

/**
 * The gate of an agent that gates nothing ({@code --no-enforcement}): it sees no medium and opens
 * none, so every grant is refused there.
 */
public final class ClosedGate implements MediaGate {
  @Override
  public List<PluggedMedium> plugged() {
    return List.of();
  }

  @Override
  public void onPlugged(Consumer<PluggedMedium> listener) {
    // There is never one to tell of.
  }

  @Override
  public void onUnplugged(Consumer<PluggedMedium> listener) {
    // There is never one to tell of.
  }

  @Override
  public OpenOutcome openReadOnly(PluggedMedium medium, int user) {
    return new OpenOutcome.Failed(Refusal.NOT_ENFORCING);
  }

  @Override
  public boolean close(PluggedMedium medium) {
    return true;
  }
}
