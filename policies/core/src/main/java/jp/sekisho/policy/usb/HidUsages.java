package jp.sekisho.policy.usb;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a HID interface says in its report descriptor that it can do (Device Class Definition for
 * HID 1.11, 6.2.2): more than its interface descriptor has to say, and what the kernel's drivers go
 * by.
 *
 * @param keyboard whether it can type: usage Keyboard or Keypad, or anything of the page of keys
 * @param pointer whether it can point: usage Pointer or Mouse
 */
public record HidUsages(boolean keyboard, boolean pointer) {
  /** It can do neither, or there is none. */
  public static final HidUsages NONE = new HidUsages(false, false);

  /** The largest report descriptor that kernels read. */
  public static final int MAX_BYTES = 4096;

  private static final int PAGE_DESKTOP = 0x01;
  private static final int PAGE_KEYS = 0x07;
  private static final int LONG_ITEM = 0xFE;

  // Types and tags of short items, without the bits of their size.
  private static final int USAGE_PAGE = 0x04;
  private static final int PUSH = 0xA4;
  private static final int POP = 0xB4;
  private static final int USAGE = 0x08;

  /** Reads one; what is not whole counts as a keyboard. */
  public static HidUsages of(byte[] descriptor) {
    if (descriptor.length > MAX_BYTES) {
      return new HidUsages(true, false);
    }
    boolean keyboard = false;
    boolean pointer = false;
    int page = 0;
    Deque<Integer> pages = new ArrayDeque<>();
    for (int at = 0; at < descriptor.length; ) {
      int prefix = descriptor[at] & 0xFF;
      boolean isLong = prefix == LONG_ITEM;
      if (isLong && at + 1 == descriptor.length) {
        return new HidUsages(true, pointer);
      }
      int header = isLong ? 3 : 1;
      int size = isLong ? descriptor[at + 1] & 0xFF : (prefix & 3) == 3 ? 4 : prefix & 3;
      if (descriptor.length - at < header + size) {
        return new HidUsages(true, pointer);
      }
      int data = isLong ? 0 : littleEndian(descriptor, at + header, size);
      switch (isLong ? LONG_ITEM : prefix & ~3) {
        case USAGE_PAGE -> page = data;
        case PUSH -> pages.push(page);
        case POP -> page = pages.isEmpty() ? page : pages.pop();
        case USAGE -> {
          // Four bytes bring their own page.
          int of = size == 4 ? data >>> 16 : page;
          int usage = data & 0xFFFF;
          keyboard |= of == PAGE_KEYS || (of == PAGE_DESKTOP && (usage == 6 || usage == 7));
          pointer |= of == PAGE_DESKTOP && (usage == 1 || usage == 2);
        }
        default -> {
          // Says nothing about what it is for.
        }
      }
      keyboard |= page == PAGE_KEYS;
      at += header + size;
    }
    return new HidUsages(keyboard, pointer);
  }

  /** What one and another interface can do together. */
  public HidUsages and(HidUsages other) {
    return new HidUsages(keyboard || other.keyboard, pointer || other.pointer);
  }

  private static int littleEndian(byte[] bytes, int at, int size) {
    int value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | (bytes[at + i] & 0xFF);
    }
    return value;
  }
}
