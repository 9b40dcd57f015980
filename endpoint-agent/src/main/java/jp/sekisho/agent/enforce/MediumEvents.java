package jp.sekisho.agent.enforce;

/** What the gate tells about storage; called on the decision thread, so to be quick. */
public interface MediumEvents {
  /** A storage device was plugged in and is blocked. */
  void plugged(PluggedMedium medium);

  /** A storage device left its port. */
  void unplugged(PluggedMedium medium);

  /**
   * A block device appeared behind a port.
   *
   * @param name of the disk or partition, such as {@code sda1}
   */
  void volume(String port, String name);
}
