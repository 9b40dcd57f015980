package jp.sekisho.agent.enforce;

import java.util.List;
import java.util.function.Consumer;
import jp.sekisho.protocol.Refusal;

/** The media of an agent that gates nothing: none is seen and none is opened. */
public final class NoMedia implements MediaGate {
  @Override
  public List<PluggedMedium> plugged() {
    return List.of();
  }

  @Override
  public void onPlugged(Consumer<PluggedMedium> listener) {}

  @Override
  public void onUnplugged(Consumer<PluggedMedium> listener) {}

  @Override
  public OpenOutcome openReadOnly(PluggedMedium medium, int user) {
    return new OpenOutcome.Failed(Refusal.NOT_ENFORCING);
  }

  @Override
  public WriteOutcome write(PluggedMedium medium, MediumWriter writer) {
    return new WriteOutcome.Failed(Refusal.NOT_ENFORCING, false);
  }

  @Override
  public WriteOutcome read(PluggedMedium medium, MediumReader reader) {
    return new WriteOutcome.Failed(Refusal.NOT_ENFORCING, false);
  }

  @Override
  public boolean close(PluggedMedium medium) {
    return true;
  }
}
