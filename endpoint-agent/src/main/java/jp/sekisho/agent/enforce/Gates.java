package jp.sekisho.agent.enforce;

import java.io.IOException;
import jp.sekisho.agent.heartbeat.Enforcement;
import jp.sekisho.policy.usb.UsbEvaluator;

/** The gates of this run of the agent. */
public interface Gates extends AutoCloseable {
  /** Gates nothing and says so: {@code --no-enforcement}. */
  Gates NOT_ENFORCING =
      new Gates() {
        @Override
        public void start(DecisionLog log) {}

        @Override
        public boolean gating() {
          return false;
        }

        @Override
        public void decideBy(UsbEvaluator rules) {}

        @Override
        public Enforcement enforcement() {
          return Enforcement.NOT_ENFORCING;
        }

        @Override
        public MediaGate media() {
          return new NoMedia();
        }

        @Override
        public void close() {}
      };

  /**
   * Judges what is plugged in and from then on what is plugged in anew, by the strictest rules
   * until {@link #decideBy} names others. Returns when everything present was judged. When it was
   * begun already, only the place of its records changes: the terminal was enrolled.
   *
   * @throws IOException when the machine cannot be gated; it must not run as if it were
   */
  void start(DecisionLog log) throws IOException;

  /** Whether devices are gated in this run at all. */
  boolean gating();

  /** From now on devices are judged by {@code rules}; those present are judged again. */
  void decideBy(UsbEvaluator rules);

  /** Whether the gates hold, as measured now. */
  Enforcement enforcement();

  /** Storage media. */
  MediaGate media();

  /** Closes every medium and stops deciding. What is blocked stays blocked. */
  @Override
  void close();
}
