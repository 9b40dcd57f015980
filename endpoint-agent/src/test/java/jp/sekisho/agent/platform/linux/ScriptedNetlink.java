package jp.sekisho.agent.platform.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import jp.sekisho.agent.enforce.usb.UsbEvents;

/**
 * The C library as {@link NetlinkUevents} calls it, with answers of recvmsg(2) from a queue; an
 * empty one is a quiet while. Only a root user of a machine can make the kernel's own queue run
 * over, which a test in the VM does.
 */
public final class ScriptedNetlink {
  private static final int QUIET_MILLIS = 20;

  /** Each fills the buffers of a {@code struct msghdr} and says the length, or minus the errno. */
  private final LinkedBlockingQueue<ToIntFunction<Memory>> answers = new LinkedBlockingQueue<>();

  /** What reads these answers. */
  public UsbEvents uevents() {
    LibC libc =
        (LibC)
            Proxy.newProxyInstance(
                LibC.class.getClassLoader(),
                new Class<?>[] {LibC.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "recvmsg" -> receive((Memory) arguments[1]);
                      case "close" -> 0;
                      default -> throw new AssertionError(method.getName());
                    });
    return new NetlinkUevents(-1, libc);
  }

  private NativeLong receive(Memory header) throws InterruptedException {
    ToIntFunction<Memory> answer = answers.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
    int length = answer == null ? -LibC.EAGAIN : answer.applyAsInt(header);
    if (length < 0) {
      Native.setLastError(-length);
    }
    return new NativeLong(Math.max(length, -1));
  }

  /** The queue is full, and something of it is gone. */
  public void overflow() {
    fail(LibC.ENOBUFS);
  }

  void fail(int errno) {
    answers.add(header -> -errno);
  }

  /** A message of the kernel; {@code |} ends a field. */
  void say(String fields) {
    say(fields, 0, 0, 0);
  }

  /**
   * A message.
   *
   * @param port of the sender; the kernel's is 0
   * @param flags such as {@code MSG_TRUNC}
   */
  void say(String fields, int port, int uid, int flags) {
    byte[] text = fields.replace('|', '\0').getBytes(StandardCharsets.UTF_8);
    answers.add(header -> {
      header.getPointer(0).setInt(4, port);
      header.getPointer(16).getPointer(0).write(0, text, 0, text.length);
      var control = header.getPointer(32);
      control.setInt(8, LibC.SOL_SOCKET);
      control.setInt(12, LibC.SCM_CREDENTIALS);
      control.setInt(20, uid);
      header.setLong(40, 28);
      header.setInt(48, flags);
      return text.length;
    });
  }
}
