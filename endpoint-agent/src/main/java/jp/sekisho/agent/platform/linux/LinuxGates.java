package jp.sekisho.agent.platform.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import jp.sekisho.agent.enforce.DecisionLog;
import jp.sekisho.agent.enforce.Gates;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.NoMedia;
import jp.sekisho.agent.enforce.media.UsbMediaGate;
import jp.sekisho.agent.enforce.usb.UsbGate;
import jp.sekisho.agent.heartbeat.Enforcement;
import jp.sekisho.policy.usb.UsbEvaluator;
import org.jspecify.annotations.Nullable;

/**
 * The gates of a Linux terminal.
 *
 * <p>Call {@link #closeControllers} first of all, in the first lines of the program.
 */
public final class LinuxGates implements Gates {
  /** The kernel's own tree. */
  public static final Path SYS = Path.of("/sys");

  private static final System.Logger LOG = System.getLogger(LinuxGates.class.getName());

  private final Path sys;
  private final Path ready;
  private @Nullable UsbGate gate;
  private @Nullable UsbMediaGate media;

  /** Gates of this machine; nothing is touched yet. */
  public LinuxGates() {
    this(SYS, ReadyFile.DEFAULT);
  }

  LinuxGates(Path sys, Path ready) {
    this.sys = sys;
    this.ready = ready;
  }

  /**
   * Closes the gates of all USB controllers, without JNA.
   *
   * @throws IOException when one does not close: then this terminal must not run as if it did
   */
  public static void closeControllers(Path sys) throws IOException {
    var open = ControllerGates.close(SysfsUsb.devices(sys));
    if (!open.isEmpty()) {
      throw new IOException("USB controllers that do not close: " + open);
    }
  }

  @Override
  public synchronized void start(DecisionLog log) throws IOException {
    if (gate != null) {
      gate.recordTo(log);
      return;
    }
    BlockDevices blocks = new BlockDevices(sys);
    UsbGate begun = new UsbGate(new SysfsUsb(sys, blocks), NetlinkUevents.open(), System::nanoTime);
    gate = begun;
    UsbMediaGate mediaGate =
        new UsbMediaGate(
            begun,
            new LinuxVolumes(blocks),
            Executors.newCachedThreadPool(task -> {
              Thread thread = new Thread(task, "media");
              thread.setDaemon(true);
              return thread;
            }));
    media = mediaGate;
    begun.tell(mediaGate);
    begun.start(log);
    ReadyFile.write(ready);
  }

  @Override
  public boolean gating() {
    return true;
  }

  @Override
  public synchronized void decideBy(UsbEvaluator rules) {
    if (gate != null) {
      gate.decideBy(rules);
    }
  }

  @Override
  public synchronized Enforcement enforcement() {
    return gate == null ? new Enforcement(false, "starting") : gate.enforcement();
  }

  @Override
  public synchronized MediaGate media() {
    return media == null ? new NoMedia() : media;
  }

  @Override
  public synchronized void close() {
    if (media != null) {
      media.close();
      media = null;
    }
    if (gate != null) {
      gate.close();
      gate = null;
    }
    try {
      ReadyFile.remove(ready);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "ready mark stays", e);
    }
  }
}
