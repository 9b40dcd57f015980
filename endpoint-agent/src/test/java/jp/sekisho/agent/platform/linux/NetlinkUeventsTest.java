package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import jp.sekisho.agent.enforce.usb.UsbEvents;
import jp.sekisho.agent.enforce.usb.UsbSignal;
import jp.sekisho.agent.enforce.usb.UsbSignal.Kind;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NetlinkUeventsTest {
  private static final String BOUND =
      "bind@/devices/pci0000:00/0000:00:02.0/usb2/2-1|SUBSYSTEM=usb|DEVTYPE=usb_device|";
  private static final UsbSignal PLUGGED = new UsbSignal(Kind.BOUND, "2-1", "");
  private static final UsbSignal LOST = UsbSignal.of(Kind.LOST);

  private final ScriptedNetlink kernel = new ScriptedNetlink();

  @Test
  @DisplayName("a queue that ran over is told as lost messages, and what comes then is read")
  void overflow() throws IOException {
    kernel.say(BOUND);
    kernel.overflow();
    kernel.say(BOUND);
    try (UsbEvents events = kernel.uevents()) {
      assertEquals(PLUGGED, events.next());
      assertEquals(LOST, events.next());
      assertEquals(PLUGGED, events.next());
      assertEquals(UsbSignal.of(Kind.QUIET), events.next());
    }
  }

  @Test
  @DisplayName("a message that was cut, and one that is not understood, are lost ones")
  void notRead() throws IOException {
    kernel.say(BOUND, 0, 0, LibC.MSG_TRUNC);
    kernel.say(BOUND, 0, 0, LibC.MSG_CTRUNC);
    kernel.say("hello|");
    try (UsbEvents events = kernel.uevents()) {
      for (int i = 0; i < 3; i++) {
        assertEquals(LOST, events.next());
      }
    }
  }

  @Test
  @DisplayName("what is not from the kernel itself does not count, nor does an interrupted call")
  void foreign() throws IOException {
    kernel.say(BOUND.replace("2-1", "2-7"), 4711, 0, 0);
    kernel.say(BOUND.replace("2-1", "2-8"), 0, 1000, 0);
    kernel.fail(LibC.EINTR);
    kernel.say(BOUND);
    try (UsbEvents events = kernel.uevents()) {
      assertEquals(PLUGGED, events.next());
    }
  }

  @Test
  @DisplayName("any other error is thrown: the gate then says that it hears nothing")
  void broken() {
    kernel.fail(9);
    try (UsbEvents events = kernel.uevents()) {
      assertThrows(IOException.class, events::next);
    }
  }
}
