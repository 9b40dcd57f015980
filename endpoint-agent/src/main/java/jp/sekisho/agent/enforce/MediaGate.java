package jp.sekisho.agent.enforce;

import java.util.List;
import java.util.function.Consumer;

/**
 * The terminal's storage media: all blocked, except those opened here. Thread-safe.
 *
 * <p>Opening and closing of one medium exclude each other; a close that arrives while an opening
 * runs waits for it and then takes it back.
 */
public interface MediaGate {
  /** Storage devices at a port now, blocked or open. */
  List<PluggedMedium> plugged();

  /** Calls {@code listener} for each storage device plugged in from now on; own thread. */
  void onPlugged(Consumer<PluggedMedium> listener);

  /**
   * Calls {@code listener} for each storage device that left its port from now on; own thread. One
   * that was open is unmounted by then.
   */
  void onUnplugged(Consumer<PluggedMedium> listener);

  /**
   * Authorises exactly this device, waits for its block device, forces that read-only and mounts it
   * {@code ro,nosuid,nodev,noexec} at {@code /run/sekisho/media/<port>/medium}. Takes seconds.
   * Opening what is open answers the same again only for the same user; otherwise it fails.
   *
   * @param user uid that may read the files, and the only one that gets near them; file systems
   *     that keep owners (ext4) show their own
   */
  OpenOutcome openReadOnly(PluggedMedium medium, int user);

  /**
   * Authorises exactly this device and mounts it {@code rw,nosuid,nodev,noexec} where this process
   * alone can see it, has {@code writer} write, unmounts it and withdraws the authorisation; blocks
   * until all of that is done. {@link #close}, from another thread, breaks the writing off: what
   * {@code writer} does next fails, and a device that does not answer is taken away from it.
   *
   * @param writer called on this thread
   */
  WriteOutcome write(PluggedMedium medium, MediumWriter writer);

  /**
   * As {@link #write}, but mounts it {@code ro,nosuid,nodev,noexec}: has {@code reader} read what
   * nobody else can. No medium has to be registered for that.
   *
   * @param reader called on this thread
   */
  WriteOutcome read(PluggedMedium medium, MediumReader reader);

  /**
   * Unmounts, lazily when files are in use, and withdraws the authorisation. Idempotent, from any
   * state, also after the medium left or another took its port; the block itself never goes.
   *
   * @return whether the effect was verified: no mount left and the device not authorised (or gone).
   *     When false, it is tried again by the gate until it is so, and the terminal reports 設定不良
   */
  boolean close(PluggedMedium medium);
}
