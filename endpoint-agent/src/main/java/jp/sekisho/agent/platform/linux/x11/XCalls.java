package jp.sekisho.agent.platform.linux.x11;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import jp.sekisho.agent.enforce.clipboard.Content;
import org.jspecify.annotations.Nullable;

/**
 * The requests of X11, XFixes and X-Resource that holding a clipboard takes; numbers are those of
 * the protocols' own documents.
 */
final class XCalls {
  static final int NONE = 0;
  private static final int PROPERTY_CHANGES = 0x400000;
  private static final int OWNER_CHANGES = 0b111;
  private static final int CLIENT_PID = 2;

  /** Of GetProperty, in units of four bytes. */
  private static final int PIECE = 64 * 1024;

  private final XConnection display;
  private final Map<String, Integer> atoms = new HashMap<>();
  private final Map<Integer, String> names = new HashMap<>();
  private int fixes;
  private int fixesEvents;
  private int resources;

  XCalls(XConnection display) {
    this.display = display;
  }

  /** Whether owners' changes and programs' process ids can be had here. */
  boolean hasExtensions() throws IOException {
    try (Packet found = extension("XFIXES")) {
      if (found == null || found.u8(8) == 0) {
        return false;
      }
      fixes = found.u8(9);
      fixesEvents = found.u8(10);
    }
    try (Packet found = extension("X-Resource")) {
      if (found == null || found.u8(8) == 0) {
        return false;
      }
      resources = found.u8(9);
    }
    display.request(fixes, 0).putInt(5).putInt(0);
    try (Packet version = display.reply(display.end())) {
      if (version == null || version.u32(8) < 1) {
        return false;
      }
    }
    display.request(resources, 0).put((byte) 1).put((byte) 2).putShort((short) 0);
    try (Packet version = display.reply(display.end())) {
      return version != null
          && (version.u16(8) > 1 || (version.u16(8) == 1 && version.u16(10) >= 2));
    }
  }

  private @Nullable Packet extension(String name) throws IOException {
    text(display.request(98, 0), name);
    return display.reply(display.end());
  }

  private static void text(ByteBuffer request, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    request.putShort((short) bytes.length).putShort((short) 0).put(bytes);
  }

  /** An owner of a selection changed, and what it is now. */
  boolean isOwnerChange(Packet event) {
    return event.type() == fixesEvents && !event.isSent();
  }

  int atom(String name) throws IOException {
    Integer known = atoms.get(name);
    if (known != null) {
      return known;
    }
    text(display.request(16, 0), name);
    try (Packet reply = display.reply(display.end())) {
      int atom = reply == null ? NONE : reply.u32(8);
      atoms.put(name, atom);
      names.put(atom, name);
      return atom;
    }
  }

  /** The name of an atom; empty for one that is none. */
  String name(int atom) throws IOException {
    String known = names.get(atom);
    if (known != null) {
      return known;
    }
    display.request(17, 0).putInt(atom);
    try (Packet reply = display.reply(display.end())) {
      if (reply == null) {
        return "";
      }
      int length = reply.u16(8);
      byte[] bytes = new byte[length];
      reply.slice(32, length).get(bytes);
      String name = new String(bytes, StandardCharsets.ISO_8859_1);
      if (names.size() < 4096) {
        names.put(atom, name);
        atoms.put(name, atom);
      }
      return name;
    }
  }

  /** A window nobody sees, whose changes of properties are told. */
  int window() throws IOException {
    int id = display.newId();
    display
        .request(1, 0)
        .putInt(id)
        .putInt(display.root())
        .putInt(0)
        .putShort((short) 1)
        .putShort((short) 1)
        .putShort((short) 0)
        .putShort((short) 0)
        .putInt(0)
        .putInt(0x800)
        .putInt(PROPERTY_CHANGES);
    var unused = display.end();
    return id;
  }

  void watchOwners(int window, int selection) throws IOException {
    display.request(fixes, 2).putInt(window).putInt(selection).putInt(OWNER_CHANGES);
    var unused = display.end();
  }

  /** Whether changes of the window's properties are told, of another program's. */
  void watchProperties(int window, boolean told) throws IOException {
    display.request(2, 0).putInt(window).putInt(0x800).putInt(told ? PROPERTY_CHANGES : 0);
    var unused = display.end();
  }

  int owner(int selection) throws IOException {
    display.request(23, 0).putInt(selection);
    try (Packet reply = display.reply(display.end())) {
      return reply == null ? NONE : reply.u32(8);
    }
  }

  /** Takes a selection over, and says whether it has it. */
  boolean own(int window, int selection, int time) throws IOException {
    display.request(22, 0).putInt(window).putInt(selection).putInt(time);
    var unused = display.end();
    return owner(selection) == window;
  }

  void convert(int window, int selection, int target, int property, int time) throws IOException {
    deleteProperty(window, property);
    display
        .request(24, 0)
        .putInt(window)
        .putInt(selection)
        .putInt(target)
        .putInt(property)
        .putInt(time);
    var unused = display.end();
  }

  void deleteProperty(int window, int property) throws IOException {
    display.request(19, 0).putInt(window).putInt(property);
    var unused = display.end();
  }

  /**
   * What a property is.
   *
   * @param type atom
   * @param format bits of a unit
   * @param whole false when there was more than fits
   */
  record Property(int type, int format, boolean whole) {}

  /**
   * Appends a property's value and deletes it.
   *
   * @param most more bytes are not taken
   * @return null when there is none
   */
  @Nullable Property property(int window, int property, Content into, int most) throws IOException {
    int at = 0;
    while (true) {
      display.request(20, 1).putInt(window).putInt(property).putInt(0).putInt(at).putInt(PIECE);
      try (Packet reply = display.reply(display.end())) {
        if (reply == null || reply.u32(8) == NONE) {
          return null;
        }
        int format = reply.u8(1);
        long bytes = Integer.toUnsignedLong(reply.u32(16)) * (format / 8);
        if (bytes > reply.size() - 32 || into.size() + bytes > most) {
          deleteProperty(window, property);
          return new Property(reply.u32(8), format, false);
        }
        into.append(reply.slice(32, (int) bytes));
        at += PIECE;
        if (reply.u32(12) == 0) {
          return new Property(reply.u32(8), format, true);
        }
      }
    }
  }

  /** Puts a part of a content into a property of a window. */
  void change(int window, int property, int type, int format, Content content, int at, int length)
      throws IOException {
    ByteBuffer request = display.request(18, 0);
    request.putInt(window).putInt(property).putInt(type).put((byte) format);
    request.put(new byte[3]).putInt(length / (format / 8));
    int limit = request.limit();
    request.limit(request.position() + length);
    content.read(at, request);
    request.limit(limit);
    var unused = display.end();
  }

  /** As the other, of numbers. */
  void change(int window, int property, int type, int... values) throws IOException {
    ByteBuffer request = display.request(18, 0);
    request.putInt(window).putInt(property).putInt(type).put((byte) 32);
    request.put(new byte[3]).putInt(values.length);
    for (int value : values) {
      request.putInt(value);
    }
    var unused = display.end();
  }

  /** Tells who asked for a selection where it is; property NONE: nowhere. */
  void notify(int requestor, int selection, int target, int property, int time) throws IOException {
    ByteBuffer request = display.request(25, 0);
    request.putInt(requestor).putInt(0);
    request.put((byte) Packet.SELECTION_NOTIFY).put((byte) 0).putShort((short) 0);
    request.putInt(time).putInt(requestor).putInt(selection).putInt(target).putInt(property);
    request.put(new byte[8]);
    var unused = display.end();
  }

  /** The process that made a window, as the display's own machine says; empty when not known. */
  OptionalInt process(int window) throws IOException {
    display.request(resources, 4).putInt(1).putInt(window).putInt(CLIENT_PID);
    try (Packet reply = display.reply(display.end())) {
      boolean told =
          reply != null
              && reply.u32(8) == 1
              && reply.size() >= 48
              && reply.u32(40) == 4
              && reply.u32(44) > 0;
      return told && reply != null ? OptionalInt.of(reply.u32(44)) : OptionalInt.empty();
    }
  }

  /** Whether the pointer or the focus is in a window of the client that made {@code window}. */
  boolean isInUse(int window) throws IOException {
    int client = display.client(window);
    int at = display.root();
    for (int depth = 0; depth < 16; depth++) {
      display.request(38, 0).putInt(at);
      try (Packet reply = display.reply(display.end())) {
        if (reply == null || reply.u32(12) == NONE) {
          break;
        }
        at = reply.u32(12);
      }
    }
    if (at != display.root() && display.client(at) == client) {
      return true;
    }
    display.request(43, 0);
    try (Packet reply = display.reply(display.end())) {
      return reply != null && reply.u32(8) > 1 && display.client(reply.u32(8)) == client;
    }
  }
}
