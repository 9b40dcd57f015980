package jp.sekisho.agent.enforce.usb;

/**
 * Something the kernel said about USB.
 *
 * @param kind what happened
 * @param port the port it happened at; empty for {@code CONTROLLER}, {@code LOST} and {@code QUIET}
 * @param detail name of the block device for {@code VOLUME}; else empty
 */
public record UsbSignal(Kind kind, String port, String detail) {
  /** What can happen. */
  public enum Kind {
    /** A controller appeared; its gate is not closed unless the kernel's default is. */
    CONTROLLER,
    /** The kernel finished looking at a new device: now it is decided. */
    BOUND,
    /**
     * An interface appeared, got a driver, or a network device appeared behind it: the device was
     * authorised, by us or by somebody else.
     */
    INTERFACE,
    /** A block device appeared behind a port. */
    VOLUME,
    /** A device left. */
    REMOVED,
    /** Messages were lost or not understood: everything has to be looked at again. */
    LOST,
    /** Nothing happened for a while. */
    QUIET
  }

  /** A signal without a port. */
  public static UsbSignal of(Kind kind) {
    return new UsbSignal(kind, "", "");
  }
}
