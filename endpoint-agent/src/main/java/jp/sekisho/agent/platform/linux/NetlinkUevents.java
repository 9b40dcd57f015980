package jp.sekisho.agent.platform.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.util.Optional;
import jp.sekisho.agent.enforce.usb.UsbEvents;
import jp.sekisho.agent.enforce.usb.UsbSignal;
import jp.sekisho.agent.enforce.usb.UsbSignal.Kind;
import jp.sekisho.protocol.MalformedException;

/**
 * The kernel's own messages about devices: netlink, group 1. For one reading thread.
 *
 * <p>Group 1 needs no udev and no rule that runs first. A message counts only when it comes from
 * the kernel itself: sender port 0 and credentials of uid 0; others are dropped. A queue that
 * overflowed, a message that was cut and one that is not understood all answer {@code LOST}.
 */
public final class NetlinkUevents implements UsbEvents {
  private static final int KERNEL_GROUP = 1;

  /** Room for some thousand messages while a device takes its time to be authorised. */
  private static final int QUEUE_BYTES = 4 << 20;

  private static final int MESSAGE_BYTES = 16 * 1024;
  private static final int ADDRESS_BYTES = 12;
  private static final int CONTROL_BYTES = 128;
  private static final int QUIET_SECONDS = 1;

  /** Offsets in {@code struct msghdr} and {@code struct cmsghdr}, 64-bit. */
  private static final int HEADER_BYTES = 56;

  private static final int HEADER_FLAGS = 48;
  private static final int CONTROL_HEADER_BYTES = 16;
  private static final int CREDENTIAL_BYTES = 12;

  private final Memory address = new Memory(ADDRESS_BYTES);
  private final Memory message = new Memory(MESSAGE_BYTES);
  private final Memory control = new Memory(CONTROL_BYTES);
  private final Memory vector = new Memory(16);
  private final Memory header = new Memory(HEADER_BYTES);
  private final byte[] bytes = new byte[MESSAGE_BYTES];
  private final int socket;
  private final LibC libc;
  private boolean closed;

  /**
   * @param socket a netlink socket that listens; its own from now on
   * @param libc what it is read by
   */
  NetlinkUevents(int socket, LibC libc) {
    this.socket = socket;
    this.libc = libc;
  }

  /** Begins to listen; what the kernel says from now on is queued. */
  public static NetlinkUevents open() throws IOException {
    if (Native.POINTER_SIZE != 8) {
      throw new IOException("struct msghdr is known for 64-bit Linux only");
    }
    LibC libc = LibC.INSTANCE;
    int socket =
        libc.socket(
            LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, LibC.NETLINK_KOBJECT_UEVENT);
    if (socket < 0) {
      throw failure("socket");
    }
    NetlinkUevents uevents = new NetlinkUevents(socket, libc);
    try {
      uevents.set(LibC.SO_PASSCRED, 1);
      if (!uevents.trySet(LibC.SO_RCVBUFFORCE, QUEUE_BYTES)) {
        // Without the right to it the queue is smaller, and overflows only mean more rescans.
        uevents.trySet(LibC.SO_RCVBUF, QUEUE_BYTES);
      }
      uevents.setTimeout();
      uevents.listen();
    } catch (IOException e) {
      uevents.close();
      throw e;
    }
    return uevents;
  }

  private void listen() throws IOException {
    try (Memory own = new Memory(ADDRESS_BYTES)) {
      own.clear();
      own.setShort(0, (short) LibC.AF_NETLINK);
      own.setInt(8, KERNEL_GROUP);
      if (libc.bind(socket, own, ADDRESS_BYTES) != 0) {
        throw failure("bind");
      }
    }
  }

  private void set(int option, int value) throws IOException {
    if (!trySet(option, value)) {
      throw failure("setsockopt " + option);
    }
  }

  private boolean trySet(int option, int value) {
    try (Memory memory = new Memory(Integer.BYTES)) {
      memory.setInt(0, value);
      return libc.setsockopt(socket, LibC.SOL_SOCKET, option, memory, Integer.BYTES) == 0;
    }
  }

  private void setTimeout() throws IOException {
    try (Memory time = new Memory(16)) {
      time.setLong(0, QUIET_SECONDS);
      time.setLong(8, 0);
      if (libc.setsockopt(socket, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, time, 16) != 0) {
        throw failure("setsockopt SO_RCVTIMEO");
      }
    }
  }

  @Override
  public UsbSignal next() throws IOException {
    while (true) {
      int length = receive();
      if (length == -LibC.EAGAIN) {
        return UsbSignal.of(Kind.QUIET);
      }
      if (length == -LibC.ENOBUFS) {
        return UsbSignal.of(Kind.LOST);
      }
      if (length == -LibC.EINTR) {
        continue;
      }
      if (length < 0) {
        throw new IOException("recvmsg failed with errno " + -length);
      }
      if (!isFromKernel()) {
        continue;
      }
      if ((header.getInt(HEADER_FLAGS) & (LibC.MSG_TRUNC | LibC.MSG_CTRUNC)) != 0) {
        return UsbSignal.of(Kind.LOST);
      }
      message.read(0, bytes, 0, length);
      try {
        Optional<UsbSignal> signal = Uevent.read(bytes, length);
        if (signal.isPresent()) {
          return signal.get();
        }
      } catch (MalformedException e) {
        return UsbSignal.of(Kind.LOST);
      }
    }
  }

  /** One recvmsg(2): the length, or the negative errno. */
  private synchronized int receive() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    vector.setPointer(0, message);
    vector.setLong(8, MESSAGE_BYTES);
    address.clear();
    control.clear();
    header.clear();
    header.setPointer(0, address);
    header.setInt(8, ADDRESS_BYTES);
    header.setPointer(16, vector);
    header.setLong(24, 1);
    header.setPointer(32, control);
    header.setLong(40, CONTROL_BYTES);
    long length = libc.recvmsg(socket, header, 0).longValue();
    return length < 0 ? -Native.getLastError() : (int) length;
  }

  /** Any program may send to a netlink group; only the kernel sends from port 0 as uid 0. */
  private boolean isFromKernel() {
    if (header.getInt(8) != ADDRESS_BYTES || address.getInt(4) != 0) {
      return false;
    }
    if (header.getLong(40) < CONTROL_HEADER_BYTES + CREDENTIAL_BYTES
        || control.getInt(8) != LibC.SOL_SOCKET
        || control.getInt(12) != LibC.SCM_CREDENTIALS) {
      return false;
    }
    return control.getInt(CONTROL_HEADER_BYTES + 4) == 0;
  }

  private static IOException failure(String call) {
    return new IOException(call + " failed with errno " + Native.getLastError());
  }

  /** Waits for a running {@link #next}, at most about a second, so that no one reads a dead one. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      libc.close(socket);
    }
  }
}
